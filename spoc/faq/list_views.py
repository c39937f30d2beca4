"""The answers of the Region as a list: the questions for all communes; for who follows them, those of each state."""

from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.exports import Format
from hubportal.look.states import tables
from spoc.faq.filters import AnswerFilter
from spoc.faq.words import side
from spoc.listing import Sheet, exported, page_after, pager, place_in
from spoc.models import Answer
from spoc.models.answer_queryset import AnswerQuerySet, follows_answers, reads_answers

SHEET: Final = Sheet(
    "spoc:answer-list", "answers", gettext_lazy("Answers of the Region"),
    (
        gettext_lazy("Question in French"), gettext_lazy("Question in Dutch"), gettext_lazy("Answer in French"),
        gettext_lazy("Answer in Dutch"), pgettext_lazy("concern", "Theme"), gettext_lazy("Answered by"),
        gettext_lazy("State"),
        gettext_lazy("Published on"), gettext_lazy("Still valid? Asked again on"),
    ),
)  # fmt: skip


@require_safe
def answer_list(request: SignedIn) -> HttpResponse:
    """Show the questions and answers for all communes, or the answers of a state: one page of them."""
    asked = _asked(request)
    after = place_in(request)
    found, following = page_after(asked.qs, after, begun=_moment(asked)) if asked.is_valid() else ([], "")
    context = {
        "lines": [(row, row.heading_for(request.user)) for row in found],
        "follows": follows_answers(request.user),
        "side": side(),
        **pager(request, after, following),
        "form": asked.form,
        "is_asked": asked.is_asked,
    }
    return render(request, "spoc/faq/answer_list.html", context)


@require_safe
def answer_export(request: SignedIn, form: Format) -> HttpResponseBase:
    """Hand out what the list shows, as CSV or XLSX; what cannot be looked for is said on the list."""
    asked = _asked(request)

    def in_order(rows: Any) -> Any:
        return rows.order_by(f"-{_moment(asked)}", "-pk")

    return exported(request, form, asked, SHEET, in_order, _cells)


def answers_for(user: User) -> AnswerQuerySet:
    """Return the answers that a person may see, with what a line says of each."""
    rows: AnswerQuerySet = Answer.objects.visible_to(user).select_related("item__theme", "note")
    return rows


def _asked(request: SignedIn) -> Any:
    """Return what is looked for among the answers; PermissionDenied for who reads none."""
    if not reads_answers(request.user):
        raise PermissionDenied
    return AnswerFilter(request.GET, user=request.user, queryset=answers_for(request.user))


def _moment(asked: Any) -> str:
    """Return the column by which the newest come first: what is for all is new once it is opened to all."""
    return "given_at" if asked.place else "opened_at"


def _cells(rows: Iterator[Answer]) -> Iterator[tuple[Any, ...]]:
    states = tables()["answer"]
    for row in rows:
        yield (
            row.question_fr, row.question_nl, row.text_fr, row.text_nl, row.item.theme.title,
            capfirst(row.note.addressee_title), str(states[row.status].label), row.published_at, row.review_on,
        )  # fmt: skip
