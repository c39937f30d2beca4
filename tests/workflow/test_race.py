"""Two people at once, on two connections: one wins, the other reads who."""

import pytest

from communes.models import Commune, MerchantsAssociation
from hubportal.accounts.models import User
from hubportal.workflow import TransitionError, stateful_models
from tests.atonce import before_it_commits


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_one_wins(refilled: None, admin: User, lead: User) -> None:
    association = MerchantsAssociation.objects.create(commune=Commune.objects.get(pk="21001"), name="Wayez")
    other = MerchantsAssociation.objects.get(pk=association.pk)
    found = before_it_commits(lambda: association.activate(by=admin), lambda: other.activate(by=lead))
    assert isinstance(found, TransitionError)
    assert admin.full_name in str(found)
    assert association.events.get().by == admin


def test_every_table_there_is_has_no_flaws() -> None:
    assert {model.__name__: list(model.flaws()) for model in stateful_models() if list(model.flaws())} == {}
