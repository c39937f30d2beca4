"""By which right a message was written: one right a row, and each once, as the database has it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from communes.models import Delegation
from hubportal.accounts.models import Role
from mailings.models import Delivery, Served
from mailings.models.served import FIELDS
from tests.cast import Cast
from tests.mailings.made import an_extra_address, brought_to, person

pytestmark = pytest.mark.django_db


def rights(cast: Cast) -> dict[str, object]:
    """Return a right of each kind."""
    return {
        "mandate": cast.echevine.mandates.get(),
        "delegation": Delegation.objects.get(user=cast.delegate),
        "grant": person(Role.CABINET).grants.get(),
        "extra": an_extra_address(),
    }


@pytest.mark.parametrize("name", FIELDS.values())
def test_a_message_serves_a_right_once(name: str, cast: Cast) -> None:
    message, right = _message(), rights(cast)[name]
    Served.objects.create(delivery=message, **{name: right})
    with pytest.raises(IntegrityError, match=f"served_once_per_{name}"), transaction.atomic():
        Served.objects.create(delivery=message, **{name: right})


@pytest.mark.parametrize("name", FIELDS.values())
def test_it_says_so_in_both_languages(name: str, cast: Cast) -> None:
    message, right = _message(), rights(cast)[name]
    Served.objects.create(delivery=message, **{name: right})
    for language, word in (("fr", "déjà"), ("nl", "al")):
        with translation.override(language), pytest.raises(ValidationError) as refused:
            Served(delivery=message, **{name: right}).validate_constraints()
        assert word in str(refused.value)


def test_two_messages_may_serve_the_same_right(cast: Cast) -> None:
    message, right = _message(), cast.echevine.mandates.get()
    other = Delivery.objects.create(
        mailing=message.mailing, address="two@x.example", language="fr", message_id="<2@x.example>"
    )
    for each in (message, other):
        Served.objects.create(delivery=each, mandate=right)
    assert Served.objects.filter(mandate=right).count() == 2


def test_a_row_names_one_right(cast: Cast) -> None:
    found, message = rights(cast), _message()
    with pytest.raises(IntegrityError, match="served_by_one_right"):
        Served.objects.create(delivery=message, mandate=found["mandate"], grant=found["grant"])


def _message() -> Delivery:
    """Return a message that serves nobody yet."""
    message: Delivery = brought_to("sending").deliveries.order_by("pk")[0]
    message.served.all().delete()
    return message
