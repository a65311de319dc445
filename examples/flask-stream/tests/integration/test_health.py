import os

import pytest

# Nothing listens on port 1.
NO_REDIS = "redis://127.0.0.1:1/0"


def test_all_is_well(client):
    response = client.get("/health")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    redis = "ok" if os.environ.get("REDIS_URL") else "not configured"
    assert response.json == {"status": "ok", "checks": {"database": "ok", "redis": redis}}


def test_a_missing_redis_is_named(make_app):
    response = make_app(REDIS_URL=NO_REDIS).test_client().get("/health")
    assert response.status_code == 503
    assert response.json == {"status": "unavailable", "checks": {"database": "ok", "redis": "failed"}}


def test_a_missing_database_is_named_but_nothing_of_its_address(make_app):
    response = (
        make_app(SQLALCHEMY_DATABASE_URI="mysql+pymysql://app:hunter2@127.0.0.1:1/app").test_client().get("/health")
    )
    assert response.status_code == 503
    assert response.json["checks"]["database"] == "failed"
    assert "hunter2" not in response.text
    assert "127.0.0.1" not in response.text


@pytest.mark.ffmpeg
def test_without_redis_the_wall_still_works_but_is_not_live(make_app, upload):
    client = make_app(REDIS_URL=NO_REDIS).test_client()
    assert upload(via=client).status_code == 201
    assert client.get("/api/uploads").json["total"] == 1
    events = client.get("/events")
    assert events.status_code == 503
    assert events.headers["Retry-After"] == "5"
