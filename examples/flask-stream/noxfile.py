"""The checks of this app, each in an environment of its own: `nox`, or `nox --session lint`."""

import os
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "tests", "frontend"]
nox.options.reuse_existing_virtualenvs = True


@nox.session
def lint(session: nox.Session) -> None:
    """Check the code and its form."""
    install(session, "dev")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Run the tests, on the servers that DATABASE_URL and REDIS_URL name, else on SQLite and this process alone."""
    install(session, "main,dev")
    if os.environ.get("DATABASE_URL"):
        session.run("flask", "--app", "flask_stream", "db", "upgrade", env={"SECRET_KEY": "test"})
    session.run("pytest", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests and say which lines they leave out."""
    install(session, "main,dev")
    session.run("pytest", "--cov=flask_stream", "--cov-report=term-missing", *session.posargs)


@nox.session(venv_backend="none")
def frontend(session: nox.Session) -> None:
    """Check and build the page."""
    session.run("npm", "--prefix", "frontend", "ci")
    session.run("npm", "--prefix", "frontend", "run", "build")


@nox.session
def e2e(session: nox.Session) -> None:
    """Send a browser through the app that runs at BASE_URL."""
    install(session, "e2e")
    session.run("playwright", "install", "chromium")
    session.run("pytest", "tests/e2e", *session.posargs)


def install(session: nox.Session, groups: str) -> None:
    """Install what poetry.lock holds for these groups, exactly that and nothing that only happens to be newer."""
    requirements = Path(session.create_tmp()) / "requirements.txt"
    session.run_install("poetry", "export", "--quiet", f"--only={groups}", "--output", str(requirements), external=True)
    session.install("--require-hashes", "--no-deps", "-r", str(requirements))
