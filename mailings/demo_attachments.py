"""The files of the demonstration's last edition that was sent: a form in each language, drawn when it is loaded."""

from collections.abc import Iterable
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile

from hubportal.accounts.models import User
from hubportal.pdf import drawn, why_not
from hubportal.retention import retention
from mailings.models import Attachment, Language, Mailing

VERSION: Final = 2
"""That of every edition of the demonstration's past."""
PAGE: Final = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="pdf.css"></head><body><p class="band"><b>hubportal</b></p><h1>{title}</h1>
<p>{words}</p><ul>{items}</ul></body></html>"""
FORMS: Final = {
    Language.FR: (
        "demande-eclairage-provisoire.pdf",
        "Demande d’éclairage provisoire",
        "À joindre au dossier de chantier, pour tout chantier de plus de 29 jours.",
        ("Commune et rue", "Début et fin du chantier", "Personne de contact", "Commerces concernés"),
    ),
    Language.NL: (
        "aanvraag-tijdelijke-verlichting.pdf",
        "Aanvraag voor tijdelijke verlichting",
        "Bij het werfdossier te voegen, voor elke werf van meer dan 29 dagen.",
        ("Gemeente en straat", "Begin en einde van de werf", "Contactpersoon", "Betrokken handelaars"),
    ),
}
"""By language: the name of the file, its title, to what it belongs, what it asks."""


def files(editor: User) -> list[Attachment]:
    """Return a file for each language, not written yet; none where this machine cannot draw."""
    if why_not():
        return []
    return [
        Attachment(
            language=language,
            added_by=editor,
            added_in=VERSION,
            **Attachment.facts_of(_form(language, *words)),
        )
        for language, words in FORMS.items()
    ]


def keep(mailing: Mailing, rows: Iterable[Attachment]) -> None:
    """Write the files of an edition that was sent: its past is not taken step by step."""
    with retention():
        for row in rows:
            row.mailing, row.added_at = mailing, mailing.saved_at
            row.save()


def _form(language: str, name: str, title: str, words: str, items: tuple[str, ...]) -> SimpleUploadedFile:
    lines = "".join(f"<li>{item}</li>" for item in items)
    page = PAGE.format(language=language, title=title, words=words, items=lines)
    return SimpleUploadedFile(name, drawn(page), "application/pdf")
