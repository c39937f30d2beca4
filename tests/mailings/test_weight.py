"""How heavy a mail is: shown before approval is asked for, and refused when mail programs would cut it off."""

import re
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role
from mailings import trial, weight
from mailings.models import BOTH, Mailing
from tests.mailings.leaving import page
from tests.mailings.made import TEXTS, an_edition, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def long_one(lines: int) -> Mailing:
    """Return a draft with so many more paragraphs in each language."""
    more = "".join(f"\nUn mot, {number}.\n" for number in range(lines))
    other = "".join(f"\nEen woord, {number}.\n" for number in range(lines))
    return an_edition(
        fr={**TEXTS["fr"], "body": TEXTS["fr"]["body"] + more},
        nl={**TEXTS["nl"], "body": TEXTS["nl"]["body"] + other},
    )


def test_it_weighs_what_the_sender_would_send(echevine: object) -> None:
    row = an_edition()
    found = weight.sizes(row)
    real = len(trial.message(row, person(Role.EDITOR), BOTH))
    assert list(found) == ["fr", "nl", BOTH]
    # The values differ: a name is shorter than what stands for it.
    assert real <= found[BOTH] <= real + 3000


def test_one_of_usual_length_goes_to_approval(echevine: object) -> None:
    row = an_edition()
    row.submit(by=person(Role.EDITOR))
    assert row.status == "in_review"


def test_one_that_is_cut_off_does_not_and_the_reason_names_its_size(echevine: object) -> None:
    row = long_one(300)
    size = weight.kilobytes(weight.sizes(row)[BOTH])
    assert size > 100
    with pytest.raises(ValidationError, match=rf"in both languages is {size} kB: above 100 kB"):
        row.submit(by=person(Role.EDITOR))
    row.refresh_from_db()
    assert row.status == "draft"


def test_the_pages_of_its_author_say_so_before_they_ask(client: Client, echevine: object) -> None:
    row = long_one(300)
    client.force_login(person(Role.EDITOR))
    for name in ("detail", "edit"):
        html = page(client.get(reverse(f"mailings:{name}", args=[row.number])))
        assert "The mail is too long" in html
        assert reverse("mailings:step", args=[row.number, "submit"]) not in html


def test_a_step_that_is_asked_for_all_the_same_is_refused_with_the_reason(
    client: Client, echevine: object
) -> None:
    row = long_one(300)
    client.force_login(person(Role.EDITOR))
    html = page(client.post(reverse("mailings:step", args=[row.number, "submit"])))
    assert "above 100 kB, mail programs cut it off" in html


def test_the_preview_shows_the_size_of_each_form(client: Client, echevine: object) -> None:
    row = an_edition()
    client.force_login(person(Role.EDITOR))
    html = page(client.get(reverse("mailings:preview", args=[row.number])))
    assert len(re.findall(r"\d+ of 100 kB", html)) == 3


def test_a_draft_without_a_word_has_a_size_too() -> None:
    assert all(weight.sizes(Mailing.begin(by=person(Role.EDITOR))).values())
