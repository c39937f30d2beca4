"""The steps of an edition on the portal: each asks, acts by POST, and says at its field what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from hubportal.moments import MomentField
from hubportal.outbox.models import OutboxMessage
from mailings import jobs
from mailings.forms import usual_moment
from mailings.models import Mailing
from tests.cast import grant
from tests.mailings.made import TEXTS, an_edition, brought_to, forward, in_state, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def take(client: Client, row: Mailing, verb: str, role: Role = Role.EDITOR, **data: Any) -> Any:
    """Take a step as a person of a role and return the page that follows."""
    client.force_login(person(role))
    return client.post(reverse("mailings:step", args=[row.number, verb]), data, follow=True)


def local(moment: datetime) -> str:
    """Return a moment as a browser sends it."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def moments(**changes: Any) -> dict[str, Any]:
    """Return a schedule for tomorrow."""
    leaves = timezone.now() + timedelta(days=1)
    usual = {"scheduled_for": local(leaves), "expires_at": local(leaves + timedelta(days=1))}
    return {"when": "at", **usual, "gap_reason": "Vacances", **changes}


def test_an_edition_goes_its_way_by_the_pages_alone(client: Client, echevine: User) -> None:
    row = an_edition()
    assert "Approval was asked for" in take(client, row, "submit").content.decode()
    seen = Mailing.objects.get().content_hash
    for role in (Role.LEAD, Role.CABINET):
        take(client, row, "approve", role, seen_hash=seen)
    page = take(client, row, "schedule", **moments())
    assert "It leaves by itself at this moment." in page.content.decode()
    row = Mailing.objects.get()
    assert row.status == "scheduled"
    Mailing.objects.update(scheduled_for=timezone.now())
    row.start()
    take(client, row, "pause", Role.LEAD)
    assert Mailing.objects.get().status == "paused"
    take(client, row, "resume", Role.LEAD, expires_at=moments()["expires_at"])
    assert Mailing.objects.get().status == "sending"
    take(client, row, "cancel", reason="Une erreur grave")
    row = Mailing.objects.get()
    assert (row.status, row.cancel_reason) == ("cancelled", "Une erreur grave")
    assert "Une erreur grave" in client.get(row.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("status", "verb", "role"),
    [
        ("draft", "submit", "editor"), ("in_review", "approve", "cabinet"), ("in_review", "remark", "lead"),
        ("approved", "schedule", "editor"), ("scheduled", "schedule", "editor"),
        ("approved", "withdraw", "cabinet"), ("sending", "withdraw", "cabinet"), ("sending", "pause", "lead"),
        ("paused", "resume", "editor"), ("draft", "cancel", "lead"),
    ],
)  # fmt: skip
def test_each_step_asks_first_and_changes_nothing(
    status: str, verb: str, role: str, client: Client, echevine: User
) -> None:
    row = in_state(status)
    client.force_login(person(Role(role)))
    answer = client.get(reverse("mailings:step", args=[row.number, verb]))
    assert answer.status_code == 200
    assert "<form" in answer.content.decode()
    assert Mailing.objects.get().status == status


@pytest.mark.parametrize("verb", ["revise", "start", "finish", "expire", "nonsense"])
def test_what_the_portal_does_itself_is_no_page(verb: str, client: Client) -> None:
    row = an_edition()
    client.force_login(person(Role.EDITOR))
    assert client.get(reverse("mailings:step", args=[row.number, verb])).status_code == 404


def test_texts_that_do_not_say_the_same_are_not_submitted(client: Client) -> None:
    row = an_edition(nl={**TEXTS["nl"], "body": ""})
    page = take(client, row, "submit")
    assert page.context["form"].non_field_errors()
    assert Mailing.objects.get().status == "draft"


@pytest.mark.parametrize(
    ("verb", "role", "field"),
    [("remark", "cabinet", "comment"), ("withdraw", "cabinet", "comment"), ("cancel", "editor", "reason")],
)
def test_what_needs_a_reason_asks_for_it(verb: str, role: str, field: str, client: Client) -> None:
    row = brought_to("in_review")
    row.approve(by=person(Role.CABINET), seen_hash=row.content_hash)
    page = take(client, row, verb, Role(role), **{field: "   "})
    assert page.context["form"].errors[field]
    assert Mailing.objects.get().status == "in_review"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"scheduled_for": "2020-01-01T09:00"}, "scheduled_for", "past"),
        ({"scheduled_for": "0001-01-01T00:00"}, "scheduled_for", "past"),
        ({"scheduled_for": "nonsense"}, "scheduled_for", "valid"),
        ({"scheduled_for": "2026-02-30T10:00"}, "scheduled_for", "valid"),
        ({"scheduled_for": "2027-03-28T02:30"}, "scheduled_for", "does not exist"),
        ({"scheduled_for": "2027-03-28 02:30:00"}, "scheduled_for", "does not exist"),
        ({"scheduled_for": "2027-10-31T02:30"}, "scheduled_for", "comes twice"),
        ({"scheduled_for": "9999-12-31T23:59"}, "scheduled_for", "sixty days"),
        (
            {"scheduled_for": "9999-12-31T23:59", "expires_at": "9999-12-31T23:59"},
            "scheduled_for",
            "sixty days",
        ),
        (
            {"scheduled_for": "9999-12-30T00:00", "expires_at": "9999-12-31T00:00"},
            "scheduled_for",
            "sixty days",
        ),
        ({"scheduled_for": "10000-01-01T00:00"}, "scheduled_for", "valid"),
        ({"scheduled_for": ""}, "scheduled_for", "required"),
        ({"when": ""}, "when", "required"),
        ({"when": "never"}, "when", "valid choice"),
        ({"expires_at": "0001-01-01T00:00"}, "expires_at", "choose a later moment"),
        ({"expires_at": "2020-01-01T09:00"}, "expires_at", "choose a later moment"),
        ({"expires_at": "9999-12-31T23:59"}, "expires_at", "seven days"),
        ({"expires_at": "2027-03-28T02:30"}, "expires_at", "does not exist"),
        ({"expires_at": ""}, "expires_at", "required"),
        ({"gap_reason": " "}, "gap_reason", "will not be reached"),
        ({"gap_reason": "x" * 2001}, "gap_reason", "at most 2000"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_at_its_field(
    changes: dict[str, str], field: str, words: str, client: Client, echevine: User
) -> None:
    row = brought_to("approved")
    form = take(client, row, "schedule", **moments(**changes)).context["form"]
    assert any(words in error for error in form.errors[field]), form.errors
    assert Mailing.objects.get().status == "approved"


@pytest.mark.parametrize(("days", "is_refused"), [(59, False), (61, True)])
def test_the_farthest_moment_is_sixty_days_away(
    days: int, is_refused: bool, client: Client, echevine: User
) -> None:
    row, leaves = brought_to("approved"), timezone.now() + timedelta(days=days)
    data = moments(scheduled_for=local(leaves), expires_at=local(leaves + timedelta(days=1)))
    take(client, row, "schedule", **data)
    assert (Mailing.objects.get().status == "approved") == is_refused


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("9999-12-31T23:59", "seven days from now"), ("0001-01-01T00:00", "expired"),
        ("2027-03-28T02:30", "does not exist"), ("2027-10-31T02:30", "comes twice"), ("", "required"),
    ],
)  # fmt: skip
def test_sending_goes_on_for_a_while_and_not_for_ever(
    moment: str, words: str, client: Client, echevine: User
) -> None:
    row = in_state("paused")
    form = take(client, row, "resume", expires_at=moment).context["form"]
    assert any(words in error for error in form.errors["expires_at"]), form.errors
    assert Mailing.objects.get().status == "paused"


@pytest.mark.parametrize(
    ("typed", "utc"),
    [("2027-07-01T09:00", "2027-07-01T07:00"), ("2027-12-01T09:00", "2027-12-01T08:00"),
     ("2027-03-28T03:00", "2027-03-28T01:00"), ("2027-10-31T03:00", "2027-10-31T02:00")],
)  # fmt: skip
def test_the_hour_is_that_of_brussels(typed: str, utc: str) -> None:
    found = MomentField().clean(typed)
    assert found is not None
    assert found.astimezone(UTC).isoformat() == f"{utc}:00+00:00"


@pytest.mark.parametrize("typed", ["", "nonsense", "9999-12-31T23:59", "2027-03-28T02:30"])
def test_as_soon_as_possible_needs_no_typing(typed: str, client: Client, echevine: User) -> None:
    row = brought_to("approved")
    client.force_login(person(Role.EDITOR))
    form = client.get(reverse("mailings:step", args=[row.number, "schedule"])).context["form"]
    assert form["when"].value() == "at"
    page = take(client, row, "schedule", **moments(when="now", scheduled_for=typed))
    assert "It leaves within a minute." in page.content.decode()
    row = Mailing.objects.get()
    assert row.scheduled_for is not None
    assert timezone.now() - timedelta(minutes=1) < row.scheduled_for <= timezone.now()
    jobs.start(timezone.now())
    assert Mailing.objects.get().status == "sending"


def planned_for_later(client: Client) -> tuple[Mailing, dict[str, Any]]:
    """Return an edition that was planned for a moment more than seven days away, and its form as it is filled in."""
    row, leaves = brought_to("scheduled"), timezone.now() + timedelta(days=10)
    Mailing.objects.update(scheduled_for=leaves, expires_at=leaves + timedelta(days=1))
    client.force_login(person(Role.EDITOR))
    form = client.get(reverse("mailings:step", args=[row.number, "schedule"])).context["form"]
    return row, {name: f"{form[name].value():%Y-%m-%dT%H:%M}" for name in ("scheduled_for", "expires_at")}


@pytest.mark.parametrize("changes", [{}, {"expires_at": ""}])
def test_as_soon_as_possible_is_not_refused_for_the_limit_of_the_plan(
    changes: dict[str, str], client: Client, echevine: User
) -> None:
    row, filled_in = planned_for_later(client)
    page = take(client, row, "schedule", **moments(when="now", **{**filled_in, **changes}))
    assert "It leaves within a minute." in page.content.decode()
    row.refresh_from_db()
    assert row.expires_at is not None
    assert row.scheduled_for is not None
    assert row.expires_at - row.scheduled_for == timedelta(hours=24)


def test_a_limit_that_nobody_wrote_follows_another_moment(client: Client, echevine: User) -> None:
    row, filled_in = planned_for_later(client)
    sooner = timezone.now() + timedelta(hours=2)
    take(client, row, "schedule", **moments(**{**filled_in, "scheduled_for": local(sooner)}))
    row.refresh_from_db()
    assert row.expires_at is not None
    assert local(row.expires_at) == local(sooner + timedelta(hours=24))


def test_a_limit_that_a_person_wrote_is_refused_at_its_field_with_what_to_do(
    client: Client, echevine: User
) -> None:
    row, filled_in = planned_for_later(client)
    written = {**filled_in, "expires_at": local(timezone.now() + timedelta(days=12))}
    form = take(client, row, "schedule", **moments(when="now", **written)).context["form"]
    assert list(form.errors) == ["expires_at"]
    assert "or sooner" in form.errors["expires_at"][0]


def test_as_soon_as_possible_still_asks_why_with_gaps(client: Client, echevine: User) -> None:
    row = brought_to("approved")
    form = take(client, row, "schedule", **moments(when="now", gap_reason="")).context["form"]
    assert list(form.errors) == ["gap_reason"]
    assert form["when"].value() == "now"


def test_the_gaps_are_listed_and_the_reason_of_another_edition_is_only_read(
    client: Client, echevine: User
) -> None:
    earlier = brought_to("approved")
    take(client, earlier, "schedule", **moments(gap_reason="Parce que <b>elle</b> part"))
    row = brought_to("approved")
    page = client.get(reverse("mailings:step", args=[row.number, "schedule"]))
    text = page.content.decode()
    assert "nobody is bourgmestre" in text
    assert "/19" in text
    assert page.context["form"]["gap_reason"].value() == ""
    assert f"Edition {earlier.number}, for its own gaps:" in text
    assert "Parce que &lt;b&gt;elle&lt;/b&gt; part" in text
    refused = take(client, row, "schedule", **moments(gap_reason=""))
    assert refused.context["form"].errors["gap_reason"]


def test_the_reason_of_this_edition_is_proposed_again(client: Client, echevine: User) -> None:
    row = brought_to("scheduled")
    client.force_login(person(Role.EDITOR))
    page = client.get(reverse("mailings:step", args=[row.number, "schedule"]))
    assert page.context["form"]["gap_reason"].value() == row.gap_reason != ""


def test_an_edition_for_nobody_does_not_leave(client: Client) -> None:
    row = brought_to("approved")
    page = take(client, row, "schedule", **moments())
    assert "Nobody would receive this edition" in page.content.decode()


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-24T08:00", "2026-11-24T09:00"),
        ("2026-11-24T09:00", "2026-11-25T09:00"),
        ("2026-11-27T17:00", "2026-11-30T09:00"),
        ("2026-11-28T08:00", "2026-11-30T09:00"),
    ],
)
def test_nine_o_clock_of_a_business_day_is_proposed(now: str, leaves: str) -> None:
    moment = timezone.make_aware(datetime.fromisoformat(now))
    assert usual_moment(moment) == timezone.make_aware(datetime.fromisoformat(leaves))


def test_two_clicks_take_one_step(client: Client) -> None:
    row = an_edition()
    take(client, row, "submit")
    second = take(client, row, "submit").content.decode()
    assert "Approval was asked for" in second
    assert "Somebody was first" not in second
    assert row.events.filter(verb="submit").count() == 1


def opened(client: Client, row: Mailing, verb: str, role: Role) -> str:
    """Open the page of a step and return the last event that its form carries."""
    client.force_login(person(role))
    form = client.get(reverse("mailings:step", args=[row.number, verb])).context["form"]
    return str(form["after"].value())


def test_of_two_clicks_on_a_step_that_can_be_taken_again_one_counts(client: Client, echevine: User) -> None:
    row = brought_to("in_review")
    asked = {"after": opened(client, row, "remark", Role.LEAD), "comment": "Le chiffre est faux"}
    for _click in range(2):
        text = take(client, row, "remark", Role.LEAD, **asked).content.decode()
        assert "The authors receive what you wrote by mail." in text
    assert row.events.filter(verb="remark").count() == 1
    forward(row, "approved")
    planned = moments(after=opened(client, row, "schedule", Role.EDITOR))
    for _click in range(2):
        assert (
            "It leaves by itself at this moment." in take(client, row, "schedule", **planned).content.decode()
        )
    assert row.events.filter(verb="schedule").count() == 1
    assert OutboxMessage.objects.filter(kind="mailing scheduled").count() == 2


def test_who_schedules_after_a_colleague_sees_it_first_and_loses_nothing(
    client: Client, echevine: User
) -> None:
    row = brought_to("approved")
    colleague = grant(Role.EDITOR, first_name="Aline", last_name="Première", email="aline@team.example")
    planned = moments(after=opened(client, row, "schedule", Role.EDITOR), gap_reason="Le mien")
    soon = timezone.now() + timedelta(hours=2)
    Mailing.objects.get().schedule(
        by=colleague, scheduled_for=soon, expires_at=soon + timedelta(hours=4), gap_reason="Le sien"
    )
    refused = take(client, row, "schedule", **planned)
    text = refused.content.decode()
    assert "Somebody was first: Aline Première" in text
    assert "Le mien" in text
    assert Mailing.objects.get().gap_reason == "Le sien"
    # Knowingly, it can be scheduled anew.
    again = {**planned, "after": refused.context["form"]["after"].value()}
    assert "It leaves by itself at this moment." in take(client, row, "schedule", **again).content.decode()
    assert Mailing.objects.get().gap_reason == "Le mien"


def test_what_was_written_for_a_step_that_is_over_is_shown_once_more(client: Client, echevine: User) -> None:
    row = brought_to("in_review")
    row.cancel(by=person(Role.LEAD), reason="Erreur")
    text = take(client, row, "remark", Role.CABINET, comment="Revoir le <b>titre</b>").content.decode()
    assert "Somebody was first" in text
    assert "What you wrote was not kept: “Revoir le &lt;b&gt;titre&lt;/b&gt;”" in text


def test_who_resumes_learns_that_both_have_approved_again(client: Client, echevine: User) -> None:
    row = brought_to("sending")
    row.withdraw(by=person(Role.CABINET), comment="Le chiffre est faux")
    OutboxMessage.objects.all().delete()
    row.approve(by=person(Role.CABINET), seen_hash=row.content_hash)
    told = {mail.to_address: mail for mail in OutboxMessage.objects.filter(kind="mailing approved_again")}
    assert set(told) == {person(Role.EDITOR).email, person(Role.LEAD).email}
    with translation.override("fr"):
        assert "vous pouvez le reprendre" in told[person(Role.EDITOR).email or ""].text


def test_the_approval_withdrawn_while_it_is_sent_stops_it(client: Client, echevine: User) -> None:
    row = brought_to("sending")
    take(client, row, "withdraw", Role.CABINET, comment="Le chiffre est faux")
    assert Mailing.objects.get().status == "paused"
    refused = take(client, row, "resume", Role.LEAD, expires_at=moments()["expires_at"])
    assert "An approval is missing" in refused.content.decode()
    seen = Mailing.objects.get().content_hash
    take(client, row, "approve", Role.CABINET, seen_hash=seen)
    take(client, row, "resume", Role.LEAD, expires_at=moments()["expires_at"])
    assert Mailing.objects.get().status == "sending"


def test_a_test_send_goes_to_oneself_in_each_form_and_leads_nowhere(client: Client) -> None:
    row = an_edition()
    editor = person(Role.EDITOR)
    client.force_login(editor)
    page = client.post(reverse("mailings:test", args=[row.number]), follow=True).content.decode()
    assert f"Three tests are on their way to {editor.email}" in page
    mails = OutboxMessage.objects.filter(kind="mailing test").order_by("pk")
    assert [mail.language for mail in mails] == ["fr", "nl", "fr,nl"]
    for mail in mails:
        assert mail.to_address == editor.email
        assert mail.subject.startswith("[Essai/Test] ")
        assert editor.full_name in mail.text
        for part in (mail.text, mail.html):
            assert "[[" not in part
            assert "/mailings/read/" not in part
            assert "/mailings/stop/" not in part
            assert f"/fr/mailings/{row.number}/preview/" in part or "/nl/mailings/" in part


@pytest.mark.parametrize("role", ["spoc", "director", "taskforce"])
def test_a_test_send_is_for_who_writes_or_approves(role: str, client: Client) -> None:
    row = brought_to("in_review")
    client.force_login(person(Role(role)))
    assert client.post(reverse("mailings:test", args=[row.number])).status_code == 403
    assert not OutboxMessage.objects.filter(kind="mailing test").exists()


@pytest.mark.parametrize("language", ["fr", "nl", "both", "nonsense"])
def test_the_preview_shows_the_letter_and_its_plain_text_with_ones_own_name(
    language: str, client: Client
) -> None:
    row = an_edition()
    editor = person(Role.EDITOR)
    client.force_login(editor)
    answer = client.get(reverse("mailings:preview", args=[row.number]), {"language": language})
    page = answer.content.decode()
    shown = language if language in ("nl", "both") else "fr"
    frame = reverse("mailings:mail", args=[row.number, shown])
    assert f'src="{frame}?mode=light"' in page
    assert editor.full_name in client.get(frame).content.decode()
    shown = "nl" if language == "nl" else "fr"
    assert TEXTS[shown]["subject"] in page.partition("<pre")[2]
    assert "[[" not in page
    # The mail's own HTML, with its inline styles, is never part of a page.
    assert "style=" not in page
