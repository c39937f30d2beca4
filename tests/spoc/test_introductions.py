"""Introductions: the agency puts a commune in contact with a colleague or a partner; both sides get a mail."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.models import Introduction, Partner
from tests.spoc.stories import CANARY, a_partner, brought_to, mails
from tests.spoc.test_desk import page, write

pytestmark = pytest.mark.django_db


def test_both_sides_read_how_to_reach_the_other(echevine: User, spoc: User) -> None:
    row, partner = brought_to("accepted", echevine, spoc), a_partner()
    row.introduce(by=spoc, partner=partner, agreed=True, text="Pour les cellules vides.")
    ours, theirs = mails("introduction")
    assert (ours.to_address, theirs.to_address) == (echevine.email, partner.email)
    for mail in (ours, theirs):
        assert partner.email in mail.text
        assert str(echevine.email) in mail.text
        assert "Pour les cellules vides." in mail.text


def test_a_partner_gets_no_address_of_the_portal_and_both_languages(echevine: User, spoc: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    row.introduce(by=spoc, partner=a_partner(), agreed=True, text="Pour les cellules vides.")
    theirs = mails("introduction")[1]
    # But the privacy notice, which anybody reads.
    addresses = [word for word in theirs.text.split() if word.startswith("http")]
    assert [address.split("/")[-2] for address in addresses] == ["privacy", "privacy"]
    assert theirs.person is None
    assert "Loket Kanaal" in theirs.text
    assert "Guichet du Canal" in theirs.text


def test_a_partner_is_written_to_in_its_language(echevine: User, spoc: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    row.introduce(by=spoc, partner=a_partner(content_language="nl"), agreed=True, text="Leegstand.")
    assert "Guichet du Canal" not in mails("introduction")[1].text


def test_a_colleague_finds_the_request_at_the_desk(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    row.introduce(by=spoc, colleague=editor, text="Elle connaît le quartier.")
    assert page(row) in mails("introduction")[1].text


def test_a_second_click_introduces_once(echevine: User, spoc: User) -> None:
    row, partner = brought_to("accepted", echevine, spoc), a_partner()
    first = row.introduce(by=spoc, partner=partner, agreed=True, text="Un.")
    assert row.introduce(by=spoc, partner=partner, agreed=True, text="Un.") == first
    assert len(mails("introduction")) == 2


def test_an_introduction_is_something_delivered(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.introduce(by=spoc, partner=a_partner(), agreed=True, text="Un.")
    row.deliver(by=spoc, proposed_outcome="redirected")
    assert row.status == "delivered"


@pytest.mark.parametrize("status", ["draft", "closed", "declined", "withdrawn"])
def test_only_while_it_is_open(status: str, echevine: User, spoc: User) -> None:
    row = brought_to(status, echevine, spoc)
    with pytest.raises(PermissionDenied):
        row.introduce(by=spoc, partner=a_partner(), agreed=True, text="Un.")


def test_only_who_acts_for_the_agency_there(echevine: User, spoc: User, editor: User) -> None:
    row, partner = brought_to("accepted", echevine, spoc), a_partner()
    for person in (echevine, editor):
        with pytest.raises(PermissionDenied):
            row.introduce(by=person, partner=partner, agreed=True, text="Un.")


def test_neither_both_nor_nobody(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    with pytest.raises(ValidationError):
        row.introduce(by=spoc, partner=a_partner(), colleague=editor, text="Un.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Introduction.objects.create(request=row, contact=echevine, made_by=spoc, text="Un.")
    assert mails("introduction") == []


def test_a_person_of_a_commune_is_no_colleague(echevine: User, spoc: User, stranger: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    with pytest.raises(ValidationError) as caught:
        row.introduce(by=spoc, colleague=stranger, text="Un.")
    assert set(caught.value.message_dict) == {"colleague"}


def test_a_partner_no_longer_offered_is_refused(echevine: User, spoc: User) -> None:
    row, partner = brought_to("accepted", echevine, spoc), a_partner(is_active=False)
    with pytest.raises(ValidationError) as caught:
        row.introduce(by=spoc, partner=partner, agreed=True, text="Un.")
    assert set(caught.value.message_dict) == {"partner"}


def test_another_commune_reads_none_of_it(echevine: User, spoc: User, stranger: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    row.introduce(by=spoc, partner=a_partner(), agreed=True, text=f"Pour {CANARY}.")
    assert not Introduction.objects.visible_to(stranger).exists()
    assert Introduction.objects.visible_to(echevine).get().request == row
    assert not Partner.objects.visible_to(echevine).exists()


# --- At the desk ---------------------------------------------------------------------------------------------------


def test_the_commune_is_asked_before_a_partner_gets_its_contact(
    client: Client, echevine: User, spoc: User
) -> None:
    row, partner = brought_to("accepted", echevine, spoc), a_partner()
    client.force_login(spoc)
    data = {"partner": partner.pk, "text": "Pour les cellules vides."}
    assert set(client.post(write(row, "introduce"), data).context["form"].errors) == {"agreed"}
    assert mails("introduction") == []
    assert client.post(write(row, "introduce"), {**data, "agreed": "on"}).status_code == 302
    assert len(mails("introduction")) == 2


def test_both_or_nobody_is_said_at_its_field(
    client: Client, echevine: User, spoc: User, editor: User
) -> None:
    row, partner = brought_to("accepted", echevine, spoc), a_partner()
    client.force_login(spoc)
    for chosen in ({}, {"partner": partner.pk, "colleague": editor.pk, "agreed": "on"}):
        response = client.post(write(row, "introduce"), {**chosen, "text": "Un."})
        assert set(response.context["form"].errors) == {"colleague"}


def test_partners_of_the_service_come_first(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    a_partner()
    fits = a_partner(name_fr="Zone", services=["audit"])
    client.force_login(spoc)
    offered = client.get(write(row, "introduce")).context["form"].fields["partner"].queryset
    assert [item.name_fr for item in offered] == [fits.name_fr, "Guichet du Canal"]


def test_the_page_of_the_request_says_whom_to_reach(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    row.introduce(by=spoc, partner=a_partner(), agreed=True, text="Pour les cellules vides.")
    for person, address in ((echevine, row.get_absolute_url()), (spoc, page(row))):
        client.force_login(person)
        assert "Guichet du Canal" in client.get(address).content.decode()


# --- The directory -------------------------------------------------------------------------------------------------


def test_a_spoc_adds_a_partner_and_a_second_of_the_same_name_is_told(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    address = reverse("admin:spoc_partner_add")
    data = {
        "name_fr": "Guichet", "name_nl": "Loket", "about_fr": "Aide", "about_nl": "Hulp",
        "email": "g@partner.example", "services": ["audit", "chantier"], "is_active": "on",
    }  # fmt: skip
    assert client.post(address, data).status_code == 302
    assert Partner.objects.get().services == ["audit", "chantier"]
    assert set(client.post(address, data).context["adminform"].form.errors) == {"name_fr"}


def test_a_partner_gets_nothing_without_the_communes_word(echevine: User, spoc: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    with pytest.raises(ValidationError) as caught:
        row.introduce(by=spoc, partner=a_partner(), text="Un.")
    assert set(caught.value.message_dict) == {"agreed"}
    row.introduce(by=spoc, partner=Partner.objects.get(), text="Un.", agreed=True)
    assert Introduction.objects.get().agreed_at is not None


def test_a_contact_without_an_address_is_said(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    type(echevine).objects.update(email=None)
    with pytest.raises(ValidationError):
        row.introduce(by=spoc, colleague=editor, text="Un.")


def test_another_text_is_no_second_click(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    for text in ("Un.", "Deux."):
        row.introduce(by=spoc, colleague=editor, text=text)
    assert len(mails("introduction")) == 4


def test_nobody_introduces_oneself_nor_writes_without_end(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    for facts, field in (
        ({"colleague": spoc, "text": "Un."}, "colleague"),
        ({"colleague": editor, "text": "x" * 2001}, "text"),
    ):
        with pytest.raises(ValidationError) as caught:
            row.introduce(by=spoc, **facts)
        assert set(caught.value.message_dict) == {field}
