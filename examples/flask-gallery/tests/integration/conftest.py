"""The app on a data directory of its own, as at the first start with an empty volume."""

import re
from io import BytesIO

import pytest

from gallery import create_app
from tests.samples import png


@pytest.fixture
def make_app(tmp_path):
    """Makes apps on one data directory, as several workers or a restart do."""

    def make(**overrides):
        return create_app({"DATA_DIR": str(tmp_path), "TESTING": True, **overrides})

    return make


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def put_up():
    """Sends a file through the form; a picture when nothing else is said."""

    def send(client, content=None, name="picture.png", title="", form=None):
        key = form_key(client) if form is None else form
        fields = {"form": key, "title": title, "file": (BytesIO(png() if content is None else content), name)}
        return client.post("/items", data=fields)

    return send


def form_key(client):
    """What the page's form carries to prove where it came from."""
    return re.search(r'name="form" value="(\w+)"', client.get("/").text)[1]


@pytest.fixture
def files(tmp_path):
    """Names of what is in the upload folder now."""
    return lambda: sorted(path.name for path in (tmp_path / "uploads").iterdir())
