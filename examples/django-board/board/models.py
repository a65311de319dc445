"""Notices, the categories they hang under, and replies to them."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone


class Category(models.Model):
    """A part of the board."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Which notices, and in which order."""

    def current(self) -> "NoticeQuerySet":
        """Notices that have not run out."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=timezone.localdate()))

    def in_order(self) -> "NoticeQuerySet":
        """The order on the board. Said outright, because Django drops a model's own order when it counts."""
        return self.order_by(*Notice._meta.ordering)

    def search(self, words: str) -> "NoticeQuerySet":
        """Notices with all the words, the best first; those in titles count more."""
        query = SearchQuery(words, config="english", search_type="websearch")
        return self.filter(words=query).annotate(rank=SearchRank(F("words"), query)).order_by("-rank", "-created_at")


class Notice(models.Model):
    """One notice."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="notices")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    pinned = models.BooleanField(default=False)
    expires_on = models.DateField("hangs until", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Kept by PostgreSQL itself, whoever writes the row.
    words = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english")
        + SearchVector("text", weight="B", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pinned", "-created_at", "-pk"]
        indexes = [
            GinIndex(fields=["words"], name="notice_words"),
            models.Index(fields=["-pinned", "-created_at"], name="notice_order"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this notice."""
        return reverse("notice", args=[self.pk])

    def may_be_removed_by(self, user: object) -> bool:
        """Whether a visitor may take it down: its author, and those who look after the board."""
        return user == self.author or user.has_perm("board.delete_notice")


class Reply(models.Model):
    """An answer below a notice."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="replies")
    text = models.TextField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"{self.author} on {self.notice}"
