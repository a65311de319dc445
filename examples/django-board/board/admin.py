"""The board in Django's admin, for those who look after it."""

from django.contrib import admin

from board.models import Category, Notice, Reply


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """Categories."""

    prepopulated_fields = {"slug": ["name"]}


class ReplyInline(admin.TabularInline):
    """Replies below their notice."""

    model = Reply
    extra = 0


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):
    """Notices."""

    list_display = ["title", "category", "author", "pinned", "expires_on", "created_at"]
    list_editable = ["pinned"]
    list_filter = ["category", "pinned"]
    list_select_related = ["category", "author"]
    inlines = [ReplyInline]
