"""Sections that the lower apps offer for an edition, each from its module `blocks.py` (`hubportal.blocks`)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from hubportal.blocks import Block, Section
from hubportal.composition import modules
from hubportal.markdown import outline
from mailings.models import LANGUAGES, Mailing
from mailings.models.patience import planned_for
from mailings.rhythm import WEEK

_TO_SUNDAY = timedelta(days=6)


def offered(mailing: Mailing) -> list[Block]:
    """Return what there is to say since the last edition left, up to the Sunday of this one's week."""
    (since, until), leaves = window(mailing), _leaves_on(mailing)
    sources: list[Any] = [module for module in modules("blocks") if hasattr(module, "offers")]
    return [block for module in sources for block in module.offers(since, until, leaves)]


def window(mailing: Mailing) -> tuple[date, date]:
    """Return the first and the last day of what an edition may tell; the first edition looks back a week."""
    earlier = Mailing.objects.sent().exclude(pk=mailing.pk).filter(week_on__lte=mailing.week_on)
    last = earlier.order_by("started_at").values_list("started_at", flat=True).last()
    since = timezone.localdate(last) if last else mailing.week_on - WEEK
    return since, mailing.week_on + _TO_SUNDAY


def _leaves_on(mailing: Mailing) -> date:
    """Return the day when it is planned to leave, by hand or by its rhythm; today when nobody knows."""
    planned, today = planned_for(mailing), timezone.localdate()
    return max(today, timezone.localdate(planned)) if planned else today


def with_section(typed: QueryDict, block: Block) -> QueryDict:
    """Return what was typed in both texts with a section at their end, its heading as high as their highest."""
    found = typed.copy()
    bodies = {language: found.get(f"body_{language}", "") for language in LANGUAGES}
    marks = "#" * _level(bodies.values())
    for language, body in bodies.items():
        section: Section = getattr(block, language)
        found[f"body_{language}"] = f"{body.rstrip()}\n\n{marks} {section.title}\n\n{section.text}\n".lstrip()
    return found


def _level(bodies: Iterable[str]) -> int:
    """Return the level of the highest heading, two where there is none."""
    return min((heading.level for body in bodies for heading in outline(body).headings), default=2)
