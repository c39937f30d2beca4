"""Tables of transitions: several targets, several lines, steps that nobody takes, and what is wrong with a table."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.test.utils import isolate_apps
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.workflow import Stateful, Transition, TransitionError, TransitionEvent, known_status

Letters = tuple[type[Any], type[Any]]


class State(models.TextChoices):
    """States of a letter."""

    DRAFT = "draft", "draft"
    TO_SIGN = "to_sign", "to sign"
    SIGNED = "signed", "signed"
    LOST = "lost", "lost"


@pytest.fixture
def letters(db: None) -> Iterator[Letters]:
    """A stateful model and its events, made for these tests alone."""
    with isolate_apps("tests.workflow"):

        class Letter(Stateful):
            Status = State
            TRANSITIONS: ClassVar = (
                Transition("freeze", ("draft",), "to_sign", "Freeze", style="primary"),
                Transition("sign", ("to_sign",), ("to_sign", "signed"), "Sign", style="primary"),
                Transition("send_back", ("signed",), "to_sign", "Send back"),
                Transition("send_back", ("to_sign",), "draft", "Send back"),
                Transition("lose", ("draft", "to_sign"), "lost", by_itself=True),
                Transition("abandon", ("draft", "to_sign"), "lost", "Abandon", style="danger"),
            )
            status = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
            signed_by = models.CharField(max_length=20, blank=True)
            changed_at = models.DateTimeField(auto_now=True)

            class Meta:
                app_label = "tests"
                constraints: ClassVar = [known_status(State)]

            def can_be_frozen(self, user: User) -> bool:
                return user.first_name != "Stranger"

            can_be_freeze_by = can_be_sign_by = can_be_send_back_by = can_be_abandon_by = can_be_frozen

            def freeze(self, *, by: User) -> None:
                self._move("freeze", by)

            def sign(self, *, by: User, is_last: bool = False) -> None:
                self._move("sign", by, target="signed" if is_last else "to_sign", signed_by=by.first_name)

            def send_back(self, *, by: User, comment: str) -> None:
                self._move("send_back", by, comment=comment)

            def lose(self, *, by: User | None = None) -> None:
                self._move("lose", by)

            def abandon(self, *, by: User | None) -> None:
                self._move("abandon", by)

        class LetterEvent(TransitionEvent):
            by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
            letter = models.ForeignKey(Letter, models.CASCADE, related_name="events")

            class Meta(TransitionEvent.Meta):
                app_label = "tests"

        with connection.schema_editor() as editor:
            editor.create_model(Letter)
            editor.create_model(LetterEvent)
        yield Letter, LetterEvent


@pytest.fixture
def letter(letters: Letters) -> Any:
    """A draft."""
    return letters[0].objects.create()


@pytest.fixture
def person(db: None) -> User:
    """Somebody who may do everything."""
    return User.objects.create_user("someone@example.brussels", first_name="Some", last_name="One")


def test_a_step_changes_the_state_its_fields_and_writes_the_event(letter: Any, person: User) -> None:
    letter.freeze(by=person)
    letter.sign(by=person)
    assert (letter.status, letter.signed_by) == ("to_sign", "Some")
    event = letter.events.last()
    assert (event.by, event.verb, event.source, event.target) == (person, "sign", "to_sign", "to_sign")


def test_a_step_may_lead_to_one_of_two_states(letter: Any, person: User) -> None:
    letter.freeze(by=person)
    letter.sign(by=person, is_last=True)
    assert letter.status == "signed"


def test_where_a_step_leads_may_depend_on_where_it_starts(letter: Any, person: User) -> None:
    letter.freeze(by=person)
    letter.sign(by=person, is_last=True)
    letter.send_back(by=person, comment="page 3 is missing")
    assert letter.status == "to_sign"
    letter.send_back(by=person, comment="page 4 too")
    assert letter.status == "draft"
    assert letter.events.last().comment == "page 4 too"


def test_the_moment_of_the_last_change_moves_with_a_step(letter: Any, person: User) -> None:
    past = timezone.now() - timedelta(days=1)
    type(letter).objects.update(changed_at=past)
    letter.freeze(by=person)
    assert letter.changed_at > past


def test_who_comes_late_reads_who_was_first(letter: Any, person: User) -> None:
    twin = type(letter).objects.get(pk=letter.pk)
    letter.freeze(by=person)
    with pytest.raises(TransitionError, match="Some One") as caught:
        twin.freeze(by=person)
    assert caught.value.status == "to_sign"
    assert letter.events.count() == 1


def test_a_step_that_never_was_possible_names_the_state(letter: Any, person: User) -> None:
    with pytest.raises(TransitionError, match="draft"):
        letter.sign(by=person)


def test_the_portal_itself_takes_only_its_own_steps(letter: Any) -> None:
    with pytest.raises(ValueError, match="needs the person"):
        letter.abandon(by=None)
    letter.lose()
    assert letter.events.get().by is None


def test_a_person_cannot_take_the_portal_s_steps(letter: Any, person: User) -> None:
    with pytest.raises(PermissionDenied):
        letter.lose(by=person)


def test_who_may_not_is_refused_and_nothing_is_written(letter: Any, person: User) -> None:
    person.first_name = "Stranger"
    with pytest.raises(PermissionDenied):
        letter.freeze(by=person)
    assert letter.events.count() == 0
    letter.refresh_from_db()
    assert letter.status == "draft"


def test_buttons_are_the_steps_that_the_state_and_the_person_allow(letter: Any, person: User) -> None:
    assert [step.verb for step in letter.next_steps(person)] == ["freeze", "abandon"]
    letter.freeze(by=person)
    assert [step.verb for step in letter.next_steps(person)] == ["sign", "send_back", "abandon"]
    person.first_name = "Stranger"
    assert letter.next_steps(person) == []


def test_a_screen_shows_the_line_that_fits_the_state_or_else_the_first(letter: Any, person: User) -> None:
    assert letter.line_of("send_back").target == "to_sign"
    letter.freeze(by=person)
    assert letter.line_of("send_back").target == "draft"


def test_no_screen_shows_a_step_without_a_label(letter: Any) -> None:
    assert letter.line_of("lose") is None


def test_a_sound_table_has_no_flaws(letters: Letters) -> None:
    assert list(letters[0].flaws()) == []


def test_the_flaws_of_a_table_are_found() -> None:
    with isolate_apps("tests.workflow"):

        class Broken(Stateful):
            Status = State
            TRANSITIONS: ClassVar = (Transition("burn", ("draft", "ash"), "smoke", "Burn"),)
            status = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)

            class Meta:
                app_label = "tests"

        assert list(Broken.flaws()) == [
            "burn: ash is no status",
            "burn: smoke is no status",
            "burn: there is no such method",
            "burn: there is no can_be_burn_by",
            "to_sign is never reached",
            "signed is never reached",
            "lost is never reached",
            "the database does not check the status",
        ]


def test_a_choice_of_targets_must_be_made(letter: Any, person: User) -> None:
    letter.freeze(by=person)
    with pytest.raises(ValueError, match="leads to one of"):
        letter._move("sign", person)
    with pytest.raises(LookupError):
        letter._move("burn", person)
