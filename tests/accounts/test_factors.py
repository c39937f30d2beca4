"""Second factors: who is asked, how each is given, what a copy of the database or an old code is worth."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubportal.accounts.factors import forget
from hubportal.accounts.models import Invitation, JournalEntry, Role, RoleGrant, Session, User
from hubportal.outbox.models import OutboxMessage
from tests.accounts.coming_in import (
    an_app,
    by_code,
    by_password,
    confirm,
    grow_old,
    is_in,
    mailed_code,
    prove,
    recovery_codes,
    shown,
)
from tests.cast import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
STRONG = "tulipe wagon sirop clarinette"


def give(client: Client, code: str) -> Any:
    """Type a second factor while signing in."""
    return client.post(reverse("mfa_authenticate"), {"code": code})


@pytest.mark.parametrize("page", ["home", "communes:list", "admin:index", "accounts:details"])
def test_a_role_without_a_factor_opens_only_the_way_to_one(spoc: User, page: str) -> None:
    client, _ = by_password(spoc)
    assert client.get(reverse(page)).headers["Location"] == reverse("mfa_index")
    assert "Votre fonction demande un second facteur" in client.get(reverse("mfa_index")).text


@pytest.mark.parametrize("page", ["help", "privacy", "accessibility", "healthz"])
def test_what_anybody_may_read_opens_without_one(spoc: User, page: str) -> None:
    client, _ = by_password(spoc)
    assert client.get(reverse(page)).status_code == 200


def test_one_can_always_sign_out(spoc: User) -> None:
    client, _ = by_password(spoc)
    client.post(reverse("account_logout"))
    assert not is_in(client)


@pytest.mark.parametrize("who", ["cabinet", "taskforce", "editor", "admin"])
def test_every_role_is_asked(who: str, request: pytest.FixtureRequest) -> None:
    client, _ = by_password(request.getfixturevalue(who))
    assert client.get(reverse("home")).status_code == 302


def test_a_commune_is_not_asked_but_offered_one(echevine: User) -> None:
    client = by_code(echevine)
    page = client.get(reverse("home"))
    assert reverse("accounts:not-now") in page.text
    client.post(reverse("accounts:not-now"))
    assert reverse("accounts:not-now") not in client.get(reverse("home")).text


@pytest.mark.django_db(transaction=True)
def test_an_app_is_added_with_its_first_code(refilled: None, spoc: User) -> None:
    client, _ = by_password(spoc)
    other, _ = by_password(spoc)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["secret"].replace(" ", "")
    key = client.session.session_key
    code = shown(secret)
    answer = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    # This one is spent, too: whoever read it over a shoulder does not come in with it.
    assert not Authenticator.objects.get(type="totp").wrap().validate_code(code)
    assert client.get(reverse("home")).status_code == 200
    assert client.session.session_key != key
    assert not is_in(other)
    assert secret not in str(Authenticator.objects.get(type="totp").data)
    assert OutboxMessage.objects.get(kind="totp_activated").to_address == spoc.email
    assert JournalEntry.objects.get(kind="factor_added").detail == {"type": "totp"}


def test_the_picture_holds_the_secret_of_this_session_only(spoc: User) -> None:
    client, _ = by_password(spoc)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    picture = client.get(reverse("accounts:app-picture"))
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.headers["Cache-Control"].startswith("max-age=0")
    alt = page.text.split('alt="')[1].split('"')[0]
    assert page.context["secret"][:4] not in alt
    assert by_password(spoc)[0].get(reverse("accounts:app-picture")).status_code == 404


def test_the_password_alone_is_half_a_sign_in(spoc: User) -> None:
    an_app(spoc)
    client, answer = by_password(spoc)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get(reverse("home")).status_code == 302


def test_the_app_lets_in_and_the_key_of_the_session_changes(spoc: User) -> None:
    secret = an_app(spoc)
    client, _ = by_password(spoc)
    before = client.session.session_key
    give(client, shown(secret))
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.session.session_key != before


def test_a_code_of_the_app_works_once(spoc: User) -> None:
    secret = an_app(spoc)
    code = shown(secret)
    give(by_password(spoc)[0], code)
    second, _ = by_password(spoc)
    give(second, code)
    assert not is_in(second)


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_half_minute_does_not_fit(spoc: User, steps: int) -> None:
    secret = an_app(spoc)
    client, _ = by_password(spoc)
    give(client, shown(secret, steps))
    assert not is_in(client)
    assert JournalEntry.objects.filter(kind="sign_in_failed", target_id=str(spoc.pk)).exists()


def test_codes_are_not_tried_without_end(spoc: User) -> None:
    secret = an_app(spoc)
    client, _ = by_password(spoc)
    for _ in range(6):
        give(client, "000000")
    give(client, shown(secret))
    assert not is_in(client)


def test_a_recovery_code_lets_in_once(spoc: User) -> None:
    an_app(spoc)
    code = recovery_codes(spoc)[0]
    client, _ = by_password(spoc)
    give(client, code)
    assert client.get(reverse("home")).status_code == 200
    second, _ = by_password(spoc)
    give(second, code)
    assert not is_in(second)
    assert len(recovery_codes(spoc)) == 9


def test_recovery_codes_are_shown_once_and_only_when_asked(spoc: User) -> None:
    secret = an_app(spoc)
    client, _ = by_password(spoc)
    give(client, shown(secret))
    confirm(client)
    code = recovery_codes(spoc)[0]
    address, written = reverse("mfa_view_recovery_codes"), f"{code[:4]} {code[4:]}"
    assert written not in client.get(address).text
    assert written in client.post(address).text
    assert written not in client.post(address).text


def test_a_commune_that_has_an_app_gives_it_after_the_mailed_code(echevine: User) -> None:
    secret = an_app(echevine)
    client = by_code(echevine)
    assert not is_in(client)
    give(client, shown(secret))
    assert is_in(client)


def test_who_has_neither_password_nor_factor_shows_a_fresh_code_before_adding_one(echevine: User) -> None:
    User.objects.filter(pk=echevine.pk).update(password="!")
    client = by_code(echevine)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    grow_old(client)
    answer = client.get(reverse("mfa_activate_totp"))
    assert reverse("accounts:fresh-code") in answer.headers["Location"]
    client.post(answer.headers["Location"], {"send": "1"})
    done = client.post(answer.headers["Location"], {"code": mailed_code()})
    assert done.headers["Location"] == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_wrong_fresh_code_opens_nothing_and_three_spend_it(echevine: User) -> None:
    User.objects.filter(pk=echevine.pk).update(password="!")
    client = by_code(echevine)
    grow_old(client)
    address = reverse("accounts:fresh-code")
    client.post(address, {"send": "1"})
    for _ in range(3):
        client.post(address, {"code": "WRONG"})
    assert client.post(address, {"code": mailed_code()}).status_code == 200
    assert client.get(reverse("account_set_password")).status_code == 302


def test_who_has_a_factor_and_no_password_gives_the_factor_before_choosing_one(echevine: User) -> None:
    secret = an_app(echevine)
    User.objects.filter(pk=echevine.pk).update(password="!")
    client = by_code(echevine)
    give(client, shown(secret))
    asked = client.get(reverse("account_set_password")).headers["Location"]
    assert asked.startswith(reverse("mfa_reauthenticate"))
    client.post(asked, {"code": recovery_codes(echevine)[0]})
    assert client.get(reverse("account_set_password")).status_code == 200


def test_what_was_given_with_a_factor_that_is_gone_counts_no_more(spoc: User) -> None:
    secret = an_app(spoc)
    client, _ = by_password(spoc)
    give(client, shown(secret))
    Authenticator.objects.create(user=spoc, type="webauthn", data={"name": "Clé"})
    prove(client)
    assert client.get(reverse("home")).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=spoc, type="totp").exists()
    assert client.get(reverse("home")).headers["Location"].startswith(reverse("mfa_reauthenticate"))
    # What they were writing meanwhile is not lost.
    address, words = reverse("accounts:details"), {"text": "Trois rues <b>barrées</b>"}
    answer = client.post(address, words, headers={"origin": "http://testserver"})
    assert answer.status_code == 403
    assert "Trois rues &lt;b&gt;barrées&lt;/b&gt;" in answer.text
    assert reverse("mfa_reauthenticate") in answer.text
    assert "Trois rues" not in client.post(address, words, follow=True).text


def test_the_last_factor_of_a_role_stays(spoc: User) -> None:
    secret = an_app(spoc)
    client, _ = by_password(spoc)
    give(client, shown(secret))
    confirm(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=spoc, type="totp").exists()


def test_a_commune_may_remove_its_own(echevine: User) -> None:
    secret = an_app(echevine)
    client, _ = by_password(echevine)
    give(client, shown(secret))
    confirm(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=echevine).exists()
    assert OutboxMessage.objects.filter(kind="totp_deactivated").exists()
    assert JournalEntry.objects.filter(kind="factor_removed").exists()


def test_a_new_password_by_link_keeps_the_factor_and_ends_the_sessions(spoc: User) -> None:
    secret = an_app(spoc)
    client, _ = by_password(spoc)
    give(client, shown(secret))
    visitor = Client()
    visitor.post(reverse("account_reset_password"), {"email": spoc.email})
    link = OutboxMessage.objects.get(kind="password_reset_key").text.split("\n\n")[2].strip()
    page = visitor.get("/fr" + link.split("/fr", 1)[1], follow=True)
    visitor.post(page.redirect_chain[-1][0], {"password1": STRONG, "password2": STRONG})
    assert not is_in(client)
    assert not Session.objects.filter(user=spoc).exists()
    answer = visitor.post(reverse("account_login"), {"login": spoc.email, "password": STRONG})
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(visitor)


def test_an_invitation_does_not_go_round_a_factor(spoc: User) -> None:
    an_app(spoc)
    User.objects.filter(pk=spoc.pk).update(is_active=False)
    _, token = Invitation.issue(spoc, None)
    client = Client()
    sent = {"language": "fr", "content_language": "fr", "password": STRONG}
    answer = client.post(reverse("accounts:invitation", args=[token]), sent)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


def test_who_gets_a_role_tomorrow_chooses_a_password_today() -> None:
    person = UserFactory(uninvited=True)
    tomorrow = timezone.localdate() + timedelta(days=1)
    RoleGrant.objects.create(user=person, role=Role.EDITOR, starts_on=tomorrow)
    _, token = Invitation.issue(person, None)
    page = Client().post(
        reverse("accounts:invitation", args=[token]),
        {"language": "fr", "content_language": "", "password": ""},
    )
    assert "password" in page.context["form"].errors


def test_what_a_factor_counts_from_outlives_a_new_secret_key(spoc: User, settings: Any) -> None:
    secret = an_app(spoc)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 60
    call_command("reseal_factors")
    settings.SECRET_KEY_FALLBACKS = []
    client, _ = by_password(spoc)
    give(client, shown(secret))
    assert is_in(client)


def test_a_factor_whose_key_is_gone_fits_nothing(spoc: User, settings: Any) -> None:
    secret = an_app(spoc)
    settings.SECRET_KEY = "n" * 60
    client, _ = by_password(spoc)
    assert give(client, shown(secret)).status_code == 200
    assert not is_in(client)


def test_a_colleague_who_lost_everything_starts_anew(spoc: User, admin: User) -> None:
    secret = an_app(spoc)
    client, _ = by_password(spoc)
    give(client, shown(secret))
    call_command("forget_factors", spoc.email)
    assert not is_in(client)
    assert not Authenticator.objects.filter(user=spoc).exists()
    assert JournalEntry.objects.filter(kind="factor_removed", target_id=str(spoc.pk)).exists()
    assert forget(spoc, admin) == 0


def test_the_demonstrations_one_click_stands_for_both(client: Client) -> None:
    person = User.objects.create_user("bilal.aertsen@hub.example", PASSWORD, first_name="B", last_name="A")
    User.objects.filter(pk=person.pk).update(is_active=True)
    RoleGrant.objects.create(user=person, role=Role.SPOC, starts_on=timezone.localdate())
    client.post(reverse("demo:sign-in", args=["spoc"]))
    assert client.get(reverse("home")).status_code == 200
