"""Ways in that must stay closed: found by attacking the first version."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communes.models import Delegation, Mandate
from communes.models.mandate import communes_of
from hubportal.accounts.jobs import forget_limits
from hubportal.accounts.models import Invitation, JournalEntry, Role, RoleGrant, User
from tests.cast import COMMUNE_A, PASSWORD, UserFactory, yesterday

pytestmark = pytest.mark.django_db


def test_nobody_guesses_a_password_hash_through_the_address_of_a_list(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    people, mandates = reverse("admin:accounts_user_changelist"), reverse("admin:communes_mandate_changelist")
    for address, guess in ((people, "password__startswith"), (mandates, "user__password__startswith")):
        # The same answer whatever is guessed: the whole list.
        assert {client.get(address, {guess: letter}).headers["Location"] for letter in "ab"} == {
            f"{address}?e=1"
        }
    assert client.get(people, {"is_active__exact": "1"}).status_code == 200


def test_a_filter_that_the_list_does_not_know_shows_it_as_a_whole_and_says_so(
    client: Client, spoc: User, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(spoc)
    page = client.get(reverse("admin:communes_mandate_changelist"), {"foo": "bar"}, follow=True)
    assert page.status_code == 200
    assert [message.level_tag for message in page.context["messages"]] == ["warning"]
    assert "pas une adresse de cette liste" in page.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_the_lists_own_filters_are_let_through(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    filters = {"days": "valid", "commune__nis__exact": "21001", "office__exact": "echevin"}
    assert client.get(reverse("admin:communes_mandate_changelist"), filters).status_code == 200
    assert (
        client.get(reverse("admin:accounts_rolegrant_changelist"), {"role__exact": "lead"}).status_code == 200
    )


def test_a_nul_in_an_address_is_a_bad_request(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    assert client.get(reverse("admin:communes_mandate_changelist"), {"q": "\0"}).status_code == 400


def test_a_lead_cannot_redirect_the_mail_of_somebody_whose_role_begins_tomorrow(
    client: Client, lead: User
) -> None:
    person = UserFactory()
    RoleGrant.objects.create(user=person, role=Role.ADMIN, starts_on=timezone.localdate() + timedelta(days=1))
    client.force_login(lead)
    page = client.get(reverse("admin:accounts_user_change", args=[person.pk]))
    assert "email" not in page.context["adminform"].form.fields


def test_a_lead_cannot_open_a_closed_account_with_a_role_again(
    client: Client, lead: User, admin: User
) -> None:
    User.objects.filter(pk=admin.pk).update(is_active=False)
    client.force_login(lead)
    assert client.post(reverse("admin:accounts_user_invite", args=[admin.pk])).status_code == 403
    assert not Invitation.objects.filter(user=admin).exists()


def test_an_invitation_dies_with_the_address_it_went_to(client: Client, lead: User) -> None:
    person = UserFactory(uninvited=True)
    _, token = Invitation.issue(person, lead)
    client.force_login(lead)
    address = reverse("admin:accounts_user_change", args=[person.pk])
    form = client.get(address).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"email": "corrected@commune.example", "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}
    assert client.post(address, data).status_code == 302
    assert Client().get(reverse("accounts:invitation", args=[token])).status_code == 410


def test_a_delegation_ends_with_the_mandate_of_its_giver(echevine: User, delegate: User) -> None:
    assert communes_of(User.objects.get(pk=delegate.pk)) == {COMMUNE_A}
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    assert communes_of(User.objects.get(pk=delegate.pk)) == frozenset()
    assert not Delegation.objects.valid().filter(user=delegate).exists()
    assert Delegation.objects.valid(date(2025, 2, 3)).filter(user=delegate).exists()


def test_too_many_wrong_passwords_are_stopped_for_that_account(client: Client, spoc: User) -> None:
    sign_in = reverse("account_login")
    for _ in range(6):
        client.post(sign_in, {"login": spoc.email, "password": "not the one"})
    answer = client.post(sign_in, {"login": spoc.email, "password": PASSWORD})
    assert answer.status_code in (200, 429)
    assert "_auth_user_id" not in client.session


def test_limits_outlive_many_others_and_are_forgotten_when_out_of_date() -> None:
    cache.set("limit-of-one", 1, 300)
    for number in range(400):
        cache.set(f"other-{number}", 1, 300)
    assert cache.get("limit-of-one") == 1
    assert forget_limits(timezone.now() + timedelta(minutes=10)) >= 401


def test_a_refusal_is_journalled(client: Client, editor: User) -> None:
    client.force_login(editor)
    for _ in range(2):
        assert client.get(reverse("admin:communes_mandate_add")).status_code == 403
    entry = JournalEntry.objects.get(kind="refused")
    assert (entry.actor, entry.detail) == (editor, {"view": "admin:communes_mandate_add"})
    assert client.get(reverse("admin:communes_delegation_add")).status_code == 403
    assert JournalEntry.objects.filter(kind="refused").count() == 2


def test_who_has_no_right_today_is_journalled_once_a_session_and_day(client: Client, ended: User) -> None:
    client.force_login(ended)
    for path in ("communes:list", "communes:list", "conventions:list"):
        assert client.get(reverse(path)).status_code == 403
    entry = JournalEntry.objects.get(kind="refused")
    assert (entry.actor, entry.detail) == (ended, {"reason": "no rights today"})
    session = client.session
    session["refused"] = {str(yesterday()): ["no rights today"]}
    session.save()
    assert client.get(reverse("communes:list")).status_code == 403
    assert JournalEntry.objects.filter(kind="refused").count() == 2


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED"])
def test_the_demonstration_answers_nobody_behind_a_proxy(client: Client, header: str, spoc: User) -> None:
    assert client.get(reverse("account_login"), **{header: "203.0.113.9"}).status_code == 404
