"""The form of a comment."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 4000
"""Characters."""


class CommentForm(forms.Form):
    """What one has to say about an article."""

    text = forms.CharField(
        label=_("Your comment, or your answer"), max_length=LONGEST, widget=forms.Textarea({"rows": 5}),
        help_text=_("Both parties read it, in the language in which you write it."),
    )  # fmt: skip
