"""The sessions of a person: seen and ended on their page, and ended with what they were begun by."""

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import JournalEntry, Session, User
from tests.accounts.coming_in import by_password, is_in
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
STRONG = "tulipe wagon sirop clarinette"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def end(client: Client, which: str) -> int:
    """Press one of the buttons; return the code of the answer."""
    return client.post(reverse("accounts:end-sessions"), {"which": which}).status_code


def test_the_page_shows_ones_own_sessions_and_marks_this_one(echevine: User, colleague: User) -> None:
    here, _ = by_password(echevine)
    by_password(echevine, Client(HTTP_USER_AGENT=FIREFOX))
    by_password(colleague)
    shown = here.get(reverse("mfa_index")).context["sessions"]
    assert sorted(row["row"].device for row in shown) == ["", "Firefox, Linux"]
    assert [row["row"].device for row in shown if row["is_this"]] == [""]


def test_the_page_never_holds_the_key_of_a_session(echevine: User) -> None:
    here, _ = by_password(echevine)
    other, _ = by_password(echevine)
    assert str(other.session.session_key) not in here.get(reverse("mfa_index")).text


def test_one_is_ended(echevine: User) -> None:
    here, _ = by_password(echevine)
    other, _ = by_password(echevine)
    mark = next(
        row["mark"] for row in here.get(reverse("mfa_index")).context["sessions"] if not row["is_this"]
    )
    assert end(here, mark) == 302
    assert (is_in(here), is_in(other)) == (True, False)
    assert JournalEntry.objects.get(kind="sessions_ended").detail == {"count": 1}


def test_all_others_are_ended(echevine: User) -> None:
    here, others = by_password(echevine)[0], [by_password(echevine)[0] for _ in range(3)]
    end(here, "others")
    assert is_in(here)
    assert not any(map(is_in, others))


def test_all_are_ended(echevine: User) -> None:
    here, other = by_password(echevine)[0], by_password(echevine)[0]
    end(here, "all")
    assert not is_in(here)
    assert not is_in(other)


def test_that_of_another_person_is_not_found(echevine: User, colleague: User) -> None:
    here, other = by_password(echevine)[0], by_password(colleague)[0]
    mark = other.get(reverse("mfa_index")).context["sessions"][0]["mark"]
    assert end(here, mark) == 404
    assert is_in(other)


def test_a_link_ends_nothing(echevine: User) -> None:
    here, other = by_password(echevine)[0], by_password(echevine)[0]
    assert here.get(reverse("accounts:end-sessions"), {"which": "all"}).status_code == 405
    assert is_in(other)


def test_a_new_password_ends_the_others_and_keeps_this_one(echevine: User) -> None:
    here, other = by_password(echevine)[0], by_password(echevine)[0]
    sent = {"oldpassword": PASSWORD, "password1": STRONG, "password2": STRONG}
    here.post(reverse("account_change_password"), sent)
    assert here.get(reverse("home")).status_code == 200
    assert not is_in(other)
    assert Session.objects.filter(user=echevine).count() == 1
    assert JournalEntry.objects.filter(kind="password_changed").count() == 1


def test_an_account_that_was_closed_and_opened_again_has_no_session_left(echevine: User) -> None:
    here, _ = by_password(echevine)
    User.objects.filter(pk=echevine.pk).update(is_active=False)
    User.objects.filter(pk=echevine.pk).update(is_active=True)
    assert here.get(reverse("home")).status_code == 302
    assert not Session.objects.filter(user=echevine).exists()


def test_a_session_that_ended_by_signing_out_opens_nothing(echevine: User) -> None:
    here, _ = by_password(echevine)
    key = here.cookies["session"].value
    here.post(reverse("account_logout"))
    thief = Client()
    thief.cookies["session"] = key
    assert thief.get(reverse("home")).status_code == 302


def test_a_key_from_before_signing_in_is_worth_nothing_after(echevine: User) -> None:
    visitor = Client()
    visitor.get(reverse("account_login"))
    session = visitor.session
    session["planted"] = True
    session.save()
    visitor.cookies["session"] = planted = str(session.session_key)
    by_password(echevine, visitor)
    assert is_in(visitor)
    assert visitor.session.session_key != planted
    thief = Client()
    thief.cookies["session"] = planted
    assert thief.get(reverse("home")).status_code == 302


@pytest.mark.parametrize("others", [0, 19])
def test_the_page_asks_the_same_however_many_there_are(
    echevine: User, others: int, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    here, _ = by_password(echevine)
    for _ in range(others):
        Client().force_login(echevine)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        here.get(reverse("mfa_index"))
