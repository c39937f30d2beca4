"""What a reader does now about an agreement, in one line, and which buttons belong to it.

The rules are those of the model: a button stands for a step of `next_steps(user)` that would not be refused at once.
"""

from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from communes.models.mandate import communes_of
from conventions.models import Agreement, Comment, Convention, Party
from conventions.models.checks import parties_of
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.look.dates import short_date
from hubportal.workflow import Step

ELSEWHERE: Final = frozenset({"record"})
"""Steps that are taken at the desk: a convention of the past is typed in there."""


class NextStep(NamedTuple):
    """The line; `is_mine`: the reader must act; `verb`: by this step, empty when by something else."""

    text: str | Promise
    is_mine: bool = False
    verb: str = ""


NOTHING: Final = NextStep(_("Nothing to do."))


def next_step(agreement: Agreement, user: User) -> NextStep:
    """Return what a reader does now; to those who do not read the text, that there is nothing to do."""
    if not agreement.text_visible_to(user):
        return NOTHING
    if agreement.status in _OPEN:
        words: NextStep = _OPEN[agreement.status](agreement, user)
        return words
    if agreement.status == "abandoned":
        return NextStep(_("Nothing to do: it was abandoned."))
    if isinstance(agreement, Convention):
        return _in_time(agreement, user)
    return NextStep(_("Nothing to do: it is signed."))


def offered(agreement: Agreement, user: User) -> list[Step]:
    """Return the buttons: the steps of the state and the person, without those that lack something for certain."""
    found = [step for step in agreement.next_steps(user) if step.verb not in ELSEWHERE]
    if not parties_of(agreement, user, agreed=False):
        found = [step for step in found if step.verb != "agree"]
    if not _both_agreed(agreement):
        found = [step for step in found if step.verb != "freeze"]
    return found


def _both_agreed(agreement: Agreement) -> bool:
    return all(agreement.agreed(party) for party in Party.values)


# --- Before it is signed ----------------------------------------------------------------------------------------


def _draft(agreement: Agreement, user: User) -> NextStep:
    if agreement.can_be_share_by(user):
        if not agreement.articles.exists() and isinstance(agreement, Convention):
            return NextStep(_("Next step: complete it at the desk, then record it there as signed."), True)
        gaps = sum(finding.is_blocking for finding in agreement.findings())
        if gaps:
            words = ngettext(
                "Next step: mend %(count)d gap between French and Dutch, then share the text with the commune.",
                "Next step: mend %(count)d gaps between French and Dutch, then share the text with the commune.",
                gaps,
            )
            return NextStep(words % {"count": gaps}, True)
        return NextStep(_("Next step: share the text with the commune."), True, "share")
    if agreement.can_be_edited_by(user):
        return NextStep(_("Your step: write both texts; then a lead shares them with the commune."), True)
    return NextStep(_("Nothing to do: the agency is still writing it."))


def _negotiation(agreement: Agreement, user: User) -> NextStep:
    agency, commune = agreement.agreed(Party.AGENCY), agreement.agreed(Party.COMMUNE)
    if agreement.can_be_share_by(user):
        return _LEADS[agency, commune]
    if agreement.nis in communes_of(user):
        return _COMMUNES[agency, commune]
    if agreement.can_be_edited_by(user):
        count = Comment.objects.visible_to(user).filter(**{agreement.OWNER: agreement}).open().count()
        if count:
            words = ngettext(
                "Your step: answer %(count)d open comment.",
                "Your step: answer %(count)d open comments.",
                count,
            )
            return NextStep(words % {"count": count}, True)
    return _OTHERS[agency, commune]


_FREEZES: Final = NextStep(_("Nothing to do: a lead of the agency freezes the text for signing."))
_COMMUNE_AGREES: Final = NextStep(_("Nothing to do: the commune is to agree to the text."))
_AGENCY_AGREES: Final = NextStep(_("Nothing to do: the agency is to agree to the text."))
_LEADS: Final = {
    (False, False): NextStep(_("Next step: answer the comments, then agree to the text."), True, "agree"),
    (False, True): NextStep(_("Next step: agree to the text; the commune has done so."), True, "agree"),
    (True, False): _COMMUNE_AGREES,
    (True, True): NextStep(_("Next step: freeze the text for signing."), True, "freeze"),
}
_COMMUNES: Final = {
    (False, False): NextStep(
        _("Your step: read the text, then comment on it or agree to it."), True, "agree"
    ),
    (False, True): _AGENCY_AGREES,
    (True, False): NextStep(
        _("Your step: read the text, to which the agency agrees; then agree to it or comment on it."),
        True, "agree",
    ),
    (True, True): _FREEZES,
}  # fmt: skip
_OTHERS: Final = {
    (False, False): NextStep(_("Nothing to do: both parties are to agree to the text.")),
    (False, True): _AGENCY_AGREES,
    (True, False): _COMMUNE_AGREES,
    (True, True): _FREEZES,
}
"""By whether the agency and the commune agree."""


def _to_sign(agreement: Agreement, user: User) -> NextStep:
    missing = list(agreement.signatories.filter(signed_on=None).order_by("-party", "pk"))
    names = {"names": ", ".join(row.name for row in missing)}
    if agreement.can_be_sign_by(user):
        return NextStep(
            _("Next step: record the signatures that are missing: %(names)s.") % names, True, "sign"
        )
    if agreement.nis in communes_of(user):
        own = [row.name for row in missing if row.party == Party.COMMUNE]
        if not own:
            return NextStep(_("Nothing to do: the commune has signed, the agency is to sign."))
        text = _("Your step: have it signed outside the portal by %(names)s; the agency records it here.")
        return NextStep(text % {"names": ", ".join(own)}, True)
    return NextStep(_("Nothing to do: leads record the signatures; missing are %(names)s.") % names)


_OPEN: Final[dict[str, Any]] = {"draft": _draft, "negotiation": _negotiation, "to_sign": _to_sign}


# --- Once it is signed ------------------------------------------------------------------------------------------


def _in_time(convention: Convention, user: User) -> NextStep:
    """Return what the dates ask for; `successor` should be selected."""
    state = convention.state
    may_renew = convention.status == "signed" and convention.can_be_renew_by(user)
    if state == "notice":
        return _in_notice(convention, user, may_renew=may_renew)
    facts = {
        "start": short_date(convention.in_force_from) if convention.in_force_from else "",
        "day": short_date(convention.in_force_until) if convention.in_force_until else "",
    }
    if state == "expired" and may_renew:
        return NextStep(
            _("Next step: renew it. It ended on %(day)s, and none follows.") % facts, True, "renew"
        )
    if state == "terminated":
        state = "binding" if convention.is_in_force() else "expired"
    if state == "in_force" and not convention.in_force_until:
        return NextStep(_("Nothing to do: it is in force, by tacit renewal."))
    return NextStep(_TIMES[state] % facts)


_TIMES: Final[dict[str, Any]] = {
    "upcoming": _("Nothing to do: it is in force from %(start)s on."),
    "in_force": _("Nothing to do: it is in force until %(day)s."),
    "binding": _("Nothing to do: it binds both parties until %(day)s."),
    "expired": _("Nothing to do: it ended on %(day)s."),
    "superseded": _("Nothing to do: another agreement has replaced it."),
}


def _in_notice(convention: Convention, user: User, *, may_renew: bool) -> NextStep:
    if convention.in_force_until is None:
        return NextStep(_("Nothing to do: it goes on by tacit renewal, unless notice is given."))
    facts = {"day": short_date(convention.in_force_until)}
    if may_renew:
        return NextStep(_("Next step: renew it, or let it end on %(day)s.") % facts, True, "renew")
    if user.has_role(*AGENCY_ROLES) and getattr(convention, "successor", None):
        other = {**facts, "other": convention.successor.reference}
        return NextStep(_("Nothing to do: it ends on %(day)s; %(other)s is to follow.") % other)
    return NextStep(_("Nothing to do: it ends on %(day)s.") % facts)
