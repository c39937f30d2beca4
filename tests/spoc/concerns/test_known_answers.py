"""Which published answers may answer a concern: those that its commune may read, whatever else the agency reads."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.concerns import acting_forms
from spoc.models import Answer
from tests.cast import COMMUNE_B
from tests.spoc.concerns.stories import a_concern, answered, published, relayed
from tests.spoc.concerns.test_acting import state, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(stranger: User, lead: User) -> Answer:
    """An answer to commune B alone, which resembles what others ask."""
    _, note = relayed(stranger, lead, lead, commune=COMMUNE_B)
    return published(note, lead, text_fr="Terrasses : exception pour vous seuls.", text_nl="Terras: enkel u.")


def test_an_answer_that_its_commune_may_not_read_is_offered_to_nobody(
    client: Client, theirs: Answer, echevine: User, spoc: User
) -> None:
    row = a_concern(echevine, title="Terrasses", text="Terrasses")
    assert theirs in Answer.objects.visible_to(spoc)
    client.force_login(spoc)
    page = client.get(reverse("spoc:concern-step", args=[row.pk, "answer_locally"]), {"source": theirs.pk})
    assert theirs.text_fr not in page.text
    assert page.context["form"]["text"].value() is None


def test_an_answer_that_its_commune_may_not_read_is_not_said_again(
    client: Client, theirs: Answer, echevine: User, spoc: User, lead: User
) -> None:
    _, _, own = answered(echevine, spoc, lead)
    row = a_concern(echevine, title="Terrasses", text="Deux mètres ?")
    client.force_login(spoc)
    page = step(client, row, "answer_locally", text="Oui.", source=theirs.pk)
    assert page.context["form"].has_error("source")
    step(client, row, "answer_locally", text="Oui.", source=own.pk)
    assert state(row) == "answered"


def test_the_model_refuses_it_until_it_is_in_the_faq(
    theirs: Answer, echevine: User, spoc: User, lead: User
) -> None:
    row = a_concern(echevine)
    with pytest.raises(ValidationError) as found:
        row.answer_locally(by=spoc, text="Oui.", source=theirs)
    assert "source" in found.value.message_dict
    theirs.put_in_faq(by=lead, question_fr="Quelle distance ?", question_nl="Welke afstand?")
    row.answer_locally(by=spoc, text="Oui.", source=theirs)
    assert row.status == "answered"


def test_an_answer_offered_beside_a_concern_that_it_answered_settles_another(
    client: Client, echevine: User, stranger: User, lead: User
) -> None:
    # Its own words resemble nothing: it is offered since it answered what resembles this.
    facts = {"title": "Parasols chauffants", "text": "Parasols chauffants permis ?"}
    other, note = relayed(stranger, lead, lead, commune=COMMUNE_B, is_shareable=True, **facts)
    known = published(note, lead, text_fr="Oui, sauf interdiction.", text_nl="Ja, behalve bij verbod.")
    known.put_in_faq(by=lead, question_fr="Appareils dehors ?", question_nl="Toestellen buiten?")
    other.answer(by=lead)
    row = a_concern(echevine, **facts)
    client.force_login(echevine)
    page = client.get(reverse("spoc:concern-similar", args=[row.pk]))
    assert page.context["similar"].answers == [known]
    # Chosen there, it can be read again and sent.
    page = client.get(reverse("spoc:concern-step", args=[row.pk, "settle"]), {"answer": known.pk})
    assert known.text_fr in page.text
    assert f'value="{known.pk}"' in page.text
    step(client, row, "settle", answer=known.pk)
    assert (state(row), row.settled_by) == ("closed", known)


def test_what_was_chosen_is_still_chosen_when_the_rest_is_refused(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    _, note = relayed(echevine, spoc, lead)
    known = published(note, lead, text_fr="Oui.", text_nl="Ja.")
    row = a_concern(echevine, title="Loyers", text="Report")
    client.force_login(spoc)
    page = step(client, row, "answer_locally", text="", source=known.pk)
    assert f'<option value="{known.pk}" selected>' in page.text


def test_of_many_that_resemble_it_a_few_are_shown_and_any_is_taken(
    client: Client, monkeypatch: pytest.MonkeyPatch, echevine: User, spoc: User, lead: User
) -> None:
    monkeypatch.setattr(acting_forms, "KNOWN", 1)
    known = [answered(echevine, spoc, lead)[2] for _ in range(2)]
    row = a_concern(echevine, title="Distance", text="Deux mètres ?")
    client.force_login(echevine)
    shown = client.get(reverse("spoc:concern-step", args=[row.pk, "settle"])).context["form"].offered
    assert len(shown) == 1
    (other,) = set(known) - set(shown)
    step(client, row, "settle", answer=other.pk)
    assert (state(row), row.settled_by) == ("closed", other)
