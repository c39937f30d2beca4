"""Standard answers: loaded once, both languages, put into the message without losing what is written."""

import json
import re

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.models import ServiceRequest, StandardAnswer
from spoc.models.library import DATA
from tests.spoc.stories import a_draft, a_file, brought_to, mails
from tests.spoc.test_desk import step, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(client: Client, echevine: User, spoc: User) -> ServiceRequest:
    """A request in progress; the SPOC is signed in, the answers are loaded."""
    call_command("load_library", verbosity=0)
    client.force_login(spoc)
    return brought_to("in_progress", echevine, spoc)


def test_they_are_loaded_once_and_what_leads_changed_stays(row: ServiceRequest) -> None:
    StandardAnswer.objects.filter(code="10-received").update(title_fr="À nous")
    call_command("load_library", verbosity=0)
    assert StandardAnswer.objects.count() == len(json.loads((DATA / "answers.json").read_text("utf-8"))) >= 5
    assert StandardAnswer.objects.get(code="10-received").title_fr == "À nous"


@pytest.mark.parametrize(("language", "words"), [("fr", "Votre demande"), ("nl", "uw aanvraag")])
def test_a_message_begins_with_one_in_the_language_chosen(
    language: str, words: str, client: Client, row: ServiceRequest
) -> None:
    count = row.messages.count()
    page = client.post(write(row, "answer"), {"begin": f"10-received:{language}", "text": "", "reread": "on"})
    assert page.status_code == 200
    assert words in page.context["form"]["text"].value()
    assert "autofocus" in page.text.partition("<textarea")[2].partition(">")[0]
    assert row.messages.count() == count
    # The second look is asked for again, and no field is in error yet.
    assert not page.context["form"]["reread"].value()
    assert "errorlist" not in page.text
    assert not mails("message_written")


@pytest.mark.parametrize(("language", "order"), [("fr", ["fr", "nl"]), ("nl", ["nl", "fr"])])
def test_the_language_of_who_asked_stands_first(
    language: str, order: list[str], client: Client, row: ServiceRequest, echevine: User
) -> None:
    User.objects.filter(pk=echevine.pk).update(content_language=language)
    page = client.get(write(row, "answer")).text
    assert re.findall(r'value="10-received:(fr|nl)"', page) == order


def test_what_is_written_already_stays_above_it(client: Client, row: ServiceRequest) -> None:
    page = client.post(write(row, "answer"), {"begin": "30-on-track:nl", "text": "Beste Nadia,"})
    assert page.context["form"]["text"].value().startswith("Beste Nadia,\n\nGoedendag")


def test_a_file_that_was_chosen_is_asked_for_again(client: Client, row: ServiceRequest) -> None:
    page = client.post(write(row, "answer"), {"begin": "10-received:fr", "upload": a_file()})
    assert "Choisissez à nouveau ce fichier" in page.text


@pytest.mark.parametrize("chosen", ["unknown:fr", "30-on-track:fr"])
def test_one_that_is_not_offered_is_not_used_and_nothing_is_sent(
    chosen: str, client: Client, row: ServiceRequest
) -> None:
    StandardAnswer.objects.filter(code="30-on-track").update(is_active=False)
    count = row.messages.count()
    page = client.post(write(row, "answer"), {"begin": chosen, "text": "Bonjour", "reread": "on"})
    assert page.context["form"]["text"].value() == "Bonjour"
    assert row.messages.count() == count
    assert "Où en est le travail" not in page.text


def test_a_note_and_a_commune_have_none(client: Client, row: ServiceRequest, echevine: User) -> None:
    assert "beginnings" not in client.get(write(row, "note")).text
    assert "Bien reçu, je vous appelle" in client.get(write(row, "answer")).text
    assert not StandardAnswer.objects.visible_to(echevine).exists()
    client.force_login(echevine)
    assert "Bien reçu, je vous appelle" not in client.get(row.get_absolute_url()).text


@pytest.mark.parametrize(
    ("verb", "field", "code", "kept"),
    [
        ("ask", "question", "60-which-period", {}),
        ("decline", "text", "70-not-covered", {"reason": "not_covered"}),
        ("close", "text", "72-data-not-held", {"outcome": "not_feasible"}),
    ],
)
def test_the_text_of_a_step_begins_with_one_that_fits_it(
    verb: str, field: str, code: str, kept: dict[str, str], client: Client, echevine: User, spoc: User,
    row: ServiceRequest,
) -> None:  # fmt: skip
    row = brought_to("submitted", echevine, spoc) if verb == "decline" else row
    status = row.status
    page = client.post(step(row, verb), {"begin": f"{code}:nl", field: "Beste,", **kept})
    form = page.context["form"]
    assert form[field].value().startswith("Beste,\n\nGoedendag")
    assert {name: form[name].value() for name in kept} == kept
    assert "errorlist" not in page.text
    row.refresh_from_db()
    assert row.status == status
    codes = {answer.code for answer in form.beginnings}
    assert code in codes
    # What fits a message only is not offered here, and not used.
    assert "10-received" not in codes
    other = client.post(step(row, verb), {"begin": "10-received:fr", field: "Bonjour"})
    assert other.context["form"][field].value() == "Bonjour"


def test_steps_without_a_text_have_none(
    client: Client, echevine: User, spoc: User, row: ServiceRequest
) -> None:
    for verb, state in (("accept", "submitted"), ("deliver", "in_progress"), ("start", "accepted")):
        assert "beginnings" not in client.get(step(brought_to(state, echevine, spoc), verb)).text


def test_a_step_of_the_portal_offers_none(
    client: Client, echevine: User, spoc: User, row: ServiceRequest
) -> None:
    asked = a_draft(spoc, direction="to_commune")
    asked.submit(by=spoc)
    client.force_login(echevine)
    address = reverse("spoc:request-step", args=[asked.pk, "decline"])
    assert "Hors du partenariat" not in client.get(address).text


def test_every_act_has_one_of_the_project(row: ServiceRequest) -> None:
    for act in StandardAnswer.Act.values:
        assert StandardAnswer.objects.fitting(act).exists(), act


@pytest.mark.parametrize("acts", [[], ["poem"]])
def test_the_database_refuses_one_for_nothing(acts: list[str], row: ServiceRequest) -> None:
    with pytest.raises(IntegrityError, match="standard_answer_known_acts"), transaction.atomic():
        StandardAnswer.objects.filter(code="10-received").update(acts=acts)


def test_leads_say_at_the_desk_what_one_is_for(client: Client, row: ServiceRequest, lead: User) -> None:
    client.force_login(lead)
    address = reverse("admin:spoc_standardanswer_change", args=["10-received"])
    facts = {"title_fr": "A", "title_nl": "B", "text_fr": "C", "text_nl": "D", "is_active": "on"}
    assert set(client.post(address, facts).context["adminform"].form.errors) == {"acts"}
    assert client.post(address, {**facts, "acts": ["ask", "close"]}).status_code == 302
    assert StandardAnswer.objects.get(code="10-received").acts == ["ask", "close"]


def test_the_database_refuses_one_language(row: ServiceRequest) -> None:
    with pytest.raises(IntegrityError, match="standard_answer_in_both_languages"), transaction.atomic():
        StandardAnswer.objects.filter(code="10-received").update(text_nl="")
