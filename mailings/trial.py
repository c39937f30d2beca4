"""A letter to oneself: as recipients will get it, with one's own name, and links that record nothing."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from hubportal.accounts.models import User
from hubportal.outbox.models import post
from mailings import freezing, reasons
from mailings.letter import placeholders
from mailings.letter.headers import own_headers
from mailings.letter.posting import letter_of, sender_domain
from mailings.letter.skeleton import Skeleton
from mailings.models import LANGUAGES, Mailing

MARK: Final = "[Essai/Test]"
EXAMPLE: Final = "test"
"""What stands in the links of an example: it opens nobody's letter."""


class Trial(NamedTuple):
    """The letter in one language, or in both, with example values in it."""

    language: str
    subject: str
    text: str
    html: str


def values(user: User) -> dict[str, str]:
    """Return what stands for the placeholders: the reader's own name, and plainly an example for the rest."""
    contact = settings.CONTACT_EMAIL
    found = {
        "name": user.full_name,
        "token": EXAMPLE,
        "spoc": "hub.brussels",
        "caller_email": contact,
        "caller_contact": contact,
    }
    for language in LANGUAGES:
        with translation.override(language):
            office, commune = gettext("(your office)"), gettext("(your commune)")
            facts = {"name": user.full_name, "office": office, "commune": commune}
            found[f"office_{language}"], found[f"commune_{language}"] = office, commune
            found[f"about_{language}"] = reasons.example()
            found[f"for_{language}"] = gettext("For %(name)s, %(office)s, %(commune)s") % facts
    return found


def trials(mailing: Mailing, user: User) -> dict[str, Trial]:
    """Return the letter in French, in Dutch and in both, by "fr", "nl" and "fr,nl"."""
    example = values(user)
    return {key: one(mailing, key, example) for key in freezing.KEYS}


def one(mailing: Mailing, key: str, example: Mapping[str, str]) -> Trial:
    """Return the letter in one of its forms, with the values of somebody in it; `key` as in `trials`."""
    (row,) = freezing.frozen(mailing, timezone.now(), [key])
    return Trial(
        row.language,
        row.subject,
        placeholders.fill(_harmless(mailing, row.text), example),
        placeholders.fill(_harmless(mailing, row.html), example, is_html=True),
    )


def message(mailing: Mailing, user: User, key: str) -> bytes:
    """Return the letter to oneself as MIME, made by what makes every message of the edition; `key` as in `trials`."""
    moment = timezone.now()
    (row,) = freezing.frozen(mailing, moment, [key])
    found, common = letter_of(row)
    letter = found._replace(
        # A draft may have no subject yet; a mail has one.
        subject=placeholders.one_line(found.subject).strip() or "–",
        text=_harmless(mailing, found.text),
        html=_harmless(mailing, found.html),
    )
    example = values(user)
    own = own_headers(
        address=user.email or settings.CONTACT_EMAIL,
        token=example["token"],
        message_id=f"<example.{mailing.number}@{sender_domain()}>",
        date=moment,
        languages=found.languages,
        base_url=settings.BASE_URL,
    )
    return Skeleton(letter, common).build(example, own)


@transaction.atomic
def send(mailing: Mailing, user: User) -> None:
    """Send the letter to oneself in each of its forms; the person must have an address."""
    for trial in trials(mailing, user).values():
        post(
            to=user.email or "",
            person=user,
            language=trial.language,
            subject=f"{MARK} {trial.subject}".strip(),
            text=trial.text,
            html=trial.html,
            kind="mailing test",
        )


def _harmless(mailing: Mailing, template: str) -> str:
    """Return a part of the letter whose private links, which are a recipient's, lead to the preview instead."""
    base = settings.BASE_URL.rstrip("/")
    for language in LANGUAGES:
        with translation.override(language):
            preview = base + reverse("mailings:preview", args=[mailing.number])
        link = rf"{re.escape(base)}/{language}/mailings/(?:read|stop)/\[\[token\]\]/"
        template = re.sub(link, preview, template)
    return template
