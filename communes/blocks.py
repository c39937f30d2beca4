"""What this app offers for the weekly edition: names and offices, and whom to call; both are for all 19 to know.

Nothing else of a commune's file: no address, no delegation, no district; of absences only who answers meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from communes.callers import callers
from communes.models import Absence, Assignment, Commune, Mandate
from hubportal.accounts.models import User
from hubportal.blocks import Block, Section, in_both, literal
from hubportal.look.dates import long_date

Outcome = tuple[User, User, date, date]
"""Who stands in for whom, from when to when."""
_DAY = timedelta(days=1)


def offers(since: date, until: date, leaves: date) -> list[Block]:
    """Return who takes or leaves an office, and who serves a commune from a day of these on or stands in on one.

    Whose last day as a stand-in comes before the edition leaves is not named.
    """
    begun, over = _begun(since, until), _over(since, until)
    serving, away = _serving(since, until), _away(until, leaves)
    found = []
    if begun or over:
        found.append(in_both("offices", lambda: _offices(begun, over)))
    if serving or away:
        found.append(in_both("spocs", lambda: _spocs(serving, away)))
    return found


# --- Offices ---------------------------------------------------------------------------------------------------


def _begun(since: date, until: date) -> list[Mandate]:
    rows = Mandate.objects.filter(starts_on__range=(since, until))
    return list(rows.select_related("user", "commune").order_by("commune", "office", "rank", "pk"))


def _over(since: date, until: date) -> list[Mandate]:
    """Return those that end, but for people who go on in their commune: with another portfolio, or office."""
    next_one = Mandate.objects.filter(
        user=OuterRef("user"), commune=OuterRef("commune"), starts_on__gt=OuterRef("starts_on"),
        starts_on__lte=OuterRef("ends_on") + _DAY,
    )  # fmt: skip
    rows = Mandate.objects.filter(~Exists(next_one), ends_on__range=(since, until))
    return list(rows.select_related("user", "commune").order_by("commune", "office", "rank", "pk"))


def _offices(begun: list[Mandate], over: list[Mandate]) -> Section:
    takes = _("- **%(commune)s:** %(name)s, %(office)s, from %(day)s")
    leaves = _("- **%(commune)s:** %(name)s, %(office)s, until %(day)s included")
    lines = [takes % {**_named(row), "day": long_date(row.starts_on)} for row in begun]
    lines += [leaves % {**_named(row), "day": long_date(row.ends_on)} for row in over if row.ends_on]
    return Section(_("Who takes office, and who leaves it"), "\n".join(lines))


def _named(mandate: Mandate) -> dict[str, str]:
    portfolio = literal(mandate.portfolio_text)
    return {
        "commune": literal(mandate.commune.name),
        "name": literal(mandate.user.full_name),
        "office": f"{mandate.title} ({portfolio})" if portfolio else mandate.title,
    }


# --- SPOCs -----------------------------------------------------------------------------------------------------


def _serving(since: date, until: date) -> dict[tuple[date, User], list[Commune]]:
    """Return who serves which communes from a day on."""
    rows = Assignment.objects.filter(starts_on__range=(since, until)).select_related("user", "commune")
    found: dict[tuple[date, User], list[Commune]] = defaultdict(list)
    for row in rows.order_by("starts_on", "user", "commune"):
        found[row.starts_on, row.user].append(row.commune)
    return found


def _away(until: date, leaves: date) -> dict[Outcome, list[Commune]]:
    """Return who answers for whom, where: the outcome, as communes read it on their own pages."""
    rows = Absence.objects.filter(starts_on__lte=until, ends_on__gte=leaves)
    found: dict[Outcome, list[Commune]] = defaultdict(list)
    for absence in rows.select_related("user").order_by("starts_on", "pk"):
        day = max(absence.starts_on, leaves)
        for commune, stand_in in _outcome(absence, day):
            found[stand_in, absence.user, absence.starts_on, absence.ends_on or day].append(commune)
    return found


def _outcome(absence: Absence, day: date) -> Iterator[tuple[Commune, User]]:
    served = Assignment.objects.valid(day).filter(user=absence.user_id).select_related("commune")
    communes = {row.commune_id: row.commune for row in served.order_by("commune")}
    for nis, caller in (callers(communes, day) if communes else {}).items():
        if caller.capacity == "stand_in" and caller.user:
            yield communes[nis], caller.user


def _spocs(
    serving: dict[tuple[date, User], list[Commune]], away: dict[Outcome, list[Commune]]
) -> Section:  # fmt: skip
    lines = [
        _("- **%(name)s** is the SPOC from %(day)s. Communes: %(communes)s")
        % {"name": literal(user.full_name), "day": long_date(day), "communes": _list(communes)}
        for (day, user), communes in serving.items()
    ]
    lines += [
        _("- **%(name)s** stands in for %(spoc)s from %(start)s to %(end)s included. Communes: %(communes)s")
        % {
            "name": literal(stand_in.full_name),
            "spoc": literal(spoc.full_name),
            "start": long_date(start),
            "end": long_date(end),
            "communes": _list(communes),
        }
        for (stand_in, spoc, start, end), communes in away.items()
    ]
    return Section(_("Whom your commune calls"), "\n".join(lines))


def _list(communes: list[Commune]) -> str:
    return ", ".join(literal(commune.name) for commune in communes)
