"""The pages of the board."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django.views.generic import CreateView, ListView

from board.forms import NoticeForm, ReplyForm, SignUpForm
from board.models import Category, Notice


class NoticeList(ListView):
    """What hangs on the board: all of it, a category, or what a search finds."""

    template_name = "board/notices.html"
    context_object_name = "notices"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Notice]:
        """The notices to show, with what the page says of each."""
        notices = Notice.objects.current().select_related("author", "category").annotate(answers=Count("replies"))
        if slug := self.kwargs.get("slug"):
            notices = notices.filter(category=get_object_or_404(Category, slug=slug))
        search = self.request.GET.get("q", "").strip()
        return notices.search(search) if search else notices.in_order()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template shows beside the notices."""
        own = {
            "categories": Category.objects.all(),
            "chosen": self.kwargs.get("slug"),
            "search": self.request.GET.get("q", "").strip(),
        }
        return super().get_context_data(**own, **kwargs)


class AddNotice(LoginRequiredMixin, CreateView):
    """Hang up a notice."""

    form_class = NoticeForm
    template_name = "board/form.html"
    extra_context = {"heading": "New notice", "action": "Hang up"}

    def form_valid(self, form: NoticeForm) -> HttpResponse:
        """Sign it with who is signed in."""
        form.instance.author = self.request.user
        return super().form_valid(form)


def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """A notice with its replies; members add theirs here."""
    shown = get_object_or_404(Notice.objects.current().select_related("author", "category"), pk=pk)
    form = ReplyForm(request.POST or None)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect("sign-in")
        if form.is_valid():
            form.instance.notice = shown
            form.instance.author = request.user
            form.save()
            return redirect(shown)
    context = {
        "notice": shown,
        "replies": shown.replies.select_related("author"),
        "form": form,
        "removable": shown.may_be_removed_by(request.user),
    }
    return render(request, "board/notice.html", context)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a notice down."""
    found = get_object_or_404(Notice, pk=pk)
    if not found.may_be_removed_by(request.user):
        raise PermissionDenied
    found.delete()
    messages.success(request, f"“{found}” is gone.")
    return redirect("notices")


def sign_up(request: HttpRequest) -> HttpResponse:
    """Become a member, and be signed in at once."""
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.save())
        return redirect("notices")
    return render(request, "board/form.html", {"form": form, "heading": "Become a member", "action": "Sign up"})
