"""Making the ZIP of the conventions in force: their PDFs, and a list of what is in it and what is not."""

import hashlib
import logging
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.core.files import File
from django.db import DatabaseError
from django.utils import timezone
from django.utils.text import slugify

from conventions import documents, pdf
from conventions.models import Agreement, Amendment, Bundle, Convention
from conventions.models.bundle import LeftOut
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from hubportal.workflow import TransitionError

logger = logging.getLogger(__name__)

LIST: Final = "00-liste-lijst.txt"
HEAD: Final = (
    "Conventions-cadres en vigueur le {day} / Kaderovereenkomsten van kracht op {day}",
    "{count} dans ce fichier, {missing} pas / {count} in dit bestand, {missing} niet",
)
REASONS: Final = {
    LeftOut.PAPER: "sans texte dans le portail (papier) / zonder tekst in het portaal (papier)",
    LeftOut.FAILED: "le PDF n’a pas pu être produit / de pdf kon niet worden gemaakt",
}
"""The list is read by the people of both languages, outside the portal."""


def to_bundle(user: User, day: date) -> list[Convention]:
    """Return the conventions in force on a day that a person may read, one for each commune, in the order of the 19."""
    rows = Convention.objects.visible_to(user).in_force(day)
    return list(rows.select_related("commune").order_by("commune"))


def without_text(rows: list[Convention]) -> list[Convention]:
    """Return those that were recorded on paper, without their articles: one query."""
    known = set(
        Convention._base_manager.filter(pk__in=[row.pk for row in rows], articles__isnull=False)
        .order_by()
        .values_list("pk", flat=True)
    )
    return [row for row in rows if row.pk not in known]


def make_due() -> None:
    """Make the ZIPs that were asked for, and those that dead workers left; one that fails stops no other."""
    for bundle in Bundle.objects.due().select_related("asked_by").order_by("pk"):
        try:
            make(bundle)
        except TransitionError:
            logger.info("the ZIP %s is another worker's", bundle.pk)
        except Exception:
            # What could not be finished is due again once its last count is old.
            logger.exception("the ZIP %s was not made", bundle.pk)


def make(bundle: Bundle) -> None:
    """Make one ZIP; TransitionError when another worker is at it, or took over meanwhile."""
    if not Bundle.can_be_asked_by(bundle.asked_by):
        bundle.fail(claim=bundle.claim, comment="the person left the agency")
        return
    if bundle.is_hopeless():
        bundle.fail(claim=bundle.claim, comment="its workers died again and again")
        return
    day = timezone.localdate()
    rows = to_bundle(bundle.asked_by, day)
    claim = bundle.start(total=len(rows))
    with TemporaryFile() as file:
        left_out = _fill(file, bundle, claim, rows, day)
        if left_out is None:
            logger.info("the ZIP %s was taken over", bundle.pk)
            return
        size = file.tell()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        name = f"conventions-{day:%Y-%m-%d}.zip"
        bundle.finish(
            claim=claim, file=File(file), name=name, size=size, sha256=digest, left_out=left_out
        )  # fmt: skip


def _fill(
    file: IO[bytes], bundle: Bundle, claim: str, rows: list[Convention], day: date
) -> dict[str, str] | None:
    """Write the ZIP; return what is left out and why, None when another worker took over."""
    left_out: dict[str, str] = {}
    lines: list[str] = []
    on_paper = {row.pk for row in without_text(rows)}
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for number, row in enumerate(rows, start=1):
            parts = {} if row.pk in on_paper else _parts(row, day)
            for name, content in parts.items():
                archive.writestr(name, content)
            if not parts:
                left_out[row.reference] = LeftOut.PAPER if row.pk in on_paper else LeftOut.FAILED
            lines.append(_line(row, list(parts), left_out.get(row.reference)))
            if not bundle.count(claim, number):
                return None
        numbers: dict[str, Any] = {
            "day": short_date(day), "count": len(rows) - len(left_out), "missing": len(left_out),
        }  # fmt: skip
        text = "\r\n".join([*(line.format(**numbers) for line in HEAD), "", *lines, ""])
        archive.writestr(LIST, text.encode("utf-8-sig"), ZIP_DEFLATED)
    return left_out


def _line(row: Convention, names: list[str], reason: str | None) -> str:
    commune = row.commune
    of = commune.name_fr if commune.name_fr == commune.name_nl else f"{commune.name_fr} / {commune.name_nl}"
    return f"{row.reference}  {of}: {', '.join(names) if reason is None else REASONS[LeftOut(reason)]}"


def _parts(row: Convention, day: date) -> dict[str, bytes]:
    """Return the PDFs of a convention and of its amendments in force by name; nothing when one cannot be drawn."""
    amendments: Any = Amendment.objects
    changed = amendments.in_force(day).filter(convention=row).select_related("convention")
    name = slugify(row.commune.name_fr)
    try:
        return {
            f"{row.commune_id}-{name}-{part}.pdf": _pdf(part) for part in (row, *changed.order_by("number"))
        }
    except DatabaseError:
        raise
    except Exception:
        logger.exception("%s is left out of a ZIP", row)
        return {}


def _pdf(part: Agreement) -> bytes:
    """Return the kept document of a frozen text, made now if need be; else a drawing of what was recorded."""
    if not part.content_hash:
        return pdf.rendered(part)
    kept = documents.stored(part)
    if kept is None:
        documents.make(part)
        kept = documents.stored(part)
    if kept is None:
        raise LookupError(f"{part} has no document")
    with kept.file.open("rb") as content:
        held: bytes = content.read()
    return held
