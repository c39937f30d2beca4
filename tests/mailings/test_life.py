"""An edition from its first line to its last message."""

import pytest

from communes.models import Mandate
from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from mailings.models import Delivery, FrozenLetter
from tests.mailings.made import brought_to

pytestmark = pytest.mark.django_db


def test_it_is_written_approved_by_two_scheduled_and_frozen(echevine: User, stranger: User) -> None:
    row = brought_to("sending")
    assert row.status == "sending"
    assert {delivery.address: delivery.language for delivery in row.deliveries.all()} == {
        echevine.email: "fr", stranger.email: "nl",
    }  # fmt: skip
    assert set(FrozenLetter.objects.values_list("language", flat=True)) == {"fr", "nl", "fr,nl"}
    delivery = Delivery.objects.get(address=echevine.email)
    assert [row.right for row in delivery.served.all()] == list(Mandate.objects.filter(user=echevine))
    content = delivery.envelope().content
    assert b"To: " + delivery.address.encode() in content
    assert delivery.token.encode() in content
    kinds = set(OutboxMessage.objects.values_list("kind", flat=True))
    assert {"mailing to_approve", "mailing approved", "mailing scheduled"} <= kinds
    assert row.week_on.weekday() == 0
