"""The yearly evaluation on the portal: in both languages, fed by the year, and two who write at once."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conventions.models import Evaluation
from hubportal.accounts.models import User
from tests.conventions.drafts import a_lead, days, recorded
from tests.conventions.test_meetings import a_meeting, page

pytestmark = pytest.mark.django_db
YEAR = days(-10).year
TEXTS = {"text_fr": "Bien.", "text_nl": "Goed.", "conclusions_fr": "", "conclusions_nl": ""}


def address(name: str = "evaluation", year: int = YEAR) -> str:
    return reverse(f"conventions:{name}", args=["CC-2025-01", year])


def test_it_is_written_beside_the_year_and_read_by_the_commune(
    client: Client, spoc: User, echevine: User
) -> None:
    a_meeting()
    client.force_login(spoc)
    response = client.get(address("evaluation-edit"))
    html = page(response)
    assert [meeting.held_on for meeting in response.context["meetings"]] == [days(-10)]
    assert "Envoyer le bilan" in html
    assert client.post(address("evaluation-edit"), {**TEXTS, "version": "0"})["Location"] == address()
    row = Evaluation.objects.get()
    assert (row.year, row.text_fr, row.text_nl, row.written_by) == (YEAR, "Bien.", "Goed.", spoc)
    client.force_login(echevine)
    html = page(client.get(address()))
    assert "<p>Bien.</p>" in html
    assert "<p>Goed.</p>" in html
    assert "evaluations" in page(client.get(reverse("conventions:meetings", args=["CC-2025-01"])))
    for person in (echevine, a_lead()):
        client.force_login(person)
    assert Evaluation.objects.visible_to(echevine).exists()


def test_both_languages_or_none_and_only_years_in_force(client: Client, spoc: User) -> None:
    recorded()
    client.force_login(spoc)

    def errors(**changes: Any) -> set[str]:
        response = client.post(address("evaluation-edit"), {**TEXTS, "version": "0", **changes})
        assert "Bien." in page(response) or "text_fr" in changes
        return set(response.context["form"].errors)

    assert errors(text_nl=" ") == {"text_nl"}
    assert errors(conclusions_fr="Continuer.") == {"conclusions_nl"}
    assert errors(text_fr="x" * 20_001) == {"text_fr"}
    for year in (days(-100).year - 1, days(0).year + 1, 99_999_999):
        assert client.get(address("evaluation", year)).status_code == 404
        assert client.post(address("evaluation-edit", year), TEXTS).status_code == 404
    assert not Evaluation.objects.exists()


def test_the_second_of_two_who_write_is_told(client: Client, spoc: User) -> None:
    convention = recorded()
    client.force_login(spoc)
    page(client.get(address("evaluation-edit")))
    Evaluation.objects.write(
        convention=convention, year=YEAR, by=a_lead(), **{**TEXTS, "text_fr": "Le leur."}
    )
    sent = {**TEXTS, "text_fr": "Le mien.", "version": "0"}
    html = page(client.post(address("evaluation-edit"), sent))
    assert "<p>Le leur.</p>" in html
    assert "Le mien." in html
    assert Evaluation.objects.get().text_fr == "Le leur."
    client.post(address("evaluation-edit"), {**sent, "version": "1"})
    row = Evaluation.objects.get()
    assert (row.text_fr, row.version, row.written_by) == ("Le mien.", 2, spoc)
    assert client.post(address("evaluation-edit"), {**sent, "version": "1"}).status_code == 302
    assert Evaluation.objects.get().version == 2
