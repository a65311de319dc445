import pytest

from board.models import Category, Notice


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages are tested without collecting static files first; test_static.py collects them."""
    backend = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def make_user(django_user_model):
    return lambda name, **rights: django_user_model.objects.create_user(name, password="correct horse", **rights)


@pytest.fixture
def ada(make_user):
    return make_user("ada")


@pytest.fixture
def category(db):
    return Category.objects.get(slug="general")


@pytest.fixture
def hang_up(category, ada):
    """Makes a notice; of ada and in General when nothing else is said."""

    def make(title="Choir on Tuesday", **fields):
        fields = {"text": "In the hall.", "author": ada, "category": category, **fields}
        return Notice.objects.create(title=title, **fields)

    return make


@pytest.fixture
def member(client, ada):
    """A browser in which ada is signed in."""
    client.force_login(ada)
    return client
