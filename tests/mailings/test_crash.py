"""Real Celery workers that are killed while they send an edition; the whole matrix is `bench/run crash`."""

from pathlib import Path

import pytest

from bench.crashes import Judgement, Post, Troubles, run
from bench.pool import Pool
from communes.models import Mandate
from hubportal.accounts.models import User
from mailings.models import CrashPolicy
from tests.cast import MandateFactory, UserFactory
from tests.mailings.made import an_edition, brought_to
from tests.sinks import Sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("refilled"), pytest.mark.slow]
RECIPIENTS = 60
HOLD, RESEND = CrashPolicy.HOLD, CrashPolicy.RESEND


def judged(sink: Sink, pool: Pool, policy: CrashPolicy, seed: int) -> Judgement:
    """Send an edition to everybody who holds trade, with a crash at the seeded point."""
    addresses = [f"p{n:02}@commune.example" for n in range(RECIPIENTS)]
    if not User.objects.filter(email=addresses[0]).exists():
        for address in addresses:
            MandateFactory(user=UserFactory(email=address), trade=True)
    assert Mandate.objects.count() == RECIPIENTS
    post = Post(sink.mailbox, Path(sink.mailbox.parent) / "faults.json")
    row = brought_to("scheduled", an_edition())
    return run(row, policy, pool, post, Troubles.every(30, addresses), seed)


@pytest.mark.parametrize(("size", "plan"), [
    (1, [(HOLD, 1), (RESEND, 2)]),
    (2, [(HOLD, 3), (RESEND, 5), (HOLD, 9)]),  # the ninth kills the whole worker, as a machine that stops
    (4, [(HOLD, 6), (RESEND, 7)]),
])  # fmt: skip
def test_of_killed_workers_nobody_misses_an_edition_and_who_is_in_doubt_is_named(
    sink: Sink, worker_env: dict[str, str], size: int, plan: list[tuple[CrashPolicy, int]]
) -> None:
    with Pool(size, worker_env) as pool:
        for policy, seed in plan:
            found = judged(sink, pool, policy, seed)
            assert found.lost == (), "lost in silence"
            assert found.killed == size
            assert found.excess == 0, f"more in doubt than workers killed and replies lost: {found.in_doubt}"
            assert found.altered == ()
            assert found.unnamed == (), "received twice, and nothing says so"
            if policy == HOLD:
                assert found.doubled == (), "sent twice"
