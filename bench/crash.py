"""The crash matrix: workers that are killed while they send an edition, judged by what the mail server kept.

SIGKILL at 20 seeded points × 1, 2, 4 worker processes × hold and resend; every fifth point kills the whole Celery
worker, as a machine that stops. In each edition every 30th reply is lost after the message, others are put off (421,
451, 454) or refused (552); once for each number of workers the server hangs for longer than it is waited for.
`bench/run crash [--quick]`: quick takes three points, and 1 and 2 processes.
"""

import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django first

from bench.bars import Bar, tell  # noqa: E402
from bench.crashes import Judgement, Post, Troubles, run  # noqa: E402
from bench.editions import edition, people, prepare  # noqa: E402
from bench.pool import Pool  # noqa: E402
from mailings.models import CrashPolicy  # noqa: E402

RECIPIENTS: Final = 120
EVERY: Final = 30
HANGING: Final = 100
"""The seed of the round in which the server hangs."""
HEAD: Final = "workers policy  seed killed  held  replies lost  lost  twice  in doubt"


class Round(NamedTuple):
    """An edition: by how many workers, under which policy, killed at which point, and what became of it."""

    workers: int
    policy: CrashPolicy
    seed: int
    found: Judgement


def main() -> int:
    """Kill, judge and tell; return the exit code."""
    is_quick = "--quick" in sys.argv[1:]
    sizes, seeds = ((1, 2), range(2, 5)) if is_quick else ((1, 2, 4), range(20))
    prepare()
    # The table tells each of them.
    logging.getLogger("hubportal.outbox.claim").setLevel(logging.CRITICAL)
    addresses = people(RECIPIENTS, "trade")
    post = Post(Path(settings.HUBPORTAL_MAILBOX or ""), Path(os.environ["HUBPORTAL_SINK_FAULTS"]))
    print(f"{RECIPIENTS} recipients an edition\n{HEAD}", flush=True)
    rounds = []
    for size in sizes:
        with Pool(size) as pool:
            for each in column(pool, post, addresses, seeds):
                rounds.append(each)
                show(each)
    return tell(bars(rounds, points=len(seeds) * len(sizes) * len(CrashPolicy)))


def column(pool: Pool, post: Post, addresses: list[str], seeds: range) -> Iterator[Round]:
    """Yield what became of each edition that so many workers sent."""
    troubles = Troubles.every(EVERY, addresses)
    for policy in CrashPolicy:
        for seed in seeds:
            found = run(edition(["trade"], 2), policy, pool, post, troubles, seed)
            yield Round(pool.size, policy, seed, found)
    hanging = replace(troubles, hang=(addresses[EVERY // 2],))
    found = run(edition(["trade"], 2), CrashPolicy.HOLD, pool, post, hanging, HANGING)
    yield Round(pool.size, CrashPolicy.HOLD, HANGING, found)


def show(each: Round) -> None:
    """Print a round, with everybody who is in doubt by address."""
    found = each.found
    named = ", ".join(address.partition("@")[0] for address in found.in_doubt)
    figures = (found.killed, found.held, found.replies_lost, len(found.lost), len(found.doubled))
    widths = (7, 6, 14, 6, 7)
    told = "".join(f"{figure:>{width}}" for figure, width in zip(figures, widths, strict=True))
    print(f"{each.workers:>7} {each.policy.value:<7}{each.seed:>5}{told}  {named}", flush=True)
    for what in ("lost", "unnamed", "altered"):
        if addresses := getattr(found, what):
            print(f"        {what}: {', '.join(addresses)}", flush=True)


def bars(rounds: list[Round], points: int) -> list[Bar]:
    """Return what must hold over all rounds."""
    held = [each.found for each in rounds if each.policy == CrashPolicy.HOLD]
    every = [each.found for each in rounds]
    return [
        Bar("points", len([each for each in rounds if each.seed != HANGING]), points, "at least"),
        Bar("messages in the hands of the killed", sum(found.held for found in every), 1, "at least"),
        Bar("lost", sum(len(found.lost) for found in every), 0, "at most"),
        Bar("received twice under hold", sum(len(found.doubled) for found in held), 0, "at most"),
        Bar("in doubt beyond the killed and the replies lost", sum(found.excess for found in every), 0, "at most"),
        Bar("received twice and not named", sum(len(found.unnamed) for found in every), 0, "at most"),
        Bar("received twice, not the same bytes", sum(len(found.altered) for found in every), 0, "at most"),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
