"""How heavy the mail of an edition is: mail programs cut off what is much longer, the link to acknowledge with it."""

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailings import freezing, parity
from mailings.letter import placeholders
from mailings.letter.headers import own_headers
from mailings.letter.posting import letter_of, sender_domain
from mailings.letter.skeleton import Skeleton
from mailings.models.choices import BOTH, LANGUAGES
from mailings.parity import Finding, Line

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing

LIMIT: Final = 100_000
"""Bytes: Gmail cuts a message off at 102 kB."""
_VALUE: Final = "x" * 60
"""Stands for each placeholder: as long as the name of an office and its portfolio."""
_SENTENCES: Final = 4
"""Why somebody receives it is that many times longer."""
_WORDS: Final[dict[str, str | Promise]] = {
    "fr": gettext_lazy(
        "The mail in French is %(size)s kB: above %(most)s kB, mail programs cut it off. Shorten the text, or move "
        "a part of it behind a link."
    ),
    "nl": gettext_lazy(
        "The mail in Dutch is %(size)s kB: above %(most)s kB, mail programs cut it off. Shorten the text, or move "
        "a part of it behind a link."
    ),
    BOTH: gettext_lazy(
        "The mail in both languages is %(size)s kB: above %(most)s kB, mail programs cut it off. Shorten the texts, "
        "or move a part of them behind a link."
    ),
}


def sizes(mailing: "Mailing") -> dict[str, int]:
    """Return the bytes of the mail in French, in Dutch and in both, as the sender would build it."""
    now, found = timezone.now(), {}
    own = own_headers(
        address=f"{_VALUE}@{sender_domain()}",
        token=_VALUE,
        message_id=f"<{_VALUE}@{sender_domain()}>",
        date=now,
        languages=("fr",),
        base_url=settings.BASE_URL,
    )
    values = dict.fromkeys(placeholders.VALUES, _VALUE)
    values |= {f"about_{language}": _VALUE * _SENTENCES for language in LANGUAGES}
    for row in freezing.frozen(mailing, now):
        letter, common = letter_of(row)
        # A draft may have a placeholder in its subject, and none at all.
        sound = letter._replace(subject=placeholders.one_line(letter.subject).strip() or "–")
        found[row.language] = len(Skeleton(sound, common).build(values, own))
    return found


def report(mailing: "Mailing") -> parity.Report:
    """Return what must be mended before approval is asked for: parity, then the size where it is too great."""
    found = parity.check(mailing.side("fr"), mailing.side("nl"))
    heavy = _too_heavy(mailing)
    if not heavy:
        return found
    label = _("The mail is too long")
    finding = Finding("size", "", heavy, is_blocking=True, label=label)
    return found._replace(lines=(*found.lines, Line("size", label, (finding,))))


def is_light(mailing: "Mailing") -> None:
    """Refuse a mail that mail programs would cut off."""
    if heavy := _too_heavy(mailing):
        raise ValidationError(heavy, "size")


def kilobytes(size: int) -> int:
    """Return a size as people say it; a part of a kilobyte counts as one."""
    return -(-size // 1000)


def _too_heavy(mailing: "Mailing") -> str:
    """Say which form of the mail is too heavy, and by how much; empty when none is."""
    key, size = max(sizes(mailing).items(), key=lambda item: item[1])
    if size <= LIMIT:
        return ""
    facts = {"size": kilobytes(size), "most": LIMIT // 1000}
    return str(_WORDS[key]) % facts
