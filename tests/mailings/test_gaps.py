"""Who is not reached when an edition leaves: kept for ever, told on each page, and to people when it is news."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from communes.models import Mandate
from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from mailings import counting
from mailings.figures import figures
from mailings.models import Delivery, FrozenGap, Mailing, SuppressedAddress
from tests.cast import COMMUNE_A, COMMUNE_B, Cast, MandateFactory, UserFactory, grant
from tests.mailings.leaving import marked, page, sent
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db
REASON = "Les vacances sont connues."
"""What `made.forward` writes when it schedules an edition."""


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def silent(echevine: User) -> User:
    """The bourgmestre of the échevine's commune, who has no address."""
    user = UserFactory(email=None, first_name="Sans", last_name="Adresse")
    MandateFactory(user=user, commune_id=COMMUNE_A, bourgmestre=True)
    return user


def gaps(row: Mailing, nis: str = COMMUNE_A) -> list[tuple[str, bool]]:
    """Return what is kept of a commune: the words, and whether it was found when the edition left."""
    found = FrozenGap.objects.filter(mailing=row, commune=nis).named()
    return [(gap.text, gap.is_new) for gap in found]


def see(client: Client, row: Mailing, user: User, name: str = "progress") -> str:
    """Return a page of an edition as a person sees it."""
    client.force_login(user)
    return page(client.get(reverse(f"mailings:{name}", args=[row.number])))


# --- Kept ----------------------------------------------------------------------------------------------------


def test_the_freeze_keeps_every_gap_with_the_messages(silent: User, stranger: User) -> None:
    SuppressedAddress.objects.create(address=stranger.email)
    row = brought_to("sending")
    assert gaps(row) == [("Sans Adresse has no address", False)]
    assert gaps(row, COMMUNE_B) == [
        ("nobody is bourgmestre", False), (f"the address of {stranger.full_name} is stopped", False),
    ]  # fmt: skip
    assert gaps(row, "21019") == [("nobody is bourgmestre", False), ("nobody holds “Trade”", False)]
    assert FrozenGap.objects.filter(code="vacant").count() == 17 * 2 + 1
    assert set(FrozenGap.objects.exclude(mandate=None).values_list("mandate__user", flat=True)) == {
        silent.pk, stranger.pk,
    }  # fmt: skip


def test_what_is_mended_afterwards_stays_as_it_was(silent: User) -> None:
    row = brought_to("sending")
    User.objects.filter(pk=silent.pk).update(email="now@anderlecht.example")
    assert gaps(row) == [("Sans Adresse has no address", False)]


def test_a_gap_is_never_changed_nor_removed(silent: User) -> None:
    row = brought_to("sending")
    rows = FrozenGap.objects.filter(mailing=row)
    for act in (lambda: rows.update(is_new=True), lambda: rows.delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hubportal.retention = 'on'")
    assert rows.delete()[0] > 0


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"code": "asleep", "office": "trade"}, "known_code"),
        ({"code": "vacant", "office": "king"}, "known_office"),
        ({"code": "vacant"}, "office_or_person"),
        ({"code": "no_address"}, "office_or_person"),
        ({"code": "vacant", "office": "trade", "is_theirs": True}, "office_or_person"),
        ({"code": "suppressed", "office": "trade", "is_theirs": True}, "office_or_person"),
        ({"code": "vacant", "office": "bourgmestre"}, "once_per_office"),
    ],
)
def test_the_database_refuses_what_is_no_gap(facts: dict[str, Any], rule: str, echevine: User) -> None:
    row, known = brought_to("sending"), dict(facts)
    mandate = echevine.mandates.get() if known.pop("is_theirs", False) else None
    with pytest.raises(IntegrityError, match=f"frozengap_{rule}"):
        FrozenGap.objects.create(mailing=row, commune_id=COMMUNE_A, mandate=mandate, **known)


def test_nothing_is_kept_when_the_letters_cannot_be_sent(
    silent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = brought_to("scheduled")
    monkeypatch.setattr("mailings.freezing.differences", lambda *_messages: ["header, subject"])
    with pytest.raises(Exception, match="header, subject"):
        row.start()
    assert not FrozenGap.objects.exists()
    assert not Delivery.objects.exists()


# --- Told ----------------------------------------------------------------------------------------------------


def test_the_page_of_the_sending_tells_commune_by_commune_who_was_not_reached_and_why(
    client: Client, silent: User, stranger: User
) -> None:
    row = sent()
    text = see(client, row, person(Role.EDITOR))
    assert text.count("Sans Adresse has no address") == 2, "in the table and in the list"
    assert REASON in text
    assert "2/19" in text
    assert "2 of them in part" in text
    found = {item.commune.nis: item for item in counting.by_commune(row)}
    assert (found[COMMUNE_A].state, found["21019"].state) == ("partly", "nobody")
    assert 'class="gap"' in text
    assert text.count('class="off"') == 17


def test_a_commune_without_a_gap_is_reached_whole(client: Client, echevine: User) -> None:
    MandateFactory(commune_id=COMMUNE_A, bourgmestre=True)
    row = sent()
    found = {item.commune.nis: item for item in counting.by_commune(row)}
    assert (found[COMMUNE_A].state, found[COMMUNE_A].is_in_part) == ("reached", False)
    assert "of them in part" not in see(client, row, person(Role.EDITOR))


def test_an_edition_without_gaps_says_that_everybody_was_written_to(client: Client, silent: User) -> None:
    row = sent()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hubportal.retention = 'on'")
    FrozenGap.objects.all().delete()
    assert "It was written to everybody" in see(client, row, person(Role.EDITOR))


def test_a_stopped_address_is_told_as_a_gap_and_not_twice(client: Client, echevine: User) -> None:
    MandateFactory(commune_id=COMMUNE_A, bourgmestre=True)
    SuppressedAddress.objects.create(address=echevine.email)
    row = brought_to("sending")
    client.force_login(person(Role.EDITOR))
    answer = client.get(reverse("mailings:progress", args=[row.number]))
    assert (answer.context["troubled"], answer.context["troubles"]) == ([], 0)
    other = row.deliveries.exclude(address=echevine.email).get()
    other.stop()
    answer = client.get(reverse("mailings:progress", args=[row.number]))
    assert [named.name for named in answer.context["troubled"]] == [other.name]
    assert answer.context["troubles"] == 1


@pytest.mark.parametrize("status", ["sending", "sent"])
@pytest.mark.parametrize("role", [Role.EDITOR, Role.DIRECTOR, Role.CABINET, Role.TASKFORCE])
def test_the_page_of_the_edition_tells_it_to_those_who_may_follow(
    role: Role, status: str, client: Client, silent: User
) -> None:
    row = sent() if status == "sent" else brought_to("sending")
    text = see(client, row, person(role), "detail")
    assert "Sans Adresse has no address" in text
    assert REASON in text


def test_a_commune_does_not_read_who_was_not_reached_elsewhere(
    client: Client, silent: User, stranger: User
) -> None:
    row = sent()
    for user in (silent, stranger):
        text = see(client, row, user, "detail")
        assert "has no address" not in text
        assert REASON not in text
        assert not FrozenGap.objects.all().visible_to(user).exists()


def test_the_recipients_of_what_left_name_who_was_not(client: Client, silent: User) -> None:
    row = brought_to("sending")
    assert "Sans Adresse has no address" in see(client, row, person(Role.EDITOR), "recipients")


def test_the_director_reads_the_gaps_of_each_edition_and_why(
    client: Client, cast: Cast, silent: User
) -> None:
    row = sent()
    numbers = figures(cast.director, [row])[row.pk]
    assert numbers.communes == row.deliveries.values("served__mandate__commune").distinct().count()
    assert numbers.in_part == sum(item.is_in_part for item in counting.by_commune(row)) > 0
    assert [gap.text for gap in numbers.gaps if gap.mandate] == ["Sans Adresse has no address"]
    client.force_login(cast.director)
    text = page(client.get("/en/"))
    assert "reached in part only" in text
    assert f"{len(numbers.gaps)} gaps when it left: whom nothing was written to, and why" in text
    assert REASON in text


def test_who_sees_no_message_counts_no_gap(cast: Cast, silent: User) -> None:
    row = sent()
    assert figures(cast.cabinet, [row])[row.pk].gaps == ()


# --- Found when it left ----------------------------------------------------------------------------------------


def told() -> dict[str, str]:
    """Return the mails about gaps that were found, by address."""
    rows = OutboxMessage.objects.filter(kind="mailing gaps_found").order_by("pk")
    return {mail.to_address: mail.text for mail in rows}


def test_what_was_known_when_it_was_scheduled_is_no_news(silent: User) -> None:
    row = brought_to("sending")
    assert not FrozenGap.objects.filter(mailing=row, is_new=True).exists()
    assert told() == {}


def test_a_gap_found_when_it_leaves_holds_nothing_up_and_is_told(
    client: Client, echevine: User, stranger: User
) -> None:
    other_lead = grant(Role.LEAD, email="lead2@team.example")
    row = brought_to("scheduled")
    SuppressedAddress.objects.create(address=echevine.email)
    MandateFactory(commune_id=COMMUNE_B, bourgmestre=True)
    row.start()
    assert row.status == "sending"
    assert row.deliveries.filter(status="queued").count() == 2
    words = f"the address of {echevine.full_name} is stopped"
    assert gaps(row)[-1] == (words, True)
    assert gaps(row)[0] == ("nobody is bourgmestre", False)
    assert gaps(row, COMMUNE_B) == []
    people = {person(Role.EDITOR).email, person(Role.LEAD).email, other_lead.email}
    assert set(told()) == people
    text = see(client, row, person(Role.EDITOR))
    assert text.count("(found when it left)") == 2, "in the table and in the list"


def test_the_mail_names_the_new_gaps_only(echevine: User, stranger: User) -> None:
    User.objects.filter(pk=person(Role.LEAD).pk).update(content_language="nl")
    row = brought_to("scheduled")
    Mandate.objects.filter(user=stranger).update(ends_on=timezone.localdate() - timedelta(days=1))
    row.start()
    text = told()[str(person(Role.LEAD).email)]
    assert "Oudergem" in text
    assert "Anderlecht" not in text
    assert text.count("\n- ") == 1


def test_somebody_who_has_no_address_any_more_is_still_the_gap_that_was_known(
    echevine: User, stranger: User
) -> None:
    SuppressedAddress.objects.create(address=echevine.email)
    row = brought_to("scheduled")
    User.objects.filter(pk=echevine.pk).update(email=None)
    row.start()
    assert gaps(row)[-1] == (f"{echevine.full_name} has no address", False)
    assert told() == {}


def test_an_edition_that_would_reach_nobody_does_not_leave(echevine: User) -> None:
    row = brought_to("scheduled")
    SuppressedAddress.objects.create(address=echevine.email)
    with pytest.raises(ValidationError) as refused:
        row.start()
    assert refused.value.code == "nobody"
    row.refresh_from_db()
    assert (row.status, row.deliveries.exists(), FrozenGap.objects.exists()) == ("scheduled", False, False)


def test_the_gaps_of_the_last_scheduling_are_those_that_are_known(echevine: User, stranger: User) -> None:
    row = brought_to("scheduled")
    SuppressedAddress.objects.create(address=echevine.email)
    now = timezone.now()
    row.schedule(
        by=person(Role.EDITOR),
        scheduled_for=now,
        expires_at=now + timedelta(hours=1),
        gap_reason="Elle sait.",
    )
    row.start()
    assert not FrozenGap.objects.filter(mailing=row, is_new=True).exists()


def test_a_message_that_comes_back_makes_a_commune_reached_in_part(echevine: User, stranger: User) -> None:
    MandateFactory(commune_id=COMMUNE_A, bourgmestre=True)
    row = sent()
    marked(row.deliveries.get(address=echevine.email), "bounced", 550)
    found = {item.commune.nis: item for item in counting.by_commune(row)}
    assert (found[COMMUNE_A].state, found[COMMUNE_A].is_in_part) == ("partly", True)
