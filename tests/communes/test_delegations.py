"""Mandate holders give and withdraw delegations: within their mandate, for their commune, journalled and told."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from communes import delegating
from communes.models import Delegation, Mandate
from communes.models.mandate import communes_of
from hubportal.accounts.models import Invitation, JournalEntry, Role, RoleGrant, User
from hubportal.look.dates import short_date
from hubportal.outbox.models import OutboxMessage
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory, UserFactory, yesterday

pytestmark = pytest.mark.django_db
NEW = {
    "first_name": "Inès", "last_name": "Agent", "email": "Ines@anderlecht.example", "content_language": "nl",
}  # fmt: skip


def today(days: int = 0) -> date:
    """Return today, or a day some days later."""
    return timezone.localdate() + timedelta(days=days)


def give(client: Client, by: User, nis: str = COMMUNE_A, **changes: Any) -> Any:
    """Fill in the form, in English, and return the answer."""
    client.force_login(by)
    with translation.override("en"):
        address = reverse("communes:delegation-give", args=[nis])
    return client.post(address, {**NEW, "starts_on": str(today()), "ends_on": "", **changes}, follow=True)


def withdraw(client: Client, by: User, row: Delegation, nis: str = COMMUNE_A) -> Any:
    """Press the button that ends a delegation."""
    client.force_login(by)
    with translation.override("en"):
        address = reverse("communes:delegation-withdraw", args=[nis, row.pk])
    return client.post(address, follow=True)


def errors(response: Any) -> dict[str, list[str]]:
    """Return the errors of the form that is shown again."""
    assert response.status_code == 200
    assert not Delegation.objects.exists()
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def test_an_unknown_civil_servant_is_recorded_invited_and_told(client: Client, echevine: User) -> None:
    answer = give(client, echevine)
    assert "Inès Agent may act for the commune, and is told by mail." in answer.content.decode()
    row = Delegation.objects.get()
    assert (row.commune_id, row.given_by, row.starts_on, row.ends_on) == (COMMUNE_A, echevine, today(), None)
    assert (row.user.email, row.user.is_active, row.user.has_usable_password()) == (
        "ines@anderlecht.example", False, False,
    )  # fmt: skip
    assert Invitation.objects.get().user == row.user
    told, invited = OutboxMessage.objects.order_by("pk")
    assert (told.kind, told.language) == ("delegation given", "nl")
    assert "U treedt op voor uw gemeente" in told.subject
    assert invited.kind == "invitation"


def test_it_is_in_the_journal_without_names_or_addresses(client: Client, echevine: User) -> None:
    give(client, echevine)
    entry = JournalEntry.objects.get(target_type="communes.delegation")
    assert (entry.kind, entry.actor) == ("recorded", echevine)
    assert entry.detail == {"commune": COMMUNE_A, "starts_on": str(today()), "ends_on": ""}


def test_a_known_person_keeps_their_name_and_their_account(client: Client, echevine: User) -> None:
    known = UserFactory(email="ines@anderlecht.example", first_name="Ina")
    give(client, echevine)
    known.refresh_from_db()
    assert (known.first_name, known.content_language) == ("Ina", "fr")
    assert communes_of(User.objects.get(pk=known.pk)) == {COMMUNE_A}
    assert not Invitation.objects.exists()


def test_without_a_last_day_it_ends_with_the_mandate(client: Client, echevine: User) -> None:
    Mandate.objects.filter(user=echevine).update(ends_on=today(40))
    give(client, echevine)
    assert Delegation.objects.get().ends_on == today(40)


def test_a_last_day_after_the_mandate_is_refused_at_its_field(client: Client, echevine: User) -> None:
    Mandate.objects.filter(user=echevine).update(ends_on=today(40))
    found = errors(give(client, echevine, ends_on=str(today(41))))
    assert found == {"ends_on": ["Choose a day on which you are still in office."]}


def test_mandates_that_follow_each_other_are_one_time_in_office_and_a_day_between_ends_it(
    client: Client, echevine: User
) -> None:
    Mandate.objects.filter(user=echevine).update(ends_on=today(40))
    MandateFactory(user=echevine, starts_on=today(41), ends_on=today(60))
    MandateFactory(user=echevine, starts_on=today(70), ends_on=today(90))
    found = errors(give(client, echevine, ends_on=str(today(75))))
    assert found == {"ends_on": ["Choose a day on which you are still in office."]}
    found = errors(give(client, echevine, starts_on=str(today(65)), ends_on=str(today(75))))
    assert found == {"starts_on": ["Choose a day on which you are in office."]}
    give(client, echevine)
    assert Delegation.objects.get().ends_on == today(60)
    give(client, echevine, email="other@anderlecht.example", starts_on=str(today(72)))
    assert Delegation.objects.latest("pk").ends_on == today(90)


def test_a_first_day_in_the_past_is_refused_at_its_field(client: Client, echevine: User) -> None:
    found = errors(give(client, echevine, starts_on=str(yesterday())))
    assert found == {"starts_on": ["A delegation begins today at the earliest."]}


def test_a_last_day_before_the_first_is_refused_at_its_field(client: Client, echevine: User) -> None:
    found = errors(give(client, echevine, starts_on=str(today(5)), ends_on=str(today(4))))
    assert found == {"ends_on": ["The last day cannot come before the first day."]}


def test_ones_own_address_is_refused_at_its_field(client: Client, echevine: User) -> None:
    found = errors(give(client, echevine, email=echevine.email))
    assert list(found) == ["email"]


def test_a_refused_address_tells_neither_a_role_nor_an_account(
    client: Client, echevine: User, spoc: User
) -> None:
    closed = UserFactory(email="ines@anderlecht.example", is_active=False)
    Invitation.objects.create(
        user=closed, digest="x", expires_at=timezone.now(), accepted_at=timezone.now()
    )  # fmt: skip
    for email in (spoc.email, closed.email):
        assert errors(give(client, echevine, email=email)) == {
            "email": ["This address cannot receive a delegation: ask your SPOC or the agency."]
        }


def test_a_second_click_gives_and_tells_nothing_more(client: Client, echevine: User) -> None:
    give(client, echevine)
    answer = give(client, echevine)
    assert "Inès Agent may act for the commune" in answer.content.decode()
    assert (Delegation.objects.count(), OutboxMessage.objects.count()) == (1, 2)


def test_the_same_person_twice_is_refused_at_the_address(client: Client, echevine: User) -> None:
    give(client, echevine)
    answer = give(client, echevine, ends_on=str(today(5)))
    assert list(answer.context["form"].errors) == ["email"]
    assert Delegation.objects.count() == 1


def test_a_line_break_in_a_name_reaches_no_subject(client: Client, echevine: User) -> None:
    give(client, echevine, first_name="Inès\r\nBcc: x@y.example")
    assert all("\n" not in mail.subject for mail in OutboxMessage.objects.all())


def test_no_more_than_ten_a_day(client: Client, echevine: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delegating, "PER_DAY", 1)
    give(client, echevine)
    answer = give(client, echevine, email="other@anderlecht.example")
    assert "You have given 1 delegations today" in str(answer.context["form"].non_field_errors())
    assert not User.objects.filter(email="other@anderlecht.example").exists()


def test_commune_and_giver_cannot_be_chosen_by_the_form(
    client: Client, echevine: User, stranger: User
) -> None:
    give(client, echevine, commune=COMMUNE_B, given_by=str(stranger.pk), user=str(stranger.pk))
    row = Delegation.objects.get()
    assert (row.commune_id, row.given_by) == (COMMUNE_A, echevine)


def test_another_commune_gets_404(client: Client, stranger: User) -> None:
    assert give(client, stranger).status_code == 404
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("who", ["delegate", "lead", "admin", "spoc"])
def test_who_holds_no_mandate_there_gets_403(
    who: str, client: Client, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    before = Delegation.objects.count()
    assert give(client, person).status_code == 403
    assert Delegation.objects.count() == before


def test_a_mandate_holder_who_works_at_the_agency_gets_403(client: Client, echevine: User) -> None:
    RoleGrant.objects.create(user=echevine, role=Role.SPOC, starts_on=yesterday())
    assert give(client, echevine).status_code == 403


def test_an_ended_mandate_opens_nothing(client: Client, ended: User) -> None:
    assert give(client, ended).status_code == 403


def test_withdrawn_it_ends_today_and_the_civil_servant_is_told(
    client: Client, echevine: User, delegate: User
) -> None:
    row = Delegation.objects.get()
    withdraw(client, echevine, row)
    row.refresh_from_db()
    assert row.ends_on == today()
    assert OutboxMessage.objects.get().kind == "delegation withdrawn"
    assert JournalEntry.objects.get(target_type="communes.delegation").kind == "changed"


def test_a_colleague_of_the_college_may_withdraw_it(client: Client, colleague: User, delegate: User) -> None:
    withdraw(client, colleague, Delegation.objects.get())
    assert Delegation.objects.get().ends_on == today()


def test_one_that_has_not_begun_is_taken_off(client: Client, echevine: User) -> None:
    give(client, echevine, starts_on=str(today(5)))
    withdraw(client, echevine, Delegation.objects.get())
    assert not Delegation.objects.exists()
    assert JournalEntry.objects.filter(target_type="communes.delegation", kind="deleted").exists()


def test_two_clicks_are_one_mail(client: Client, echevine: User, delegate: User) -> None:
    row = Delegation.objects.get()
    withdraw(client, echevine, row)
    answer = withdraw(client, echevine, row)
    assert "This delegation was withdrawn already, or has ended." in answer.content.decode()
    assert OutboxMessage.objects.count() == 1


def test_a_second_click_on_one_that_had_not_begun_leads_to_the_list(client: Client, echevine: User) -> None:
    give(client, echevine, starts_on=str(today(5)))
    row = Delegation.objects.get()
    withdraw(client, echevine, row)
    answer = withdraw(client, echevine, row)
    assert "This delegation was withdrawn already, or has ended." in answer.content.decode()
    row.pk += 1
    assert withdraw(client, echevine, row).status_code == 404


def test_a_get_withdraws_nothing(client: Client, echevine: User, delegate: User) -> None:
    client.force_login(echevine)
    row = Delegation.objects.get()
    client.get(reverse("communes:delegation-withdraw", args=[COMMUNE_A, row.pk]))
    row.refresh_from_db()
    assert row.ends_on is None


@pytest.mark.parametrize("nis", [COMMUNE_A, COMMUNE_B])
def test_another_communes_delegation_is_not_there(
    nis: str, client: Client, stranger: User, delegate: User
) -> None:
    row = Delegation.objects.get()
    assert withdraw(client, stranger, row, nis).status_code == 404
    row.refresh_from_db()
    assert row.ends_on is None


def test_a_delegate_does_not_withdraw_their_own(client: Client, delegate: User) -> None:
    assert withdraw(client, delegate, Delegation.objects.get()).status_code == 403


def test_the_list_shows_today_to_come_and_ended(client: Client, echevine: User, delegate: User) -> None:
    give(client, echevine, starts_on=str(today(5)))
    gone = UserFactory(last_name="Parti")
    Delegation.objects.create(
        user=gone, commune_id=COMMUNE_A, given_by=echevine, starts_on=date(2025, 1, 1), ends_on=yesterday()
    )
    context = client.get(reverse("communes:delegations", args=[COMMUNE_A])).context
    names = [[row.user.last_name for row in context[part]] for part in ("current", "coming", "past")]
    assert names == [["Déléguée"], ["Agent"], ["Parti"]]


def test_the_list_costs_the_same_for_one_and_twenty(client: Client, echevine: User, delegate: User) -> None:
    client.force_login(echevine)
    address = reverse("communes:delegations", args=[COMMUNE_A])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _number in range(20):
        Delegation.objects.create(
            user=UserFactory(), commune_id=COMMUNE_A, given_by=echevine, starts_on=yesterday()
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(one)


def test_home_and_the_communes_page_lead_a_mandate_holder_there(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    for page in (reverse("home"), reverse("communes:detail", args=[COMMUNE_A])):
        html = client.get(page, follow=True).content.decode()
        assert reverse("communes:delegations", args=[COMMUNE_A]) in html


def test_at_home_a_delegate_is_not_led_there(client: Client, delegate: User) -> None:
    client.force_login(delegate)
    html = client.get(reverse("home"), follow=True).content.decode()
    assert reverse("communes:delegations", args=[COMMUNE_A]) not in html


def test_with_the_mandate_of_its_giver_it_stands_under_ended(
    client: Client, echevine: User, colleague: User, delegate: User
) -> None:
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    client.force_login(colleague)
    context = client.get(reverse("communes:delegations", args=[COMMUNE_A])).context
    assert [row.user for row in context["past"]] == [delegate]


def test_an_end_that_its_giver_brings_is_shown_wherever_it_is_listed(
    client: Client, echevine: User, colleague: User, delegate: User, lead: User
) -> None:
    row = Delegation.objects.get()
    assert row.last_day is None
    Mandate.objects.filter(user=echevine).update(ends_on=today(40))
    assert Delegation.objects.get().last_day == Delegation.objects.with_last_day().get().last_day == today(40)
    words = short_date(today(40))
    own = reverse("communes:delegations", args=[COMMUNE_A])
    file, desk = reverse("communes:detail", args=[COMMUNE_A]), reverse("admin:communes_delegation_changelist")
    for reader, page in ((colleague, own), (colleague, file), (lead, desk), (delegate, reverse("home"))):
        client.force_login(reader)
        assert words in client.get(page).content.decode(), page
    client.force_login(delegate)
    assert str(today(40)) in client.get(reverse("accounts:my-data-json")).getvalue().decode()  # type: ignore[attr-defined]
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    client.force_login(colleague)
    assert short_date(yesterday()) in client.get(own).content.decode()


def test_what_never_begins_says_so(client: Client, echevine: User, colleague: User) -> None:
    give(client, echevine, starts_on=str(today(5)))
    Mandate.objects.filter(user=echevine).update(ends_on=today(3))
    client.force_login(colleague)
    html = client.get(reverse("communes:delegations", args=[COMMUNE_A])).content.decode()
    assert "It does not begin: the mandate of its giver ends before." in html


@pytest.mark.parametrize("first", [-30, 5])
def test_after_its_giver_left_another_one_gives_it_anew(
    first: int, client: Client, echevine: User, colleague: User
) -> None:
    person = UserFactory(email="ines@anderlecht.example")
    old = Delegation.objects.create(
        user=person, commune_id=COMMUNE_A, given_by=echevine, starts_on=today(first)
    )
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    give(client, colleague)
    assert Delegation.objects.get(given_by=colleague).starts_on == today()
    kept = Delegation.objects.filter(pk=old.pk).values_list("ends_on", flat=True)
    assert list(kept) == ([yesterday()] if first < 0 else [])


@pytest.mark.parametrize(("known", "prefixes"), [("fr", ["fr"]), ("nl", ["nl"]), ("", ["fr", "nl"])])
def test_the_mail_leads_to_the_page_in_its_readers_language(
    known: str, prefixes: list[str], client: Client, echevine: User
) -> None:
    give(client, echevine, content_language=known)
    text = OutboxMessage.objects.get(kind="delegation given").text
    assert re.findall(r"/(\w\w)/communes/21001/", text) == prefixes
