"""Which messages are claimed, and that a large edition that waits makes nobody walk through it."""

import json
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hubportal.accounts.models import Role, User
from hubportal.outbox.claim import Chunk
from mailings.models import CrashPolicy, Delivery, Mailing
from mailings.models.choices import HELD
from tests.mailings.made import an_edition, brought_to, forward, person

pytestmark = pytest.mark.django_db
WAITING = 3000


def nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Yield each node of a plan."""
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def claiming() -> list[dict[str, Any]]:
    """Claim twenty messages; return the nodes of the plan of another twenty."""
    with CaptureQueriesContext(connection) as queries:
        Chunk(Delivery, size=20)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {queries[0]['sql']}")
        (plan,) = cursor.fetchone()
    found = plan if isinstance(plan, list) else json.loads(plan)
    return list(nodes(found[0]["Plan"]))


def fill(row: Mailing, number: int) -> None:
    """Give an edition more messages than its audience has."""
    Delivery.objects.bulk_create(
        Delivery(
            mailing=row, address=f"w{row.number}.{n}@commune.example", language="fr",
            message_id=f"<{row.number}.{n}@portal.example>", created_at=timezone.now(),
        )
        for n in range(number)
    )  # fmt: skip


def test_a_large_edition_that_is_paused_costs_the_others_nothing(echevine: User) -> None:
    large = brought_to("sending")
    fill(large, WAITING)
    large.pause(by=person(Role.EDITOR))
    fill(brought_to("sending", an_edition()), 100)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mailings_delivery, mailings_mailing")
    rejected = sum(node.get("Rows Removed by Filter", 0) for node in claiming())
    assert rejected < 100, f"{rejected} rows were read for nothing"


def test_an_edition_that_statistics_do_not_know_yet_is_claimed_by_its_index(echevine: User) -> None:
    old = brought_to("sending")
    fill(old, WAITING)
    Delivery.objects.update(status="accepted", accepted_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mailings_delivery, mailings_mailing")
    fill(brought_to("sending", an_edition()), WAITING)
    most = max(node["Actual Rows"] * node["Actual Loops"] for node in claiming())
    assert most < 100, f"{most} rows were read to claim twenty"


def test_editions_leave_in_the_order_in_which_they_were_begun(echevine: User) -> None:
    first, second = brought_to("sending"), brought_to("sending", an_edition())
    assert [row.mailing_id for row in Chunk(Delivery).rows] == [first.pk, second.pk]


@pytest.mark.parametrize(("recipients", "policy"), [(HELD, CrashPolicy.HOLD), (HELD + 1, CrashPolicy.RESEND)])
def test_the_freeze_decides_what_a_crash_means(recipients: int, policy: CrashPolicy, echevine: User) -> None:
    assert HELD == 500
    row = brought_to("scheduled")
    with mock.patch("mailings.freezing.freeze", return_value=mock.Mock(messages=recipients, new_gaps=[])):
        forward(row, "sending")
    assert Mailing.objects.get().crash_policy == policy
