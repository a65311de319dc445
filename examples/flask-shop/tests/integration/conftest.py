"""The shop on its real services: DATABASE_URL, REDIS_URL, CELERY_BROKER_URL and SMTP_URL say where they are."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, func, select

from flask_shop import create_app
from flask_shop.extensions import db
from flask_shop.models import Order, OrderLine, Product

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("DATABASE_URL", "REDIS_URL", "SMTP_URL")


@pytest.fixture(scope="session")
def prefix():
    """Begins the names of everything of this run in Redis and in the broker."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture(scope="session")
def settings(prefix):
    """What all apps of the run share."""
    missing = [name for name in SERVICES if not os.environ.get(name)]
    if missing:
        pytest.exit(f"These tests need real services: set {', '.join(missing)}. README.md says how.", 4)
    os.environ.setdefault("SECRET_KEY", "test")
    settings = {"TESTING": True, "PREFIX": prefix}
    with create_app(settings).app_context():
        _require_usable_database()
        db.engine.dispose()
    return settings


def _require_usable_database():
    """The tests delete orders, so they refuse a database that has some or is not theirs to migrate."""
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    if current != head:
        pytest.exit(f"DATABASE_URL is at revision {current}, not {head}. Run `flask --app flask_shop db upgrade`.", 4)
    if db.session.scalar(select(func.count()).select_from(Order)):
        pytest.exit("DATABASE_URL holds orders, and the tests would delete them. Give them a database of their own.", 4)


@pytest.fixture
def make_app(settings):
    """Makes apps that share one set of services, as several processes do; no orders before and after."""
    apps = []

    def make(**overrides):
        app = create_app({**settings, **overrides})
        apps.append(app)
        return app

    yield make
    with make().app_context():
        db.session.execute(delete(OrderLine))
        db.session.execute(delete(Order))
        db.session.execute(delete(Product).where(Product.slug.like("test-%")))
        db.session.commit()
    for app in apps:
        with app.app_context():
            app.extensions["cache"].clear()
            app.extensions["celery"].close()
            db.engine.dispose()


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def product(app):
    """Makes a product with that much in stock; its slug."""

    def make(stock=5, price_cents=1250, title="Cork float"):
        slug = f"test-{uuid.uuid4().hex[:12]}"
        with app.app_context():
            db.session.add(Product(slug=slug, title=title, price_cents=price_cents, stock=stock))
            db.session.commit()
            app.extensions["cache"].clear()
        return slug

    return make


@pytest.fixture
def stock_of(app):
    """How much the database says is left of a product."""

    def ask(slug):
        with app.app_context():
            return db.session.scalar(select(Product.stock).where(Product.slug == slug))

    return ask


@pytest.fixture
def buyer():
    """A mail address that nobody else in Mailpit has."""
    return f"{uuid.uuid4().hex}@example.org"


@pytest.fixture(scope="module")
def worker(settings, prefix, tmp_path_factory):
    """A worker in a process of its own, started the way README.md says."""
    log = tmp_path_factory.mktemp("worker") / "log"
    command = [sys.executable, "-m", "celery", "--app", "flask_shop.worker", "worker", "--concurrency=2"]
    environment = {**os.environ, "PREFIX": prefix}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    yield process
    process.terminate()
    try:
        assert process.wait(timeout=60) == 0, log.read_text()
    finally:
        process.kill()
