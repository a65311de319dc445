"""How Django knows this app."""

from django.apps import AppConfig


class BoardConfig(AppConfig):
    """The notice board."""

    name = "board"
