"""An answer of the Region: its page, and its steps, each on a page of its own."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from spoc.faq.forms import STEP_FORMS
from spoc.faq.list_views import answers_for
from spoc.faq.nextstep import next_step
from spoc.faq.reach import reach
from spoc.faq.words import side
from spoc.models import Answer, AnswerEvent
from spoc.models.answer_queryset import follows_answers
from spoc.plan_pages import step_page
from spoc.timeline import Moment

DONE: Final[Mapping[str, Any]] = {
    "complete": _("The text is saved. A lead publishes it once it is written in French and in Dutch."),
    "publish": _("The answer is published. Each SPOC was told what to pass on."),
    "put_in_faq": _("All communes read this question and its answer from now on."),
    "review": _("Still valid: this is asked again on the day that you chose."),
    "withdraw": _("The answer is withdrawn. Whoever was told keeps what they were told."),
}
HAPPENED: Final[Mapping[str, Any]] = {
    "complete": _("Text completed"),
    "publish": pgettext_lazy("answer", "Published"),
    "put_in_faq": _("Answered for all communes"),
    "review": _("Found still valid"),
    "withdraw": pgettext_lazy("answers", "Withdrawn"),
    "supersede": pgettext_lazy("answer", "Replaced by a newer one"),
}
"""What is said of a step that was taken."""


@require_safe
def answer_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Show an answer in both languages, one's next step first; 404 for those who may not see it."""
    row, user = _visible(request, pk), request.user
    context = {
        **_about(row, user),
        "reach": reach(row, user),
        "next": next_step(row, user),
        "steps": row.next_steps(user),
        "timeline": _timeline(row, user),
    }
    return render(request, "spoc/faq/answer_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_step(request: SignedIn, pk: int, verb: str) -> HttpResponse:
    """Ask whether a step of an answer is to be taken, with its form; on POST, take it."""
    row = _visible(request, pk)
    if verb not in STEP_FORMS:
        raise Http404
    forms: dict[str, Callable[..., Any]] = {
        **STEP_FORMS,
        **{verb: partial(STEP_FORMS[verb], user=request.user) for verb in ("complete", "put_in_faq")},
    }
    context = _about(row, request.user)
    if verb == "publish":
        replaced = Answer.objects.visible_to(request.user).published().to_the_same(row).first()
        facts = {"replaced": replaced, "takes_over": bool(row.question_to_take_over())}
        context |= {**facts, "reach": reach(row, request.user)}
    return step_page(
        request,
        row,
        verb,
        forms,
        "spoc/faq/answer_step.html",
        context,
        done=lambda: _done(row, verb, request.user),
    )


def _done(row: Answer, verb: str, user: User) -> Any:
    """Return what is said after a step; who may publish is not told that somebody else does."""
    if verb == "complete" and row.can_be_publish_by(user):
        return _("The text is saved. Publish it once it is written in French and in Dutch.")
    return DONE[verb]


def _timeline(row: Answer, user: User) -> list[Moment]:
    """Return what happened to an answer, the last step as where it is."""
    events = AnswerEvent.objects.visible_to(user).filter(subject=row).select_related("by")
    found = [Moment(pgettext("answer", "Given"), row.given_at, row.given_by.full_name)]
    found += [
        Moment(HAPPENED[event.verb], event.at, event.by.full_name if event.by else "", event.comment)
        for event in events
    ]
    return [*found[:-1], found[-1]._replace(css="now")]


def _visible(request: SignedIn, pk: int) -> Answer:
    rows = answers_for(request.user).select_related("given_by", "published_by", "document")
    row: Answer = get_object_or_404(rows, pk=pk)
    return row


def _about(row: Answer, user: User) -> dict[str, Any]:
    """Return what the pages of an answer say of it."""
    return {
        "row": row,
        "heading": row.heading_for(user),
        "follows": follows_answers(user),
        "side": side(),
    }
