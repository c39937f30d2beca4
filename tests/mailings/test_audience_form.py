"""The fields that say for whom an edition is, in the form of its text."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from communes.models import Commune
from hubportal.accounts.models import User
from mailings.models import Mailing, Wider
from tests.mailings.leaving import page
from tests.mailings.made import TEXTS, an_edition, an_extra_address, meant_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def send(client: Client, row: Mailing, **changes: Any) -> Any:
    """Send the form with the texts as they are."""
    texts = {f"{name}_{key}": text for key, side in TEXTS.items() for name, text in side.items()}
    rest = {"to_bourgmestres": "on", "portfolios": ["trade"], "version": row.version, "reminds_readers": "on"}
    form = {**texts, **rest, "week_on": row.week_on.isoformat(), **changes}
    return client.post(reverse("mailings:edit", args=[row.number]), form)


def test_what_is_ticked_is_saved_and_shown_again(client: Client, editor: User) -> None:
    row = an_edition()
    an_extra_address()
    client.force_login(editor)
    chosen = {"communes": ["21009", "21001"], "to_delegates": "on", "to_roles": ["spoc"], "to_extras": "on"}
    assert send(client, row, **chosen).status_code == 302
    row.refresh_from_db()
    assert row.wider == Wider(["21001", "21009"], True, ["spoc"], True)
    text = page(client.get(reverse("mailings:edit", args=[row.number])))
    assert "<details open>" in text
    assert "Only to 2 communes" in text
    assert "1 named extra address today" in text
    assert "Only in these communes: Anderlecht, Ixelles" in text


def test_what_is_unticked_is_gone(client: Client, editor: User) -> None:
    row = meant_for("draft", communes=["21001"], to_delegates=True, to_roles=["spoc"], to_extras=True)
    client.force_login(editor)
    send(client, row)
    row.refresh_from_db()
    assert row.wider == Wider([], False, [], False)


def test_every_commune_is_none_in_particular(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    send(client, row, communes=list(Commune.objects.order_by("nis").values_list("nis", flat=True)))
    row.refresh_from_db()
    assert (row.communes, set(row.audience_rule)) == ([], {"bourgmestres", "portfolios"})


@pytest.mark.parametrize(
    ("field", "value"), [("communes", ["21020"]), ("communes", ["x"]), ("to_roles", ["admin"])]
)
def test_nonsense_is_refused_at_its_field(field: str, value: list[str], client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    assert field in send(client, row, **{field: value}).context["form"].errors
    assert Mailing.objects.get().version == row.version


def test_an_edition_is_never_for_people_besides_the_communes_alone(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    answer = send(client, row, to_bourgmestres="", portfolios=[], to_roles=["spoc"], to_delegates="on")
    (told,) = answer.context["form"].errors["portfolios"]
    assert "tick the bourgmestres or a portfolio" in told
