"""Two people at once, on two connections: one wins, the other reads who."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from communes.models import Commune, MerchantsAssociation
from hubportal.accounts.models import User
from hubportal.workflow import TransitionError, stateful_models


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_one_wins(refilled: None, admin: User, lead: User) -> None:
    association = MerchantsAssociation.objects.create(commune=Commune.objects.get(pk="21001"), name="Wayez")
    start = Barrier(2)

    def click(person: User) -> str:
        row = MerchantsAssociation.objects.get(pk=association.pk)
        start.wait(timeout=10)
        try:
            row.activate(by=person)
        except TransitionError as error:
            return str(error)
        else:
            return "won"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(click, [admin, lead]))
    winner = association.events.get().by
    loser = lead if winner == admin else admin
    assert answers[[admin, lead].index(winner)] == "won"
    assert winner.full_name in answers[[admin, lead].index(loser)]


def test_every_table_there_is_has_no_flaws() -> None:
    assert {model.__name__: list(model.flaws()) for model in stateful_models() if list(model.flaws())} == {}
