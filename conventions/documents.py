"""The PDFs that are made once: of each frozen text the one to sign, of each signed one the final text."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from conventions import pdf
from conventions.models import Agreement, Amendment, Convention, Document
from conventions.models.choices import BINDING, DOCUMENTS
from hubportal.outbox.bell import ring


def kind_of(agreement: Agreement) -> str:
    """Return which document an agreement has, as it stands."""
    return Document.Kind.TEXT if agreement.status in BINDING else Document.Kind.TO_SIGN


def stored(agreement: Agreement) -> Document | None:
    """Return the document that was made of a frozen text; None while it is not made."""
    return Document.objects.filter(content_hash=agreement.content_hash, kind=kind_of(agreement)).first()


def missing() -> list[Agreement]:
    """Return what is frozen and has no document yet."""
    found: list[Agreement] = []
    for model in (Convention, Amendment):
        frozen = model._base_manager.exclude(content_hash="")
        known = Document.objects.filter(content_hash=OuterRef("content_hash"))
        # One that was abandoned while it was to sign keeps its fingerprint, and its page offers the text.
        of_kind = Q(status__in=("to_sign", "abandoned")) & ~Exists(known.filter(kind=Document.Kind.TO_SIGN))
        of_text = Q(status__in=BINDING) & ~Exists(known.filter(kind=Document.Kind.TEXT))
        found += frozen.filter(of_kind | of_text).order_by("pk")
    return found


def order() -> int:
    """Call a worker for what is missing; return how many documents are."""
    count = len(missing())
    if count:
        ring(DOCUMENTS)
    return count


@transaction.atomic
def make(agreement: Agreement) -> bool:
    """Draw and keep the document of a frozen text; False when it is there, or the text is not frozen any more."""
    # The lock: two workers draw one text once, and what is drawn is what was frozen.
    row = type(agreement)._base_manager.select_for_update(of=("self",)).get(pk=agreement.pk)
    if not row.content_hash or stored(row):
        return False
    content = pdf.rendered(row)
    name = f"{row}.pdf"
    Document.objects.create(
        **{row.OWNER: row}, content_hash=row.content_hash, kind=kind_of(row), name=name,
        file=ContentFile(content, name), content_type="application/pdf", size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    return True
