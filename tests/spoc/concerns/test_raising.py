"""Raising a concern on the portal, and what resembles it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.models import Concern
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory
from tests.spoc.concerns.stories import QUESTIONS, a_concern, a_theme, answered, qualified
from tests.spoc.stories import a_file, mails

pytestmark = pytest.mark.django_db
NEW = "spoc:concern-new"


def filled(**changes: Any) -> dict[str, Any]:
    """Return what a person types, with changes."""
    a_theme()
    facts = {
        "title": "Largeur des terrasses",
        "text": "Quelle distance entre les tables ?",
        "theme": "terraces",
    }
    return {**facts, "urgency": "urgent", "is_shareable": "confidential", "language": "fr", **changes}


def raised(client: Client, **changes: Any) -> Any:
    """Return the answer to a form that was sent."""
    return client.post(reverse(NEW), filled(**changes))


def test_a_concern_is_raised_with_its_files_and_a_receipt(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(echevine)
    files = [a_file("plan.txt"), a_file("lettre.txt", b"Lettre")]
    page = client.post(reverse(NEW), filled(uploads=files), follow=True)
    row = Concern.objects.get()
    assert (row.commune_id, row.raised_by, row.urgency, row.is_shareable) == (
        COMMUNE_A, echevine, "urgent", False,
    )  # fmt: skip
    assert sorted(row.files.values_list("name", flat=True)) == ["lettre.txt", "plan.txt"]
    # Nothing resembles it: its own page follows, with whom to call.
    assert page.redirect_chain[-1][0] == row.get_absolute_url()
    for part in (row.reference, spoc.full_name, spoc.phone):
        assert part in page.text
    assert [mail.person for mail in mails("concern_receipt")] == [echevine]


def test_its_author_may_let_the_others_read_it(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    raised(client, is_shareable="shared")
    assert Concern.objects.get().is_shareable


def test_who_acts_for_one_commune_is_not_asked_for_which(
    client: Client, echevine: User, commune_b: Any
) -> None:
    client.force_login(echevine)
    assert 'name="commune"' not in client.get(reverse(NEW)).text
    MandateFactory(user=echevine, commune_id=COMMUNE_B)
    assert 'name="commune"' in client.get(reverse(NEW)).text
    raised(client, commune=COMMUNE_B)
    assert Concern.objects.get().commune_id == COMMUNE_B


def test_another_commune_than_ones_own_cannot_be_chosen(client: Client, echevine: User) -> None:
    MandateFactory(user=echevine, commune_id=COMMUNE_B)
    client.force_login(echevine)
    assert raised(client, commune="21003").context["form"].has_error("commune")
    assert not Concern.objects.exists()


def test_a_commune_that_is_sent_by_who_acts_for_one_only_changes_nothing(
    client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    raised(client, commune=COMMUNE_B)
    assert Concern.objects.get().commune_id == COMMUNE_A


def test_a_refusal_keeps_what_was_typed_and_names_the_files(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    page = raised(client, title="", uploads=[a_file("plan.txt"), a_file("lettre.txt")]).text
    assert "Quelle distance entre les tables ?" in page
    assert "plan.txt, lettre.txt" in page
    assert "Dites-le en quelques mots" in page
    assert not Concern.objects.exists()


def test_a_bad_file_is_named_and_keeps_nothing(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    bad = SimpleUploadedFile("virus.exe", b"MZ")
    page = raised(client, uploads=[a_file("plan.txt"), bad])
    assert "virus.exe" in str(page.context["form"].errors["uploads"])
    assert not Concern.objects.exists()


def test_more_files_than_ten_are_refused(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    page = raised(client, uploads=[a_file(f"{number}.txt") for number in range(11)])
    assert page.context["form"].has_error("uploads")


def test_a_second_click_raises_one_concern(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    raised(client)
    raised(client)
    assert Concern.objects.count() == 1
    assert len(mails("concern_receipt")) == 1


def test_the_same_again_after_it_was_withdrawn_is_another_one(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    raised(client)
    Concern.objects.get().withdraw(by=echevine)
    raised(client)
    assert [row.status for row in Concern.objects.order_by("pk")] == ["withdrawn", "raised"]


@pytest.mark.parametrize("person", ["spoc", "lead", "cabinet", "taskforce", "ended"])
def test_who_acts_for_no_commune_may_not(person: str, client: Client, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(person))
    assert raised(client).status_code == 403
    assert not Concern.objects.exists()


def test_the_language_of_the_form_is_the_readers(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    page = client.get(reverse(NEW).replace("/fr/", "/nl/"))
    assert page.context["form"]["language"].value() == "nl"


# --- What resembles it -------------------------------------------------------------------------------------------


@pytest.fixture
def known(stranger: User, lead: User) -> Any:
    """An answer to commune B that is in the FAQ."""
    _, _, answer = answered(
        stranger, lead, lead, commune=COMMUNE_B, title="Terrasses", text="Quelle distance ?"
    )
    answer.put_in_faq(by=lead, **QUESTIONS)
    return answer


def similar(client: Client, row: Concern) -> Any:
    """Return the page that follows a concern just raised."""
    return client.get(reverse("spoc:concern-similar", args=[row.pk]))


def test_an_answer_for_all_communes_is_offered_and_settles_it(
    client: Client, echevine: User, spoc: User, known: Any
) -> None:
    row = a_concern(echevine, title="Distance", text="Quelle distance sur une terrasse ?")
    client.force_login(echevine)
    page = similar(client, row).text
    assert QUESTIONS["question_fr"] in page
    address = reverse("spoc:concern-step", args=[row.pk, "settle"])
    assert f"{address}?answer={known.pk}" in page
    # It closes nothing before one has read both once more.
    asked = client.get(address, {"answer": known.pk}).text
    assert f'value="{known.pk}"' in asked
    assert "checked" in asked
    assert row.text in asked
    client.post(address, {"answer": known.pk, "seen": "raised"})
    row.refresh_from_db()
    assert (row.status, row.settled_by) == ("closed", known)
    assert [mail.person for mail in mails("concern_settled")] == [spoc]


def test_a_concern_of_another_commune_is_shown_only_when_it_is_shared(
    client: Client, echevine: User, stranger: User, lead: User
) -> None:
    row = a_concern(echevine, title="Distance", text="Quelle distance ?")
    hidden = qualified(stranger, lead, commune=COMMUNE_B, title="Distance secrète", text="Distance ?")
    client.force_login(echevine)
    # Nothing that may be seen resembles it.
    assert similar(client, row).status_code == 302
    hidden.choose_readers(by=stranger, is_shareable=True)
    assert "Distance secrète" in similar(client, row).text


def test_what_resembles_it_is_for_its_commune(client: Client, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    client.force_login(spoc)
    assert similar(client, row).status_code == 403


def test_what_resembles_it_costs_the_same_for_one_and_for_five(
    client: Client, echevine: User, counted: Any
) -> None:
    row = a_concern(echevine)
    a_concern(echevine, title="Terrasses 0")
    client.force_login(echevine)
    similar(client, row)
    with counted() as one:
        similar(client, row)
    for number in range(1, 5):
        a_concern(echevine, title=f"Terrasses {number}")
    with counted() as five:
        similar(client, row)
    assert len(five) == len(one)


def test_where_files_are_added_it_is_said_that_the_region_does_not_get_them(
    client: Client, echevine: User, spoc: User
) -> None:
    client.force_login(echevine)
    assert "La Région ne les reçoit pas" in client.get(reverse("spoc:concern-new")).text
    row = a_concern(echevine)
    for person in (echevine, spoc):
        client.force_login(person)
        assert "La Région ne le reçoit pas" in client.get(row.get_absolute_url()).text
