import pytest
from sqlalchemy import event

from flask_stream.extensions import db
from flask_stream.models import Upload


@pytest.fixture
def add(app):
    """Puts rows on the wall without files: lists do not look at files."""

    def add_rows(count):
        with app.app_context():
            for number in range(count):
                key = f"{number:032d}"
                names = {"filename": f"{key}.png", "thumbnail": f"{key}.thumbnail.jpg"}
                db.session.add(Upload(key=key, title=f"No. {number}", content_type="image/png", size=1, **names))
                db.session.flush()
            db.session.commit()

    return add_rows


@pytest.fixture
def count_queries(app):
    """Counts what reaches the database."""
    statements = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield lambda: len(statements)
    event.remove(engine, "before_cursor_execute", note)


def titles(response):
    return [item["title"] for item in response.json["items"]]


def test_an_empty_wall_has_no_pages(client):
    assert client.get("/api/uploads").json == {"items": [], "page": 1, "pages": 0, "per_page": 12, "total": 0}


def test_pages_are_newest_first_and_complete(client, add):
    add(5)
    assert titles(client.get("/api/uploads?page=1&per_page=2")) == ["No. 4", "No. 3"]
    assert titles(client.get("/api/uploads?page=2&per_page=2")) == ["No. 2", "No. 1"]
    last = client.get("/api/uploads?page=3&per_page=2")
    assert titles(last) == ["No. 0"]
    assert (last.json["pages"], last.json["total"]) == (3, 5)


def test_a_page_past_the_end_is_empty(client, add):
    add(1)
    assert client.get("/api/uploads?page=9").json["items"] == []


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=", "per_page=101", "page=1e3", "page=%C2%B2"])
def test_wrong_page_numbers_are_refused(client, query):
    response = client.get(f"/api/uploads?{query}")
    assert response.status_code == 400
    assert response.json["error"]["code"] == "bad_request"


def test_a_list_is_asked_of_the_database_once(client, add, count_queries):
    add(3)
    first = client.get("/api/uploads").json
    before = count_queries()
    assert client.get("/api/uploads").json == first
    assert count_queries() == before


@pytest.mark.ffmpeg
def test_a_new_upload_is_in_the_next_list_and_a_deleted_one_is_not(client, upload):
    assert client.get("/api/uploads").json["total"] == 0
    created = upload().json
    assert client.get("/api/uploads").json["total"] == 1
    client.delete(f"/api/uploads/{created['id']}", headers={"X-Delete-Token": created["delete_token"]})
    assert client.get("/api/uploads").json["total"] == 0


def test_limits_tell_the_form_what_the_server_accepts(client):
    limits = client.get("/api/limits").json
    assert limits["max_bytes"] == 64 * 1024 * 1024
    assert "video/mp4" in limits["accept"]


def test_an_unknown_address_of_the_api_answers_json(client):
    response = client.get("/api/nothing")
    assert response.status_code == 404
    assert response.json["error"]["code"] == "not_found"
