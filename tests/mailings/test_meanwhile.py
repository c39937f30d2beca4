"""Two who write at once: each sees what the other saved beside their own text, and nothing is overwritten unseen."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from hubportal.accounts.models import Role, User
from mailings.models import Mailing, UnsavedText
from tests.cast import grant
from tests.mailings.made import TEXTS, an_edition
from tests.mailings.test_unsaved import address, boxes, keep, save

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def row(editor: User) -> Mailing:
    """A draft that was saved once, by the editor."""
    return an_edition()


def others_save(row: Mailing, **facts: Any) -> User:
    """Let somebody else save other words, or other facts; `row` stays as it was read."""
    other = grant(Role.EDITOR, first_name="Ann", last_name="Autre")
    typed = boxes(**{name: facts.pop(name) for name in boxes() if name in facts})
    texts = {key: {name: typed[f"{name}_{key}"] for name in side} for key, side in TEXTS.items()}
    now = Mailing.objects.get(pk=row.pk)
    facts = {"portfolios": ["trade"], "to_bourgmestres": True, "week_on": row.week_on, **facts}
    now.revise(by=other, texts=texts, version=now.version, **facts)
    return other


def shown(row: Mailing) -> dict[str, Any]:
    """Return the hidden fields of a page that was opened when the edition was read."""
    return {
        "initial-week_on": row.week_on.isoformat(), "initial-to_bourgmestres": str(row.to_bourgmestres),
        "initial-portfolios": row.portfolios,
    }  # fmt: skip


def diff(page: Any, name: str) -> list[tuple[str, str]]:
    """Return the lines that a page shows below a box."""
    return [(line.kind, line.text) for line in page.context["form"].theirs.get(name, [])]


def test_the_other_text_stands_below_the_box_and_the_second_save_is_made_knowingly(
    client: Client, editor: User, row: Mailing
) -> None:
    client.force_login(editor)
    others_save(row, subject_fr="Le sien")
    page = save(client, row, subject_fr="Le mien", **shown(row))
    assert diff(page, "subject_fr") == [("removed", "Le sien"), ("added", "Le mien")]
    content = page.content.decode()
    assert "Ann Autre saved version 3" in content
    assert "<del>Le sien</del>" in content
    assert page.context["form"]["subject_fr"].value() == "Le mien"
    assert Mailing.objects.get().texts["fr"]["subject"] == "Le sien"
    seen = page.context["form"]["version"].value()
    assert save(client, row, subject_fr="Le mien", version=seen).status_code == 302
    assert Mailing.objects.get().texts["fr"]["subject"] == "Le mien"


def test_a_third_save_in_between_is_shown_again(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    others_save(row, subject_fr="Le sien")
    seen = save(client, row, subject_fr="Le mien", **shown(row)).context["form"]["version"].value()
    others_save(row, subject_fr="Encore un autre")
    page = save(client, row, subject_fr="Le mien", version=seen)
    assert page.status_code == 200
    assert diff(page, "subject_fr") == [("removed", "Encore un autre"), ("added", "Le mien")]


def test_a_box_where_nothing_was_typed_takes_what_the_other_saved(
    client: Client, editor: User, row: Mailing
) -> None:
    client.force_login(editor)
    others_save(row, body_nl="Van hen")
    page = save(client, row, subject_fr="Le mien", **shown(row))
    form = page.context["form"]
    assert form.theirs == {}
    assert (form["body_nl"].value(), form["subject_fr"].value()) == ("Van hen", "Le mien")
    assert "Taken over, where you had written nothing" in page.content.decode()
    save(client, row, subject_fr="Le mien", body_nl=form["body_nl"].value(), version=form["version"].value())
    texts = Mailing.objects.get().texts
    assert (texts["fr"]["subject"], texts["nl"]["body"]) == ("Le mien", "Van hen")


def test_both_who_wrote_the_same_disagree_about_nothing(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    others_save(row, subject_fr="Le même")
    page = save(client, row, subject_fr="Le même", **shown(row))
    assert page.context["form"].theirs == {}
    assert page.context["form"].taken == []


def test_a_choice_nobody_touched_takes_the_others(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    others_save(row, portfolios=["trade", "works"], to_bourgmestres=False)
    form = save(client, row, subject_fr="Le mien", **shown(row)).context["form"]
    assert (form["portfolios"].value(), form["to_bourgmestres"].value()) == (["trade", "works"], False)


def test_a_choice_both_made_is_told_at_its_field(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    others_save(row, portfolios=["trade", "works"])
    page = save(client, row, portfolios=["markets"], **shown(row))
    (error,) = page.context["form"].errors["portfolios"]
    assert error.startswith("Version 3 says:")
    assert page.context["form"]["portfolios"].value() == ["markets"]
    again = {name: page.context["form"].data.getlist(name) for name in shown(row)}
    assert again["initial-portfolios"] == ["trade", "works"]
    assert save(client, row, portfolios=["markets"], version=3, **again).status_code == 302
    assert Mailing.objects.get().portfolios == ["markets"]


def test_what_only_i_chose_stays_mine(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    others_save(row, subject_nl="Van hen")
    form = save(client, row, portfolios=["markets"], **shown(row)).context["form"]
    assert form["portfolios"].value() == ["markets"]
    assert "portfolios" not in form.errors


def test_the_page_carries_what_it_shows(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    page = client.get(address(row)).content.decode()
    for name, value in shown(row).items():
        first = value[0] if isinstance(value, list) else value
        assert f'name="{name}" value="{first}"' in page


def test_an_unsaved_text_of_an_earlier_version_opens_beside_the_new_one(
    client: Client, editor: User, row: Mailing
) -> None:
    client.force_login(editor)
    keep(client, row, subject_fr="Le mien")
    others_save(row, subject_fr="Le sien", body_nl="Van hen")
    page = client.get(address(row))
    form = page.context["form"]
    assert diff(page, "subject_fr") == [("removed", "Le sien"), ("added", "Le mien")]
    assert (form["subject_fr"].value(), form["body_nl"].value()) == ("Le mien", "Van hen")
    assert form["version"].value() == 3
    assert "Discard it and go back to version 3" in page.content.decode()


def test_an_unsaved_text_is_kept_while_somebody_else_saves(
    client: Client, editor: User, row: Mailing
) -> None:
    client.force_login(editor)
    others_save(row, subject_fr="Le sien")
    assert keep(client, row, subject_fr="Le mien").status_code == 200
    assert UnsavedText.objects.get().version == row.version


def test_without_the_version_it_was_made_of_every_difference_is_shown(
    client: Client, editor: User, row: Mailing
) -> None:
    client.force_login(editor)
    page = save(client, row, subject_fr="Le mien", version=99, **shown(row))
    assert diff(page, "subject_fr") == [("removed", TEXTS["fr"]["subject"]), ("added", "Le mien")]


def test_an_edition_that_was_empty_when_both_began(client: Client, editor: User) -> None:
    row = Mailing.begin(by=editor)
    client.force_login(editor)
    others_save(row, body_fr="Le sien")
    blank = dict.fromkeys(boxes(), "")
    page = save(client, row, **blank | {"subject_nl": "Van mij"}, **shown(row))
    form = page.context["form"]
    assert (form["body_fr"].value(), form["subject_nl"].value()) == ("Le sien", "Van mij")
    assert diff(page, "subject_nl") == [("removed", TEXTS["nl"]["subject"]), ("added", "Van mij")]
