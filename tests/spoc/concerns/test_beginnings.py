"""An answer to a concern, or why it is not relayed, begun with a standard one."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.models import Concern
from tests.spoc.concerns.stories import a_concern
from tests.spoc.concerns.test_acting import state, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(client: Client, echevine: User, spoc: User) -> Concern:
    """A concern written in Dutch; its SPOC is signed in, the answers are loaded."""
    call_command("load_library", verbosity=0)
    client.force_login(spoc)
    return a_concern(echevine, language="nl")


@pytest.mark.parametrize(
    ("verb", "field", "code"),
    [("answer_locally", "text", "80-concern-known"), ("decline_relay", "reason", "84-concern-communal")],
)
def test_it_is_put_below_what_is_written_and_nothing_is_done(
    verb: str, field: str, code: str, client: Client, row: Concern
) -> None:
    page = step(client, row, verb, **{field: "Dag Els,", "begin": f"{code}:nl"})
    value = page.context["form"][field].value()
    assert value.startswith("Dag Els,\n\nGoedendag")
    assert not page.context["form"]["reread"].value()
    assert state(row) == "raised"
    # What it leaves open is filled in first.
    assert step(client, row, verb, **{field: value}).context["form"].has_error(field)
    step(client, row, verb, **{field: value.replace("[…]", "zo")})
    assert state(row) in ("answered", "not_relayed")


def test_the_language_of_the_concern_stands_first(client: Client, row: Concern) -> None:
    page = client.get(reverse("spoc:concern-step", args=[row.pk, "answer_locally"])).text
    assert re.findall(r'value="80-concern-known:(fr|nl)"', page) == ["nl", "fr"]
    assert "84-concern-communal" not in page


def test_what_is_not_read_once_more_is_not_sent(client: Client, row: Concern) -> None:
    page = step(client, row, "answer_locally", text="Ja.", reread="")
    assert page.context["form"].has_error("reread")
    assert state(row) == "raised"


def test_who_begins_too_late_keeps_what_they_wrote(client: Client, row: Concern, echevine: User) -> None:
    row.withdraw(by=echevine)
    data: dict[str, Any] = {"text": "Een lang antwoord.", "begin": "80-concern-known:nl"}
    address = reverse("spoc:concern-step", args=[row.pk, "answer_locally"])
    page = client.post(address, data, HTTP_ORIGIN="http://testserver").text
    assert "Een lang antwoord." in page
