"""The project around the app: settings, migrations, health and static files."""

import os
import secrets
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings


def manage(*arguments, **variables):
    environment = {**os.environ, **variables}
    environment = {name: value for name, value in environment.items() if value is not None}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)


def test_without_a_secret_key_nothing_starts():
    done = manage("check", SECRET_KEY=None, DEBUG=None)
    assert done.returncode == 1
    assert "SECRET_KEY is not set" in done.stderr


def test_production_behind_https_passes_djangos_own_check():
    done = manage(
        "check", "--deploy", "--fail-level=ERROR", SECRET_KEY=secrets.token_urlsafe(50), DEBUG=None, BEHIND_HTTPS="1"
    )
    assert done.returncode == 0, done.stderr
    for setting in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "W009", "DEBUG"):
        assert setting not in done.stderr


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.django_db
def test_health_is_for_everyone_and_never_remembered(client):
    response = client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_health_tells_a_database_without_this_versions_schema(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'board' AND name = '0002_categories'")
    response = client.get("/health")
    assert (response.status_code, response.json()["database"]) == (503, "not migrated")


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_and_forth():
    try:
        call_command("migrate", "board", "zero", verbosity=0)
        assert "board_notice" not in connection.introspection.table_names()
    finally:
        call_command("migrate", verbosity=0)
    assert "board_notice" in connection.introspection.table_names()


def test_static_files_are_collected_hashed_and_packed(tmp_path):
    storages = {**settings.STORAGES}
    storages["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    styles = [name for name in names if name.startswith("board/style.") and name.endswith(".css")]
    [hashed] = [name for name in styles if name != "board/style.css"]
    assert f"{hashed}.gz" in names
    assert any(name.startswith("admin/css/base.") for name in names)
    # The picture in the style sheet goes by its hashed name too.
    icon = (tmp_path / hashed).read_text().split('url("')[1].split('"')[0]
    assert f"board/{icon}" in names
    assert icon != "icon.svg"
