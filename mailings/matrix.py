"""The columns of the coverage matrix: how far the last edition came in each commune, and who acknowledged it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hubportal.dashboard.panels import Cell, Column
from hubportal.look.states import free_tag, tables
from mailings.counting import CommuneTally, by_commune
from mailings.figures import Readers, readers
from mailings.models import Mailing


def columns_of(mailing: Mailing) -> list[Column]:
    """Return the two columns of an edition that was sent: four queries, however many messages."""
    rows = {row.commune.nis: row for row in by_commune(mailing) if row.commune}
    counts = readers([mailing], rows)
    sent = reverse("mailings:progress", args=[mailing.number])
    read = mailing.get_absolute_url() + "#h-readers"
    return [
        Column(_("Last mailing: accepted"), {nis: _accepted(row, sent) for nis, row in rows.items()}, 60),
        Column(
            _("Last mailing: acknowledged"),
            {nis: _acknowledged(count, read) for (_key, nis), count in counts.items()},
            61,
        ),
    ]


def _accepted(row: CommuneTally, url: str) -> Cell:
    """Return how many messages the relay accepted, and did not send back; marked when somebody is missing."""
    if not row.total:
        state = tables()["reach"][row.state]
        return Cell(free_tag(state.family, state.icon, str(state.label)), url)
    text = f"{row.accepted} / {row.total}"
    if not row.accepted:
        return Cell(free_tag("bad", "alert", text), url)
    return Cell(free_tag("wait", "alert", text) if row.is_in_part else text, url)


def _acknowledged(count: Readers, url: str) -> Cell:
    return Cell(f"{count.acknowledged} / {count.total}", url)
