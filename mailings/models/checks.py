"""What must be so before a step: ValidationError says what is missing, on its field where there is one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.look.dates import hour, long_date
from mailings import parity
from mailings.audience import Coverage
from mailings.letter import placeholders
from mailings.models.attachment import MOST, THERE_ALREADY
from mailings.models.choices import LANGUAGES
from mailings.models.consent import capacities_of, missing, open_remarks, standing

if TYPE_CHECKING:
    from mailings.models.attachment import Attachment
    from mailings.models.edition import Edition
    from mailings.models.mailing import Mailing

LATE = timedelta(minutes=10)
"""A moment chosen on a page that stayed open a while is still "now"."""
FARTHEST = timedelta(days=60)
"""Nobody knows today what is news later; and a year that was mistyped is found at once."""
LONGEST_VALIDITY = timedelta(days=7)


def one_of_our_texts(texts: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse a placeholder that does not exist: nobody would know what to put there."""
    errors = {}
    for language, side in texts.items():
        for name in ("subject", "preheader", "body"):
            found = placeholders.unknown(side[name])
            if name != "body" and placeholders.in_subject(side[name]):
                errors[f"{name}_{language}"] = ValidationError(_NONE_HERE, "placeholder")
            elif found:
                known = ", ".join(f"[[{code}]]" for code in placeholders.KNOWN)
                facts = {"found": ", ".join(f"[[{code}]]" for code in found), "known": known}
                errors[f"{name}_{language}"] = ValidationError(_UNKNOWN, "placeholder", facts)
    if errors:
        raise ValidationError(errors)


def has_room_for(mailing: "Edition", new: "Attachment") -> None:
    """Refuse a file that is there already, and more of them than a reader would open."""
    if any(row.sha256 == new.sha256 for row in mailing.attached):
        raise ValidationError({"upload": ValidationError(THERE_ALREADY, "repeated")})
    for language in LANGUAGES:
        if new.is_for(language) and sum(row.is_for(language) for row in mailing.attached) >= MOST:
            raise ValidationError({"upload": ValidationError(_TOO_MANY, "too_many", {"most": MOST})})


def is_level(mailing: "Mailing") -> None:
    """Refuse texts that do not say the same in both languages."""
    findings = parity.check(mailing.side("fr"), mailing.side("nl")).blocking
    if findings:
        raise ValidationError([ValidationError(finding.message, finding.code) for finding in findings])


def is_approved_by_both(mailing: "Mailing") -> None:
    """Refuse to go on without both approvals."""
    if missing(standing(mailing)):
        raise ValidationError(_("An approval is missing: nothing leaves without both."), "approval")


def is_not_approved_for(mailing: "Mailing", user: User) -> None:
    """Tell who comes second that somebody approved for their side already."""
    approvals = standing(mailing)
    taken = [approvals[capacity] for capacity in capacities_of(user) if capacity in approvals]
    if taken and len(taken) == len(capacities_of(user)):
        raise ValidationError(
            _("%(name)s approved it already."), "too_late", {"name": taken[0].user.full_name}
        )


def has_seen_remarks(mailing: "Mailing", seen: int | None) -> None:
    """Tell who approves what somebody asked to change since they opened the page (None: whatever they saw)."""
    asked = open_remarks(mailing, mailing.approvals.select_related("user").order_by("at", "pk"))
    if seen is not None and asked and asked[-1].pk > seen:
        raise ValidationError(REMARKED, "remarked", {"name": asked[-1].user.full_name})


def has_time(scheduled_for: datetime, expires_at: datetime) -> None:
    """Refuse moments that are past, too far, or the wrong way round."""
    now = timezone.now()
    if scheduled_for < now - LATE:
        raise ValidationError({"scheduled_for": _("This moment is past. Choose a later one.")})
    if scheduled_for > now + FARTHEST:
        raise ValidationError({"scheduled_for": _("At most sixty days from now. Look at the year.")})
    if expires_at <= max(scheduled_for, now):
        raise ValidationError(
            {"expires_at": _("It must still be valid when it leaves: choose a later moment.")}
        )
    latest = max(scheduled_for, now) + LONGEST_VALIDITY
    if expires_at > latest:
        words = _("At most seven days after it leaves: choose %(day)s, %(hour)s, or sooner.")
        facts = {"day": long_date(latest), "hour": hour(latest)}
        raise ValidationError({"expires_at": str(words) % facts})


def goes_on_until(expires_at: datetime | None) -> None:
    """Refuse to go on sending a text that is no news any more, or for ever."""
    now = timezone.now()
    if expires_at is None or expires_at <= now:
        raise ValidationError({"expires_at": EXPIRED})
    if expires_at > now + LONGEST_VALIDITY:
        raise ValidationError({"expires_at": _("At most seven days from now.")})


def reaches_somebody(found: Sequence[Coverage]) -> None:
    """Refuse to send to nobody."""
    if not any(row.is_reached for row in found):
        raise ValidationError(_("Nobody would receive this edition: look at its recipients."), "nobody")


def is_covered(found: Sequence[Coverage], reason: str) -> None:
    """Refuse to leave out anybody without a written reason, and to send to nobody."""
    reaches_somebody(found)
    if any(row.gaps for row in found) and not reason:
        raise ValidationError(
            {"gap_reason": _("Somebody will not be reached: write why it leaves all the same.")}
        )


TAKEN_OFF = _("Somebody took this file off already.")
_TOO_MANY = _("At most %(most)s attachments for a reader: take one off first.")
_NONE_HERE = _("Placeholders such as [[name]] work in the text only.")
_UNKNOWN = _("%(found)s is unknown. Write one of %(known)s, or take the brackets away.")
STALE = _("Somebody saved another version while you were typing. Compare both, then save again.")
REMARKED = _(
    "%(name)s asked for changes since you opened this page. Read them, then approve once more if you still agree."
)
CHANGED = _("The text was changed since you opened this page. Read it again before you approve it.")
EXPIRED = _("It has expired: it would reach people too late. Choose a later moment.")


def needed(text: str, name: str) -> str:
    """Return a text without blanks around it; ValidationError on its field when nothing is left."""
    found = text.strip()
    if not found:
        raise ValidationError({name: _("Write a few words here.")})
    return found
