"""Two people at once, on connections of their own: one wins, the other reads who."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from hubportal.accounts.models import Role, User
from hubportal.workflow import TransitionError
from spoc.models import HandoverNote, ServiceRequest
from tests.cast import grant
from tests.spoc.stories import a_draft, brought_to, due, mails

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("refilled")]


def at_once(*acts: Callable[[], Any]) -> list[BaseException | None]:
    """Run the acts in threads that start together; return what each raised."""
    barrier, raised = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            act()
        except Exception as error:
            raised[index] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.fixture
def people(refilled: None, request: pytest.FixtureRequest) -> dict[str, User]:
    """The échevine, the SPOC and a lead, made after the communes are there again."""
    return {name: request.getfixturevalue(name) for name in ("echevine", "spoc", "lead")}


def test_two_accept_at_once(people: dict[str, User]) -> None:
    row = brought_to("submitted", people["echevine"], people["spoc"])

    def accept(by: User) -> Callable[[], None]:
        return lambda: ServiceRequest.objects.get(pk=row.pk).accept(by=by, assigned_to=by, due_on=due())

    raised = at_once(accept(people["spoc"]), accept(people["lead"]))
    row.refresh_from_db()
    (loser,) = [error for error in raised if error]
    winner = people["spoc"] if raised[0] is None else people["lead"]
    assert isinstance(loser, TransitionError)
    assert winner.full_name in str(loser)
    assert (row.assigned_to, row.events.filter(verb="accept").count()) == (winner, 1)
    assert len(mails("accepted")) == 1


def test_submissions_at_once_get_different_numbers_without_a_gap(people: dict[str, User]) -> None:
    rows = [a_draft(people["echevine"]) for _ in range(6)]

    def submit(pk: int) -> Callable[[], None]:
        return lambda: ServiceRequest.objects.get(pk=pk).submit(by=people["echevine"])

    assert at_once(*(submit(row.pk) for row in rows)) == [None] * 6
    references = ServiceRequest.objects.values_list("reference", flat=True)
    assert sorted((reference or "")[-4:] for reference in references) == [f"{n:04d}" for n in range(1, 7)]


def test_an_answer_and_a_resumption_by_hand_at_once(people: dict[str, User]) -> None:
    row = brought_to("waiting_requester", people["echevine"], people["spoc"])
    raised = at_once(
        lambda: ServiceRequest.objects.get(pk=row.pk).write(by=people["echevine"], text="Voici."),
        lambda: ServiceRequest.objects.get(pk=row.pk).resume(by=people["spoc"]),
    )
    row.refresh_from_db()
    # The answer is never lost; the hand may come too late.
    assert raised[0] is None
    assert row.status == "in_progress"
    assert row.events.filter(verb="resume").count() == 1
    assert row.messages.filter(text="Voici.").exists()


def test_two_clicks_on_a_hand_over_keep_one_note_and_write_one_mail(echevine: User, spoc: User) -> None:
    row, successor = brought_to("in_progress", echevine, spoc), grant(Role.SPOC)
    commune = row.commune

    def give() -> None:
        HandoverNote.objects.give(
            by=User.objects.get(pk=spoc.pk),
            commune=commune,
            receiver=successor,
            starts_on=timezone.localdate(),
            text="Appelez le matin.",
            requests=list(ServiceRequest.objects.filter(pk=row.pk)),
        )

    assert at_once(give, give) == [None, None]
    assert HandoverNote.objects.count() == 1
    assert len(mails("handed_over")) == 1
    assert row.events.filter(verb="reassign").count() == 1
