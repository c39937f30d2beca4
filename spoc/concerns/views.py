"""The page of a concern and its private files, each for whoever may see them."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communes.callers import who_to_call
from communes.closures import holiday_today
from communes.offices import office_in
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download
from spoc.concerns.acting_forms import MessageForm
from spoc.concerns.nextstep import next_step, open_question
from spoc.concerns.timeline import timeline
from spoc.concerns.writings import WRITINGS
from spoc.models import (
    Answer,
    Concern,
    ConcernAnswer,
    ConcernAnswerReading,
    ConcernFile,
    ConcernMessage,
    Side,
)
from spoc.models.relay_item import named_in
from spoc.seen import seen


def visible_concern(request: SignedIn, pk: int) -> Concern:
    """Return a concern with whose turn it is; Http404 for those who may not see it."""
    rows = Concern.objects.visible_to(request.user).with_turns().select_related("group")
    row: Concern = get_object_or_404(rows, pk=pk)
    return row


@require_safe
def concern_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Show a concern, one's next step first; 404 for those who may not see it."""
    user, row = request.user, visible_concern(request, pk)
    side = row.side_of(user)
    messages = ConcernMessage.objects.visible_to(user).filter(concern=row).select_related("author")
    context = {
        "row": row,
        "commune": row.commune,
        "side": side,
        "is_agency": side == Side.AGENCY,
        "is_party": row.can_be_followed_by(user),
        "next": next_step(row, user),
        "thread": messages.prefetch_related("files"),
        "files": ConcernFile.objects.visible_to(user).filter(concern=row, message=None),
        "answers": _answers(row, user),
        "timeline": timeline(row, user),
        "seen": seen(row, user),
        # The commune calls its SPOC, the agency whoever raised it.
        "caller": who_to_call(row.commune) if side == Side.COMMUNE else None,
        "office": office_in(row.raised_by, row.commune_id) if side == Side.AGENCY else "",
        "holiday": holiday_today(),
        **_acts(row, user),
    }
    return render(request, "spoc/concerns/concern_detail.html", context)


@require_safe
def file_download(request: SignedIn, pk: int) -> FileResponse:
    """Hand out a file of a concern; 404 for those who may not see it, those of notes included."""
    row = get_object_or_404(ConcernFile.objects.visible_to(request.user), pk=pk)
    return download(row.file, row.name, row.content_type)


def _acts(row: Any, user: User) -> dict[str, Any]:
    """Return what the person may do here."""
    is_ours, follows = row.is_raisers(user), row.can_be_followed_by(user)
    steps = row.next_steps(user)
    verbs = {step.verb for step in steps}
    writings = [item for item in WRITINGS.items() if item[0] != "write" and item[1].may(row, user)]
    form = MessageForm(row=row, user=user) if row.can_be_written_to_by(user) else None
    question = open_question(row) if follows else None
    relays = row.relays() if follows else []
    return {
        "steps": [step for step in steps if step.verb != "withdraw"],
        "may_withdraw": "withdraw" in verbs,
        "may_begin": "join_group" in verbs and row.group_id is None,
        "settled": _settling(row, user),
        # What its commune may know of the notes with which it left.
        "relays": relays,
        "named_in": named_in(relays),
        "writings": writings,
        "answer_form": form,
        "question": question,
        "is_asked": bool(is_ours and question and form),
    }


def _settling(row: Concern, user: User) -> Answer | None:
    """Return the answer that settled it, for those who may read that, too."""
    if row.settled_by_id is None:
        return None
    found: Answer | None = Answer.objects.visible_to(user).filter(pk=row.settled_by_id).first()
    return found


def _answers(
    row: Concern, user: User
) -> list[tuple[ConcernAnswer, list[ConcernAnswerReading], Answer | None]]:
    """Return what was answered, the last one first, with who of the commune has read it; note that its people do.

    Third, the published answer that it passes on, where the reader may read that.
    """
    answers = list(ConcernAnswer.objects.visible_to(user).filter(concern=row).select_related("told_by"))
    if answers:
        # Before the readers are read: whoever opens it is one of them.
        answers[0].concern = row
        answers[0].note_read(user)
    readings = ConcernAnswerReading.objects.visible_to(user).filter(answer__in=answers).select_related("user")
    found = list(readings.order_by("-last_at", "-pk")) if answers else []
    sources = Answer.objects.visible_to(user).in_bulk(
        [answer.source_id for answer in answers if answer.source_id]
    )
    return [
        (answer, [item for item in found if item.answer_id == answer.pk], sources.get(answer.source_id))
        for answer in answers
    ]
