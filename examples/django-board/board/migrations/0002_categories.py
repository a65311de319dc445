"""The categories a new board begins with; they can be changed in the admin."""

from django.db import migrations

CATEGORIES = [("for-sale", "For sale"), ("general", "General"), ("help", "Help"), ("lost-and-found", "Lost and found")]


def add(apps, _schema_editor):
    category = apps.get_model("board", "Category")
    for slug, name in CATEGORIES:
        category.objects.get_or_create(slug=slug, defaults={"name": name})


def keep(_apps, _schema_editor):
    """Going back leaves them: notices may hang under them."""


class Migration(migrations.Migration):
    dependencies = [("board", "0001_board")]
    operations = [migrations.RunPython(add, keep)]
