"""Why somebody receives an edition, at the foot of their mail: by each right, in each language of the mail."""

from datetime import date
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from communes.models import Delegation
from hubportal.accounts.models import Role, User
from mailings.letter.posting import headers_of, letter_of, values_of
from mailings.letter.skeleton import Skeleton
from mailings.models import Delivery, Mailing
from tests.cast import COMMUNE_A, MandateFactory, UserFactory, grant
from tests.mailings.made import an_extra_address, brought_to, meant_for

pytestmark = pytest.mark.django_db
OFFICE = ("en raison de votre fonction : ", "vanwege uw functie: ")
TASK = ("est une mission d’intérêt public", "is een taak van algemeen belang")


def parts(message: Delivery) -> list[str]:
    """Return the text and the HTML of a message as its reader gets it, each on one line."""
    found: Any = message_from_bytes(message.envelope().content, policy=default)
    return [" ".join(part.get_content().split()) for part in found.iter_parts()]


def to(row: Mailing, address: str | None) -> Delivery:
    """Return the message to an address."""
    return row.deliveries.get(address=address)


def test_an_office_holder_reads_their_office_in_the_text_and_in_the_html(echevine: User) -> None:
    for part in parts(to(brought_to("sending"), echevine.email)):
        assert OFFICE[0] in part
        assert TASK[0] in part
        assert "[[" not in part


def test_a_delegate_reads_of_the_delegation(echevine: User) -> None:
    delegate = UserFactory(content_language="nl", email="ambtenaar@a.example")
    Delegation.objects.create(
        user=delegate, commune_id=COMMUNE_A, given_by=echevine, starts_on=date(2024, 12, 1)
    )
    for part in parts(to(meant_for(to_delegates=True), "ambtenaar@a.example")):
        assert "als ambtenaar aan wie een mandataris een delegatie heeft gegeven (Anderlecht)" in part
        assert OFFICE[1] not in part


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.CABINET, "en tant que membre du cabinet"),
        (Role.TASKFORCE, "en tant que membre de la task force"),
        (Role.SPOC, "en tant que SPOC de hub.brussels"),
    ],
)
def test_a_role_is_said_by_its_name(role: Role, words: str, echevine: User) -> None:
    grant(role, email="role@team.example", content_language="fr")
    for part in parts(to(meant_for(to_roles=[role.value]), "role@team.example")):
        assert words in part
        assert OFFICE[0] not in part


def test_an_extra_address_of_unknown_language_reads_it_in_both(echevine: User) -> None:
    an_extra_address(content_language="")
    for part in parts(to(meant_for(to_extras=True), "griet@federatie.example")):
        assert "a inscrit cette adresse sur la liste de ce mailing (fédération du commerce)" in part
        assert "op de lijst van deze mailing heeft gezet (handelsfederatie)" in part
        assert not any(words in part for words in OFFICE)


def test_two_rights_of_one_address_are_both_said(echevine: User) -> None:
    grant(Role.TASKFORCE, email=None)
    an_extra_address(email=echevine.email, content_language="fr")
    for part in parts(to(meant_for(to_extras=True), echevine.email)):
        assert OFFICE[0] in part
        assert "a inscrit cette adresse" in part


def test_two_offices_are_one_sentence(echevine: User) -> None:
    MandateFactory(user=echevine, commune_id="21002", trade=True)
    (text, _html) = parts(to(brought_to("sending"), echevine.email))
    assert text.count(OFFICE[0]) == 1
    assert "Anderlecht ; " in text


def test_a_letter_that_was_frozen_before_is_still_built(echevine: User) -> None:
    """Its values tell no reason, and its letter asks for none."""
    message = to(brought_to("sending"), echevine.email)
    message.values = {name: said for name, said in message.values.items() if not name.startswith("about_")}
    letter, common = letter_of(message.mailing.letters.get(language="fr"))
    foot = "Pour votre fonction ([[office_fr]], [[commune_fr]])."
    old = letter._replace(text=letter.text.replace("[[about_fr]]", foot), html=f"<p>{foot}</p>")
    built = Skeleton(old, common).build(values_of(message), headers_of(message)).decode()
    assert built.count("Anderlecht).") == 2
