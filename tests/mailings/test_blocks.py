"""Sections that the lower apps offer: in both languages, put at the end of both texts; nothing private in them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from communes.blocks import offers
from communes.models import Absence, Assignment, Delegation, District, Mandate, MerchantsAssociation
from hubportal.accounts.models import Role, User
from hubportal.blocks import Block, literal
from hubportal.look.dates import long_date
from hubportal.markdown import plain
from mailings import blocks, parity
from mailings.models import Mailing
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory, UserFactory, grant
from tests.conventions.drafts import a_draft
from tests.mailings.leaving import sent
from tests.mailings.made import TEXTS, an_edition, brought_to, person
from tests.mailings.test_writing import address, typed

pytestmark = pytest.mark.django_db
CANARY = "canari-sorbier"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def today(after: int = 0) -> date:
    """Return a day, so many days from now."""
    return timezone.localdate() + timedelta(days=after)


def offered() -> dict[str, Block]:
    """Return what the apps offer for the week around today."""
    return {block.code: block for block in offers(today(-3), today(3), today())}


def agent(name: str) -> User:
    """Return somebody of the agency."""
    return grant(Role.SPOC, first_name=name, last_name="Agent")


# --- What there is to say ----------------------------------------------------------------------------------------


def test_who_takes_office_is_named_in_both_languages() -> None:
    MandateFactory(
        user=UserFactory(first_name="Rania", last_name="Nouvelle"), trade=True, starts_on=date(2026, 11, 23)
    )
    (block,) = offers(date(2026, 11, 20), date(2026, 11, 29), date(2026, 11, 23))
    nbsp = "\N{NO-BREAK SPACE}"
    assert block.fr.text == (
        f"- **Anderlecht{nbsp}:** Rania Nouvelle, échevin(e) (Commerce), à partir du lundi 23 novembre 2026"
    )
    assert block.nl.text == (
        "- **Anderlecht:** Rania Nouvelle, schepen (Handel), vanaf maandag 23 november 2026"
    )
    assert block.fr.title != block.nl.title


def test_who_leaves_is_named_and_who_goes_on_is_not() -> None:
    leaves, stays = (
        UserFactory(last_name="Partante"),
        UserFactory(last_name="Constante"),
    )
    MandateFactory(user=leaves, ends_on=today())
    MandateFactory(user=stays, ends_on=today(), portfolios=["works"])
    MandateFactory(user=stays, starts_on=today(1), trade=True)
    lines = offered()["offices"].fr.text.splitlines()
    assert len(lines) == 2
    assert "Constante" in lines[0]
    assert "à partir du" in lines[0]
    assert "Partante" in lines[1]
    assert "inclus" in lines[1]


@pytest.mark.parametrize(
    "dates", [{"starts_on": date(2024, 12, 1)}, {"ends_on": date(2025, 3, 1)}, {"starts_on": today(30)}]
)
def test_what_happened_on_other_days_is_no_news(dates: dict[str, Any]) -> None:
    MandateFactory(**dates)
    assert offered() == {}


def test_who_serves_a_commune_from_now_on_is_named_once_for_all_of_them() -> None:
    new = agent("Zoë")
    for nis in (COMMUNE_A, "21004"):
        Assignment.objects.create(user=new, commune_id=nis, starts_on=today())
    block = offered()["spocs"]
    (line,) = block.fr.text.splitlines()
    assert "**Zoë Agent** est le SPOC" in line
    assert "Anderlecht, Ville de Bruxelles" in line
    assert "Anderlecht, Stad Brussel" in block.nl.text


def test_who_stands_in_is_named_with_the_days(spoc: User) -> None:
    Absence.objects.create(user=spoc, stand_in=agent("Zoë"), starts_on=today(1), ends_on=today(9))
    (line,) = offered()["spocs"].nl.text.splitlines()
    assert "**Zoë Agent** vervangt Bilal Spoc van" in line
    assert line.endswith("Gemeenten: Anderlecht")


def test_an_absence_that_changes_nothing_for_a_commune_is_not_told() -> None:
    Absence.objects.create(user=agent("Ali"), stand_in=agent("Zoë"), starts_on=today(), ends_on=today(9))
    assert offered() == {}


def test_an_absence_that_is_over_is_not_told(spoc: User) -> None:
    Absence.objects.create(user=spoc, stand_in=agent("Zoë"), starts_on=today(-9), ends_on=today(-1))
    assert offered() == {}


def test_a_stand_in_is_named_only_if_still_there_when_the_edition_leaves(spoc: User) -> None:
    row = an_edition()
    Absence.objects.create(user=spoc, stand_in=agent("Zoë"), starts_on=today(), ends_on=today(2))
    assert "spocs" in {block.code for block in blocks.offered(row)}, "it may leave today"
    row.scheduled_for = timezone.now() + timedelta(days=2)
    (block,) = (block for block in blocks.offered(row) if block.code == "spocs")
    with translation.override("nl"):
        assert long_date(today(2)) in block.nl.text
    row.scheduled_for = timezone.now() + timedelta(days=3)
    assert "spocs" not in {block.code for block in blocks.offered(row)}


def test_names_with_marks_are_shown_as_they_are() -> None:
    odd = "*Léa* [[name]] <b> _x_ `y` #"
    assert plain(literal(odd)) == odd
    MandateFactory(user=UserFactory(last_name="[[token]] *fort*"), starts_on=today())
    assert "[[token]] *fort*" in plain(offered()["offices"].fr.text)


def test_the_questions_do_not_grow_with_the_rows(django_assert_max_num_queries: Any) -> None:
    for number in range(1, 20):
        nis = f"210{number:02d}"
        MandateFactory(starts_on=today(), commune_id=nis)
        Assignment.objects.create(user=agent(f"A{number}"), commune_id=nis, starts_on=today(-3))
    with django_assert_max_num_queries(4):
        offered()


# --- From when to when -------------------------------------------------------------------------------------------


def test_an_edition_tells_what_is_new_since_the_last_one_left(echevine: User) -> None:
    last = sent()
    row = Mailing.begin(by=person(Role.EDITOR))
    assert last.started_at
    assert blocks.window(row) == (timezone.localdate(last.started_at), row.week_on + timedelta(days=6))


def test_the_first_edition_looks_back_a_week() -> None:
    row = an_edition()
    assert blocks.window(row) == (row.week_on - timedelta(days=7), row.week_on + timedelta(days=6))


# --- Nothing private ---------------------------------------------------------------------------------------------


def test_nothing_private_of_a_commune_is_in_any_section(spoc: User) -> None:
    new = UserFactory(email=f"{CANARY}@a.example", phone=CANARY, first_name="Publique", last_name="Connue")
    MandateFactory(user=new, commune_id=COMMUNE_B, starts_on=today(-1), trade=True)
    civil_servant = UserFactory(last_name=CANARY)
    Delegation.objects.create(
        user=civil_servant, commune_id=COMMUNE_B, given_by=new, starts_on=today(-1), ends_on=today(1)
    )
    District.objects.create(commune_id=COMMUNE_B, name_fr=CANARY, name_nl=CANARY)
    MerchantsAssociation.objects.create(commune_id=COMMUNE_B, name=CANARY)
    a_draft(COMMUNE_B, "CC-2026-77")
    stand_in = agent("Zoë")
    stand_in.email, stand_in.phone = f"z.{CANARY}@hub.example", CANARY
    stand_in.save()
    Absence.objects.create(user=spoc, stand_in=stand_in, starts_on=today(), ends_on=today(1))
    row = an_edition()
    said = [words for block in blocks.offered(row) for side in (block.fr, block.nl) for words in side]
    assert any("Publique Connue" in words for words in said)
    assert any("Zoë Agent" in words for words in said)
    for private in (CANARY, "CC-2026-77"):
        assert not any(private in words for words in said)


# --- On the page -------------------------------------------------------------------------------------------------


def a_newcomer() -> Mandate:
    """Return a mandate that begins today."""
    return MandateFactory(user=UserFactory(first_name="Rania", last_name="Nouvelle"), starts_on=today())


def test_a_section_is_saved_at_the_end_of_both_texts_with_what_was_typed(
    client: Client, editor: User
) -> None:
    a_newcomer()
    row = an_edition()
    client.force_login(editor)
    assert 'name="insert" value="offices"' in client.get(address(row)).content.decode()
    data = typed(row, insert="offices", subject_fr="Autre objet")
    page = client.post(address(row), data, follow=True).content.decode()
    assert "stands at the end of both texts." in page
    stored = Mailing.objects.get()
    assert stored.texts["fr"]["subject"] == "Autre objet"
    block = {block.code: block for block in blocks.offered(stored)}["offices"]
    for language, section in (("fr", block.fr), ("nl", block.nl)):
        before = TEXTS[language]["body"].strip()
        assert stored.texts[language]["body"] == f"{before}\n\n## {section.title}\n\n{section.text}"
    assert parity.check(stored.side("fr"), stored.side("nl")).blocking == []


def test_all_that_is_offered_leaves_an_edition_level(client: Client, editor: User, spoc: User) -> None:
    a_newcomer()
    MandateFactory(commune_id="21004", ends_on=today(), trade=True)
    Assignment.objects.create(user=agent("Zoë"), commune_id="21004", starts_on=today())
    Absence.objects.create(user=spoc, stand_in=agent("Ali"), starts_on=today(), ends_on=today(5))
    row = an_edition()
    client.force_login(editor)
    for code in ("offices", "spocs"):
        row = Mailing.objects.get()
        texts = {f"body_{language}": text["body"] for language, text in row.texts.items()}
        client.post(address(row), typed(row, insert=code, **texts))
    row = Mailing.objects.get()
    assert row.texts["nl"]["body"].count("\n## ") == 3
    found = parity.check(row.side("fr"), row.side("nl")).findings
    # The form has another name in each language, before anything is inserted too.
    assert [finding.code for finding in found] == ["link-differs"]


def test_a_section_begins_an_empty_text_with_a_heading() -> None:
    a_newcomer()
    row = an_edition()
    (block,) = blocks.offered(row)
    typed_in = QueryDict(mutable=True)
    typed_in.update({"body_fr": "", "body_nl": "# Titel\n\nx"})
    found = blocks.with_section(typed_in, block)
    assert found["body_fr"].startswith(f"# {block.fr.title}\n\n- **")
    assert found["body_nl"].startswith(f"# Titel\n\nx\n\n# {block.nl.title}\n\n- **")


def test_nothing_typed_is_lost_when_the_rest_is_refused(client: Client, editor: User) -> None:
    a_newcomer()
    row = an_edition()
    client.force_login(editor)
    answer = client.post(address(row), typed(row, insert="offices", body_nl="Dag [[voornaam]]"))
    form = answer.context["form"]
    assert set(form.errors) == {"body_nl"}
    assert form["body_nl"].value().startswith("Dag [[voornaam]]\n\n## ")
    assert "Rania Nouvelle" in form["body_fr"].value()
    assert Mailing.objects.get().version == row.version


def test_what_is_not_offered_any_more_is_said_and_the_rest_saved(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    data = typed(row, insert="offices", subject_fr="Autre objet")
    page = client.post(address(row), data, follow=True).content.decode()
    assert "This section is not offered any more." in page
    assert Mailing.objects.get().texts["fr"]["subject"] == "Autre objet"


def test_it_is_said_when_there_is_nothing_to_offer(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    page = client.get(address(row)).content.decode()
    assert "Nothing to insert: the portal knows of nothing new since the last edition." in page
    assert 'name="insert"' not in page


def test_to_insert_voids_approvals_as_every_change(client: Client, echevine: User) -> None:
    a_newcomer()
    row = brought_to("approved")
    client.force_login(person(Role.EDITOR))
    client.post(reverse("mailings:edit", args=[row.number]), typed(row, insert="offices"))
    assert Mailing.objects.get().status == "draft"
