"""Attachments for tests: small files that are what they say, and editions that have some."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from hubportal.accounts.models import Role
from mailings.models import BOTH, Attachment, Mailing
from tests.mailings.made import an_edition, brought_to, person

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def a_pdf(name: str = "horaires.pdf", words: bytes = b"") -> SimpleUploadedFile:
    """Return an upload that begins as a PDF does; other words, another fingerprint."""
    return SimpleUploadedFile(name, PDF + words, "application/pdf")


def attach(row: Mailing, name: str = "horaires.pdf", language: str = BOTH) -> Attachment:
    """Attach a file by the verb; its content is its name."""
    upload = a_pdf(name, name.encode())
    row.attach(by=person(Role.EDITOR), upload=upload, language=language, version=row.version)
    return row.attached[-1]


def with_attachment(status: str, name: str = "horaires.pdf") -> tuple[Mailing, Attachment]:
    """Return an edition that reached a state by its verbs, with a file for both languages."""
    row = an_edition()
    file = attach(row, name)
    brought_to(status, row)
    return row, file


def an_attachment() -> int:
    """Write an attachment of the only edition there is behind the verbs' back, whatever its state; return its key."""
    row = Mailing.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hubportal.retention = 'on'")
    file = Attachment.objects.create(
        mailing=row, language=BOTH, added_by=row.created_by, added_in=1, **Attachment.facts_of(a_pdf())
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hubportal.retention = 'off'")
    return file.pk
