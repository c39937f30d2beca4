"""An administrator sees the portal as somebody of a commune: reads what they read, does nothing, leaves no trace."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubportal.accounts import seeing
from hubportal.accounts.journal import Kind
from hubportal.accounts.models import JournalEntry, Role, RoleGrant, User
from tests.accounts.test_sessions import later
from tests.cast import Cast

HOME = "/fr/"


def seen_as(person: User, by: User) -> Client:
    """Return the browser of an administrator who sees as a person, begun on the desk."""
    client = Client()
    client.force_login(by)
    begin(client, person)
    return client


def begin(client: Client, person: User) -> Any:
    """Press the button of the desk."""
    return client.post(reverse("admin:accounts_user_see-as", args=[person.pk]))


@pytest.mark.django_db
def test_one_reads_what_they_read_and_knows_it(cast: Cast) -> None:
    client = seen_as(cast.echevine, cast.admin)
    page = client.get(HOME)
    assert page.wsgi_request.user == cast.echevine
    assert b'class="seeing"' in page.content
    assert client.get(reverse("communes:coverage")).status_code == 403
    begun = JournalEntry.objects.get(kind=Kind.SEEN_AS)
    assert (begun.actor, begun.target_id) == (cast.admin, str(cast.echevine.pk))


@pytest.mark.django_db
def test_nothing_is_done_and_the_attempt_is_journalled(cast: Cast) -> None:
    client = seen_as(cast.echevine, cast.admin)
    typed = {"first_name": "Autre", "last_name": "Nom bien long"}
    answer = client.post(reverse("accounts:details"), typed, headers={"Origin": "http://testserver"})
    assert answer.status_code == 403
    # What was typed is shown, to be copied.
    assert "Nom bien long" in answer.content.decode()
    cast.echevine.refresh_from_db()
    assert cast.echevine.first_name != "Autre"
    # The page of a rule, too: who was refused is the administrator.
    assert client.get(reverse("communes:coverage")).status_code == 403
    refused = JournalEntry.objects.filter(kind=Kind.REFUSED)
    assert {(row.actor, row.target_id) for row in refused} == {(cast.admin, str(cast.echevine.pk))}
    assert {row.detail["view"] for row in refused} == {"accounts:details", "communes:coverage"}


@pytest.mark.django_db
def test_it_ends_by_the_button(cast: Cast) -> None:
    client = seen_as(cast.echevine, cast.admin)
    assert client.post(reverse("accounts:seeing-end")).url == HOME  # type: ignore[attr-defined]
    assert client.get(HOME).wsgi_request.user == cast.admin
    assert JournalEntry.objects.get(kind=Kind.SEEN_AS_ENDED).detail["why"] == "asked"
    # A second click ends nothing more.
    client.post(reverse("accounts:seeing-end"))
    assert JournalEntry.objects.filter(kind=Kind.SEEN_AS_ENDED).count() == 1


@pytest.mark.django_db
def test_it_ends_after_half_an_hour_and_with_a_right_of_either(
    subtests: pytest.Subtests, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subtests.test("half an hour"), monkeypatch.context() as patch:
        client = seen_as(cast.echevine, cast.admin)
        later(patch, seconds=seeing.LASTS.total_seconds() + 1)
        assert client.get(reverse("communes:list"), follow=True).wsgi_request.user == cast.admin
        assert JournalEntry.objects.latest("pk").kind == Kind.SEEN_AS_ENDED
    with subtests.test("the right of who is seen"):
        client = seen_as(cast.echevine, cast.admin)
        RoleGrant.objects.create(user=cast.echevine, role=Role.SPOC, starts_on=timezone.localdate())
        assert client.get(reverse("communes:list"), follow=True).wsgi_request.user == cast.admin
    with subtests.test("the role of the administrator"):
        client = seen_as(cast.delegate, cast.admin)
        day = timezone.localdate()
        RoleGrant.objects.filter(user=cast.admin).update(
            starts_on=day - timedelta(days=9), ends_on=day - timedelta(days=1)
        )
        assert client.get(reverse("communes:list")).status_code == 403


@pytest.mark.django_db
def test_a_page_of_another_tab_does_not_bring_it_back(cast: Cast) -> None:
    client = seen_as(cast.echevine, cast.admin)
    kept = client.session[seeing.KEY]
    client.post(reverse("accounts:seeing-end"))
    session = client.session
    session[seeing.KEY] = kept
    session.save()
    assert client.get(reverse("communes:list"), follow=True).wsgi_request.user == cast.admin


@pytest.mark.django_db
def test_what_was_sent_too_late_is_shown_not_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = seen_as(cast.echevine, cast.admin)
    later(monkeypatch, seconds=seeing.LASTS.total_seconds() + 1)
    answer = client.post(
        reverse("accounts:details"), {"last_name": "Nom bien long"}, headers={"Origin": "http://testserver"}
    )
    assert (answer.status_code, "Nom bien long" in answer.content.decode()) == (403, True)
    cast.admin.refresh_from_db()
    assert cast.admin.last_name != "Nom bien long"


@pytest.mark.django_db
def test_signing_out_is_the_administrators_own(cast: Cast) -> None:
    client = seen_as(cast.echevine, cast.admin)
    client.post(reverse("account_logout"))
    assert JournalEntry.objects.get(kind=Kind.SIGNED_OUT).actor == cast.admin
    assert JournalEntry.objects.get(kind=Kind.SEEN_AS_ENDED).detail["why"] == "signed out"
    assert client.get(HOME).status_code == 302


@pytest.mark.django_db
def test_nobody_is_seen_but_people_of_communes_and_by_administrators_alone(
    subtests: pytest.Subtests, cast: Cast
) -> None:
    for by, whom in (
        *(("lead", "echevine"), ("director", "echevine"), ("spoc", "echevine"), ("echevine", "stranger")),
        *(("admin", "lead"), ("admin", "cabinet"), ("admin", "admin"), ("admin", "ended")),
    ):
        with subtests.test(f"{by} as {whom}"):
            client = Client()
            client.force_login(getattr(cast, by))
            # Whom the desk does not show is not found there.
            assert begin(client, getattr(cast, whom)).status_code in {403, 404, 302}
            assert seeing.KEY not in client.session
    assert not JournalEntry.objects.filter(kind=Kind.SEEN_AS).exists()


@pytest.mark.django_db
def test_the_button_is_offered_where_it_works(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    for person, is_offered in ((cast.echevine, True), (cast.lead, False), (cast.ended, False)):
        page = client.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
        assert (reverse("admin:accounts_user_see-as", args=[person.pk]) in page) is is_offered
