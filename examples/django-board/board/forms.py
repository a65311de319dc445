"""The forms people fill in."""

from datetime import date

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.utils import timezone

from board.models import Notice, Reply


class NoticeForm(forms.ModelForm):
    """A new notice."""

    class Meta:
        model = Notice
        fields = ["category", "title", "text", "expires_on"]
        widgets = {"expires_on": forms.DateInput({"type": "date"}), "text": forms.Textarea({"rows": 6})}

    def clean_expires_on(self) -> date | None:
        """A notice cannot have run out before it hangs."""
        day = self.cleaned_data["expires_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError("This day is over already.", code="past")
        return day


class ReplyForm(forms.ModelForm):
    """A new reply."""

    class Meta:
        model = Reply
        fields = ["text"]
        labels = {"text": "Your reply"}
        widgets = {"text": forms.Textarea({"rows": 3})}


class SignUpForm(UserCreationForm):
    """A new member."""

    class Meta(UserCreationForm.Meta):
        fields = ("username",)
