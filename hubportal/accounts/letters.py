"""Mail to a person, in their content language; who has not chosen receives French and Dutch in one message."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models.person import User
from hubportal.outbox.models import OutboxMessage, post

if TYPE_CHECKING:
    from hubportal.accounts.models import Objection

BOTH = ("fr", "nl")
BETWEEN = "\n\n----------------------------------------\n\n"


class Reader(Protocol):
    """Somebody who is written to: `content_language` is "fr", "nl" or empty."""

    content_language: str


def languages_of(person: Reader | None) -> tuple[str, ...]:
    """Return the languages in which somebody is written to; an unknown person, too, gets both."""
    return (person.content_language,) if person and person.content_language else BOTH


def write_to(
    address: str,
    person: User | None,
    subject_template: str,
    text_template: str,
    context: Mapping[str, Any],
    *,
    kind: str,
    html_template: str = "",
    is_secret: bool = False,
) -> OutboxMessage:
    """Render a mail once for each of the person's languages and put it into the outbox.

    The templates find the language of the moment in `language`; that of the HTML twin, rendered once, finds all of
    them in `languages`, the subject in `subject` and the portal's address in `base_url`. Runs in the caller's
    transaction.
    """
    subjects, texts = [], []
    for language in languages_of(person):
        with translation.override(language):
            here = {**context, "language": language, "person": person}
            # The subject is one line; the template engine knows nothing of that.
            subjects.append(" ".join(render_to_string(subject_template, here).split()))
            texts.append(render_to_string(text_template, here).strip())
    subject, html = " / ".join(subjects), ""
    if html_template:
        with translation.override(languages_of(person)[0]):
            both = {"languages": languages_of(person), "subject": subject, "base_url": settings.BASE_URL}
            html = render_to_string(html_template, {**context, **both, "person": person})
    return post(
        to=address,
        person=person,
        language=", ".join(languages_of(person)),
        subject=subject,
        text=BETWEEN.join(texts) + "\n",
        html=html,
        kind=kind,
        is_secret=is_secret,
    )


def tell_of_answer(row: "Objection") -> None:
    """Send a person the answer to their objection, if they can still be reached."""
    if not row.user.email:
        return
    links = {}
    for language in languages_of(row.user):
        with translation.override(language):
            links[language] = settings.BASE_URL + reverse("accounts:my-data")
    stem, context = "accounts/email/objection_answered", {"row": row, "links": links}
    write_to(
        row.user.email, row.user, f"{stem}.subject.txt", f"{stem}.txt", context, kind="objection answered"
    )
