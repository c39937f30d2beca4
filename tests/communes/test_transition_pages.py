"""The pages of new colleges: the file, what is wrong with it, the preview, its steps; for leads and administrators."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from communes.college_csv import read
from communes.models import CollegeTransition, Mandate
from hubportal.accounts.models import Invitation, User
from tests.cast import COMMUNE_A, COMMUNE_B
from tests.communes.colleges import MAYOR, NADIA, a_file, a_transition, in_days, line

pytestmark = pytest.mark.django_db
GOOD = a_file(line(**MAYOR), line(**NADIA))


def to(name: str, *args: Any) -> str:
    """Return an address, in English."""
    with translation.override("en"):
        return reverse(f"communes:{name}", args=args)


def hand_in(
    client: Client, by: User, content: bytes = GOOD, name: str = "college.csv", **changes: Any
) -> Any:
    """Hand in a file and return the answer."""
    client.force_login(by)
    upload = SimpleUploadedFile(name, content, "text/csv")
    data = {"commune": COMMUNE_A, "starts_on": str(in_days(10)), "upload": upload, **changes}
    return client.post(to("transition-new"), data, follow=True)


def press(client: Client, verb: str, **data: str) -> str:
    """Press a button of the only transition; return the page that follows."""
    address = to("transition-step", CollegeTransition.objects.get().pk, verb)
    return str(client.post(address, data, follow=True).content.decode())


def test_from_the_file_to_the_new_college_and_back(client: Client, echevine: User, lead: User) -> None:
    html = hand_in(client, lead).content.decode()
    for words in ("Claire Nouvelle", "Not known yet", "Nadia Échevine", "Other portfolios", "Apply it"):
        assert words in html
    before = list(Mandate.objects.order_by("pk").values())
    seen = CollegeTransition.objects.get().turnover().digest
    assert f'value="{seen}"' in html
    for _click in range(2):
        assert "It is applied." in press(client, "apply", seen=seen)
    assert Mandate.objects.count() == 3
    for _click in range(2):
        assert "everything is as it was" in press(client, "take_back")
    assert list(Mandate.objects.order_by("pk").values()) == before


def test_what_is_wrong_is_named_by_line_and_column_and_nothing_is_kept(client: Client, lead: User) -> None:
    html = hand_in(client, lead, a_file(line(**MAYOR), line(COMMUNE_B, **NADIA))).content.decode()
    assert "Line&nbsp;3" in html
    assert "This is not the NIS code of the commune that you chose." in html
    assert not CollegeTransition.objects.exists()


def test_a_cell_with_markup_is_shown_as_text(client: Client, lead: User) -> None:
    html = hand_in(
        client, lead, a_file(line(**{**MAYOR, "last_name": "<script>x</script>"}))
    ).content.decode()
    assert "<script>x" not in html
    assert "&lt;script&gt;x" in html


@pytest.mark.parametrize(
    ("name", "content"), [("college.xlsx", GOOD), ("college.csv", b"PK\x03\x04\x00\x01")]
)
def test_another_kind_of_file_is_refused(name: str, content: bytes, client: Client, lead: User) -> None:
    assert "upload" in hand_in(client, lead, content, name).context["form"].errors
    assert not CollegeTransition.objects.exists()


def test_a_day_that_has_passed_is_refused_at_its_field(client: Client, lead: User) -> None:
    assert "starts_on" in hand_in(client, lead, starts_on=str(in_days(-1))).context["form"].errors


def test_a_file_that_is_too_large_is_refused(client: Client, lead: User) -> None:
    assert "upload" in hand_in(client, lead, b"x" * 200_001).context["form"].errors


def test_the_file_to_begin_with_is_one_that_is_read(client: Client, lead: User) -> None:
    client.force_login(lead)
    content = b"".join(client.get(to("transition-example", COMMUNE_A)))  # type: ignore[call-overload]
    rows, faults = read(content, COMMUNE_A)
    assert (len(rows), faults) == (2, [])


def test_without_what_was_seen_nothing_is_applied(client: Client, echevine: User, lead: User) -> None:
    hand_in(client, lead)
    assert "look at it again" in press(client, "apply", seen="x")
    assert Mandate.objects.count() == 1


def test_what_stands_in_the_way_is_shown_and_a_step_that_is_refused_is_not(
    client: Client, echevine: User, lead: User
) -> None:
    html = hand_in(client, lead, a_file(line(**{**MAYOR, "email": str(lead.email)}))).content.decode()
    assert "has a role at the agency or the Region" in html
    assert "Apply it" not in html
    assert "Choose a commune" in client.get(to("transition-new")).content.decode()


def test_no_other_method_is_a_step(client: Client, echevine: User, lead: User) -> None:
    hand_in(client, lead)
    row = CollegeTransition.objects.get()
    assert client.post(to("transition-step", row.pk, "delete")).status_code == 404
    assert client.get(to("transition-step", row.pk, "apply")).status_code == 405


def test_newcomers_are_invited_by_a_button(client: Client, echevine: User, lead: User) -> None:
    hand_in(client, lead)
    row = CollegeTransition.objects.get()
    row.apply(by=lead, seen=row.turnover().digest)
    html = client.post(to("transition-invite", row.pk), follow=True).content.decode()
    assert "1 person was invited." in html
    assert Invitation.objects.get().invited_by == lead
    assert "Invite them now" not in html


@pytest.mark.parametrize("who", ["echevine", "spoc", "editor", "director", "cabinet"])
def test_for_others_a_transition_is_not_there(
    who: str, client: Client, request: pytest.FixtureRequest
) -> None:
    row = a_transition()
    client.force_login(request.getfixturevalue(who))
    answers = [
        client.get(to("transition", row.pk)),
        client.post(to("transition-step", row.pk, "discard")),
        client.post(to("transition-invite", row.pk)),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert CollegeTransition.objects.get().status == "draft"


def test_for_others_no_file_is_taken(client: Client, editor: User) -> None:
    assert hand_in(client, editor).status_code == 403


def test_the_list_of_the_19_leads_a_lead_there(client: Client, lead: User, editor: User) -> None:
    for person, expected in ((lead, True), (editor, False)):
        client.force_login(person)
        assert (to("transitions") in client.get(to("list")).content.decode()) is expected
