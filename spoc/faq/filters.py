"""How the answers of the Region are narrowed down: questions for all unless told otherwise."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter

from hubportal.accounts.models import User
from spoc.list_filter import WordsFilter
from spoc.models import AnswerStatus, ConcernTheme
from spoc.models.answer_queryset import AnswerQuerySet, follows_answers

Narrowed = Callable[[AnswerQuerySet], AnswerQuerySet]
PLACES: Final[Mapping[str, tuple[Any, Narrowed]]] = {
    "to_complete": (_("To complete: one language is missing"), lambda rows: rows.to_complete()),
    "to_publish": (_("To publish: both languages are written"), lambda rows: rows.to_publish()),
    "to_review": (_("To review: is it still valid?"), lambda rows: rows.to_review()),
    "published": (_("Published, with or without a question"), lambda rows: rows.published()),
    "superseded": (
        _("Replaced by a newer one"), lambda rows: rows.filter(status=AnswerStatus.SUPERSEDED),
    ),
    "withdrawn": (
        pgettext_lazy("answers", "Withdrawn"), lambda rows: rows.filter(status=AnswerStatus.WITHDRAWN),
    ),
    "all": (pgettext_lazy("answers", "All answers"), lambda rows: rows),
}  # fmt: skip
"""Where an answer is, beside the questions for all: for those who follow them."""


class AnswerFilter(WordsFilter):
    """What is looked for among answers."""

    theme = ChoiceFilter(
        field_name="item__theme",
        label=pgettext_lazy("concern", "Theme"),
        empty_label=pgettext_lazy("themes", "All themes"),
    )
    state = ChoiceFilter(
        label=_("State"), method="by_state", empty_label=_("Questions and answers for all communes")
    )

    def __init__(self, data: Any, *, user: User, queryset: AnswerQuerySet) -> None:
        super().__init__(data, queryset=queryset)
        themes = ConcernTheme.objects.visible_to(user)
        self.filters["theme"].extra["choices"] = [(theme.code, theme.title) for theme in themes]
        if follows_answers(user):
            self.filters["state"].extra["choices"] = [
                (code, label) for code, (label, _rows) in PLACES.items()
            ]
        else:
            del self.filters["state"]

    @property
    def place(self) -> str:
        """Where the answers are that are looked for; empty: among the questions for all."""
        return str(self.form.cleaned_data.get("state") or "") if self.is_valid() else ""

    def filter_queryset(self, queryset: Any) -> Any:
        """Return the questions for all, unless another place is looked for."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.faq()

    def by_state(self, rows: Any, name: str, state: str) -> Any:
        """Return those that are in a place."""
        _label, narrowed = PLACES[state]
        return narrowed(rows)
