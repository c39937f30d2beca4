"""Which passwords are refused, and what the refusal says."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts import demo
from hubportal.accounts.models import User
from tests.cast import PASSWORD

NADIA = User(first_name="Nadia", last_name="Échevine", email="nadia.echevine@anderlecht.example")
REFUSED = [
    "azertyuiop12",
    "motdepasse2026",
    "Wachtwoord2026!",
    "Nadia.Echevine",
    "nadia.echevine@anderlecht.example",
    "Échevine2026!!",
    "Anderlecht2026",
    "Schaerbeek1030",
    "Schaarbeek1030",
    "hubportal2026",
    "Février2026!!",
    "september2026",
    "aaaaaaaaaaaaaaaaaaaaaaaa",
    "abcdefghijklmnop",
    "123456789012",
    "qwertyuiopasdf",
    "passwordpassword",
    "\N{COMBINING ACUTE ACCENT}" * 12,
]


@pytest.mark.parametrize("password", REFUSED)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, NADIA)


@pytest.mark.parametrize(
    "password", ["tulipe wagon sirop clarinette", "kV9#tr2!pLq8xZ", PASSWORD + " staple"]
)
def test_what_nobody_guesses_is_taken(password: str) -> None:
    validate_password(password, NADIA)


def test_less_than_twelve_characters_are_refused() -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password("kV9#tr2!pLq", NADIA)
    assert [error.code for error in refusal.value.error_list] == ["password_too_short"]


def test_a_name_is_weak_for_its_bearer_only() -> None:
    validate_password("vermeulenbroeck-q7", NADIA)
    with pytest.raises(ValidationError):
        validate_password(
            "vermeulenbroeck-q7", User(first_name="An", last_name="Vermeulenbroeck", email="an@x.example")
        )


def test_a_very_long_password_is_looked_at_in_part() -> None:
    validate_password("tulipe wagon sirop clarinette " * 2000, NADIA)


@pytest.mark.parametrize(
    ("language", "password", "words"),
    [
        ("fr", "Anderlecht2026", "nom, un lieu, un mois"),
        ("nl", "Anderlecht2026", "naam, een plaats, een maand"),
        ("fr", "aaaaaaaaaaaaaaaaaaaaaaaa", "se répète"),
        ("nl", "passwordpassword", "herhaalt"),
        ("en", "qwertyuiopasdf", "Take four words"),
    ],
)
def test_the_refusal_says_what_to_do_in_the_readers_language(
    language: str, password: str, words: str
) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refusal:
        validate_password(password, NADIA)
    assert words in " ".join(refusal.value.messages)


@pytest.mark.django_db
def test_the_page_to_change_it_refuses_it_too(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    sent = {"oldpassword": PASSWORD, "password1": "Anderlecht2026", "password2": "Anderlecht2026"}
    page = client.post(reverse("account_change_password"), sent)
    assert "se devine" in page.text
    assert User.objects.get(pk=echevine.pk).check_password(PASSWORD)


@pytest.mark.django_db
def test_the_demonstrations_password_is_known_to_everybody_and_would_not_be_taken() -> None:
    demo.load(demo.BEGINNING)
    assert demo.people()["spoc"].check_password(demo.PASSWORD)
    with pytest.raises(ValidationError):
        validate_password(demo.PASSWORD)
