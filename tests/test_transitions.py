"""Every table of transitions × every status: what the table allows works once, everything else is refused.

A new stateful model is covered by being there; `MAKERS` says how to make one row of it, and a model without a
maker fails here.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from communes.models import Commune, MerchantsAssociation
from conventions import outline
from conventions.models import Bundle, Convention
from hubportal.accounts.models import Role, User
from hubportal.workflow import Stateful, Transition, TransitionError, stateful_models
from mailings.models import Mailing
from spoc.models import Answer, Concern, Measure, Meeting, RelayNote, ServiceRequest
from tests.communes import colleges
from tests.conventions import agreements
from tests.conventions.drafts import a_draft
from tests.mailings import attached, made
from tests.spoc import stories
from tests.spoc.concerns import stories as concerns

Maker = Callable[[], Stateful]


def an_association() -> MerchantsAssociation:
    """A planned association of Anderlecht."""
    return MerchantsAssociation.objects.create(commune=Commune.objects.get(pk="21001"), name="Les Tilleuls")


def a_convention() -> Convention:
    """A draft of Anderlecht that lacks nothing to be recorded, nor, once it has its articles, to be signed."""
    draft = a_draft(in_force_from=date(2025, 4, 1), in_force_until=date(2030, 11, 30))
    outline.fill(draft, agreements.a_lead())
    draft.signatories.create(
        party="agency", office="representative", name="Paul", signed_on=date(2025, 3, 20)
    )
    return draft


def a_bundle() -> Bundle:
    """A ZIP that a lead asked for."""
    return Bundle.objects.ask(by=agreements.a_lead())


MAKERS: dict[str, Maker] = {
    "communes.collegetransition": colleges.a_transition,
    "communes.merchantsassociation": an_association,
    "conventions.amendment": agreements.an_amendment,
    "conventions.bundle": a_bundle,
    "conventions.convention": a_convention,
    "mailings.mailing": made.an_edition_somebody_receives,
    "spoc.answer": concerns.an_answer,
    "spoc.concern": concerns.a_concern_of_everybody,
    "spoc.measure": stories.a_measure,
    "spoc.meeting": stories.a_meeting,
    "spoc.relaynote": concerns.a_note_of_everybody,
    "spoc.servicerequest": stories.a_request,
}
ARGUMENTS: dict[tuple[str, str], dict[str, Any]] = {
    ("communes.collegetransition", "apply"): {"seen": colleges.digest},
    ("conventions.convention", "terminate"): {
        "notice_given_on": date(2025, 6, 1), "ends_on": date(2026, 6, 1), "reason": "Fusion",
    },
    ("conventions.convention", "extend"): {
        "by": None, "last_day": date(2029, 6, 1), "amendment": "CC-2025-01-A1",
    },
    **{
        (model, verb): arguments
        for model in ("conventions.convention", "conventions.amendment")
        for verb, arguments in agreements.ARGUMENTS.items()
    },
    ("conventions.bundle", "start"): {"by": None, "total": 19},
    ("conventions.bundle", "finish"): {"by": None, **agreements.A_ZIP},
    ("conventions.bundle", "fail"): {"by": None, "claim": agreements.A_ZIP["claim"]},
    ("conventions.convention", "supersede"): {
        "by": None, "last_day": date(2026, 6, 1), "successor": "CC-2026-01",
    },
    **{
        ("mailings.mailing", verb): {"by": partial(made.person, Role.EDITOR)}
        for verb in ("submit", "pause", "resume")
    },
    ("mailings.mailing", "approve"): {
        "by": made.whoever_may_approve, "seen_hash": lambda: Mailing.objects.get().content_hash,
    },
    ("mailings.mailing", "remark"): {"by": partial(made.person, Role.CABINET), "comment": "Plus court."},
    ("mailings.mailing", "withdraw"): {"by": partial(made.person, Role.CABINET), "comment": "Une date."},
    ("mailings.mailing", "revise"): {
        "by": partial(made.person, Role.EDITOR), "portfolios": ["trade", "works"], "texts": made.texts,
        "version": lambda: Mailing.objects.get().version,
    },
    ("mailings.mailing", "attach"): {
        "by": partial(made.person, Role.EDITOR), "upload": attached.a_pdf, "language": "fr,nl",
        "version": lambda: Mailing.objects.get().version,
    },
    ("mailings.mailing", "detach"): {
        "by": partial(made.person, Role.EDITOR), "attachment": attached.an_attachment,
        "version": lambda: Mailing.objects.get().version,
    },
    ("mailings.mailing", "schedule"): {
        "by": partial(made.person, Role.EDITOR), "gap_reason": "Vacances.",
        "scheduled_for": timezone.now, "expires_at": lambda: timezone.now() + timedelta(hours=1),
    },
    ("mailings.mailing", "cancel"): {"by": partial(made.person, Role.EDITOR), "reason": "Erreur"},
    **{("mailings.mailing", verb): {"by": None} for verb in ("start", "finish")},
    ("mailings.mailing", "expire"): {"by": made.nobody_too_late},
    ("spoc.answer", "complete"): concerns.TEXTS,
    ("spoc.answer", "put_in_faq"): concerns.QUESTIONS,
    ("spoc.answer", "review"): {"review_on": partial(stories.day, 90)},
    ("spoc.answer", "withdraw"): {"reason": "Plus valable."},
    ("spoc.answer", "supersede"): {"by": None, "successor": concerns.another_answer},
    ("spoc.concern", "join_group"): {"group": concerns.the_group},
    ("spoc.concern", "answer_locally"): {"text": "Oui."},
    ("spoc.concern", "decline_relay"): {"reason": "Non."},
    ("spoc.concern", "fall_out_of_group"): {"by": None},
    ("spoc.concern", "hand_back"): {"by": None, "reason": "Pas de réponse."},
    ("spoc.concern", "settle"): {"answer": concerns.the_answer},
    ("spoc.concern", "reopen"): {"reason": "Encore."},
    ("spoc.relaynote", "acknowledge"): {"upload": concerns.a_letter},
    ("spoc.relaynote", "answer"): {
        "item": 1, "text_fr": "Oui.", "upload": concerns.a_letter, "on_behalf_of": "Task force",
    },
    ("spoc.relaynote", "recount"): {"by": None},
    ("spoc.relaynote", "close"): {"reason": "Rien."},
    ("spoc.measure", "finish"): {"done_on": timezone.localdate},
    ("spoc.measure", "counter"): {"due_on": partial(stories.day, 12)},
    ("spoc.measure", "change"): {"due_on": partial(stories.day, 12), "party": "agency"},
    ("spoc.measure", "postpone"): {"due_on": partial(stories.day, 12), "reason": "Gel."},
    ("spoc.measure", "drop"): {"reason": "Trop cher."},
    ("spoc.meeting", "hold"): {"minutes": "Les livraisons se font avant 10 h."},
    ("spoc.meeting", "prepare"): {"agenda": "- Phasage"},
    ("spoc.meeting", "move"): {"starts_at": partial(stories.ago, -12), "place": "Sur place", "reason": "Gel."},
    ("spoc.meeting", "cancel"): {"reason": "Gel."},
    ("spoc.meeting", "correct"): {"minutes": "Les livraisons se font avant 9 h.", "version": 0},
    ("spoc.servicerequest", "accept"): {"assigned_to": stories.everybody, "due_on": stories.due},
    ("spoc.servicerequest", "reassign"): {"assigned_to": stories.another},
    ("spoc.servicerequest", "decline"): {"reason": "other", "text": "Non."},
    ("spoc.servicerequest", "ask"): {"question": "Où ?"},
    ("spoc.servicerequest", "deliver"): {"proposed_outcome": "solved"},
    ("spoc.servicerequest", "confirm"): {"usefulness": "yes"},
    ("spoc.servicerequest", "close"): {"outcome": "redirected", "text": "Le 1819."},
    ("spoc.servicerequest", "give_up"): {"by": None},
    ("spoc.servicerequest", "reopen"): {"reason": "Encore."},
}  # fmt: skip
"""What a verb needs besides `by`, by (model, verb); `by` itself where only the portal takes the step.

A function stands for what it returns in the test.
"""
FACTS: dict[tuple[str, str], dict[str, Any] | Callable[[], dict[str, Any]]] = {
    **{
        (model, status): partial(agreements.facts, status)
        for model in ("conventions.convention", "conventions.amendment")
        for status in ("negotiation", "to_sign", "abandoned")
    },
    ("conventions.amendment", "signed"): {"signed_on": date(2025, 3, 20)},
    ("conventions.bundle", "running"): agreements.forgotten,
    ("conventions.bundle", "ready"): lambda: {"sha256": "a" * 64, "expires_at": timezone.now()},
    ("conventions.convention", "signed"): {"signed_on": date(2025, 3, 20)},
    ("conventions.convention", "terminated"): {
        "signed_on": date(2025, 3, 20), "notice_given_on": date(2025, 6, 1),
        "in_force_until": date(2026, 9, 1), "termination_reason": "Fusion",
    },
    **{("spoc.answer", status): partial(concerns.answer_facts, status) for status in Answer.Status.values},
    **{("spoc.concern", status): partial(concerns.concern_facts, status) for status in Concern.Status.values},
    **{("spoc.relaynote", status): partial(concerns.note_facts, status) for status in RelayNote.Status.values},
    **{("spoc.measure", status): partial(stories.measure_facts, status) for status in Measure.Status.values},
    **{("spoc.meeting", status): partial(stories.meeting_facts, status) for status in Meeting.Status.values},
    **{("mailings.mailing", status): partial(made.facts, status) for status in Mailing.Status.values},
    **{
        ("spoc.servicerequest", status): partial(stories.facts, status)
        for status in ServiceRequest.Status.values
    },
}  # fmt: skip
"""What the database wants in a row of a status, by (model, status)."""


def cases() -> list[tuple[type[Stateful], str]]:
    """Return every model × status."""
    return [
        (model, status)
        for model in stateful_models()
        for status, _ in model._meta.get_field("status").choices or ()
    ]


def name_of(case: object) -> str:
    """Name a case for pytest."""
    return case.__name__ if isinstance(case, type) else str(case)


def put_into(row: Stateful, status: str) -> None:
    """Put a row into a status behind the model's back, with the facts that the database wants there."""
    known = FACTS.get((row._meta.label_lower, status), {})
    facts = known() if callable(known) else known
    type(row)._base_manager.filter(pk=row.pk).update(status=status, **facts)
    row.refresh_from_db()


def arguments_of(model: type[Stateful], verb: str) -> dict[str, Any]:
    """Return what a verb needs besides `by`."""
    known = ARGUMENTS.get((model._meta.label_lower, verb), {})
    return {name: value() if callable(value) else value for name, value in known.items()}


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "status"), cases(), ids=name_of)
def test_each_verb_works_from_its_sources_and_from_nowhere_else(
    model: type[Stateful], status: str, admin: User, subtests: pytest.Subtests
) -> None:
    row = MAKERS[model._meta.label_lower]()
    put_into(row, status)
    for line in model.TRANSITIONS:
        # Each begins with the row as it was made: the block takes back what the one before it did.
        with subtests.test(line.verb), transaction.atomic():
            take(model._base_manager.get(pk=row.pk), line, status, admin)
            transaction.set_rollback(True)


def take(row: Stateful, line: Transition, status: str, admin: User) -> None:
    """Fail unless a step goes from a status as its table says."""
    verb = getattr(row, line.verb)
    arguments = {"by": admin, **arguments_of(type(row), line.verb)}
    # A verb may have several lines, which differ by where they start.
    lines = [other for other in row.TRANSITIONS if other.verb == line.verb and status in other.sources]
    if lines:
        verb(**arguments)
        assert row.status in lines[0].targets
        event = row.events.get()
        assert (event.verb, event.source, event.target) == (line.verb, status, row.status)
    else:
        with pytest.raises(TransitionError):
            verb(**arguments)
        row.refresh_from_db()
        assert row.status == status
        assert not row.events.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(stateful_models()), ids=name_of)
def test_the_database_refuses_an_unknown_status(model: type[Stateful]) -> None:
    row = MAKERS[model._meta.label_lower]()
    with pytest.raises(IntegrityError), transaction.atomic():
        model._base_manager.filter(pk=row.pk).update(status="nonsense")


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(stateful_models()), ids=name_of)
def test_a_second_click_loses_and_reads_who_was_first(model: type[Stateful], admin: User) -> None:
    line = model.TRANSITIONS[0]
    row = MAKERS[model._meta.label_lower]()
    put_into(row, line.sources[0])
    twin = model._base_manager.get(pk=row.pk)
    arguments = {"by": admin, **arguments_of(model, line.verb)}
    getattr(row, line.verb)(**arguments)
    who = arguments["by"].last_name if arguments["by"] else gettext("the portal")
    with pytest.raises(TransitionError, match=who):
        getattr(twin, line.verb)(**arguments)


@pytest.mark.parametrize("model", list(stateful_models()), ids=name_of)
def test_a_table_has_no_flaw(model: type[Stateful]) -> None:
    assert list(model.flaws()) == []


def test_every_model_with_a_status_is_stateful_or_a_row_of_mail() -> None:
    with_status = {
        model._meta.label_lower
        for model in apps.get_models()
        if model.__module__.split(".")[0] in ("hubportal", "communes", "conventions", "spoc", "mailings")
        and any(field.name == "status" for field in model._meta.concrete_fields)
    }
    # Rows of mail are moved by claim and mark, which are their own compare-and-swap (hubportal/outbox).
    assert with_status - {"outbox.outboxmessage", "mailings.delivery"} == {
        model._meta.label_lower for model in stateful_models()
    }
