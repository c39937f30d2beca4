"""Agreements on their way: one begun from the outline, and one for each step that it took after that."""

from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from communes.models import Commune
from conventions.models import Agreement, Amendment, Bundle, Change, Convention, Party, Signatory
from hubportal.accounts.models import User
from hubportal.files.models import StoredFile
from tests.conventions.drafts import COMMUNE_A, a_bourgmestre, a_lead, a_theme
from tests.remembered import remembered

FIRST_DAY = date(2027, 1, 1)


def a_pdf(content: bytes = b"%PDF-1.7 signed", name: str = "signed.pdf") -> SimpleUploadedFile:
    """Return a PDF, as far as its first bytes tell."""
    return SimpleUploadedFile(name, content, "application/pdf")


def bytes_of(row: StoredFile) -> bytes:
    """Return what a kept file holds."""
    with row.file.open("rb") as content:
        held: bytes = content.read()
    return held


def with_signatories(agreement: Agreement, by: User) -> None:
    """Let the four people who sign be known."""
    agreement.add_signatory(by=by, office="bourgmestre", user=a_bourgmestre(agreement.nis))
    agreement.add_signatory(by=by, office="secretary", name="Odette Secrétaire")
    agreement.add_signatory(by=by, office="director", name="Hélène Directrice")
    agreement.add_signatory(by=by, office="representative", name="Paul Agence")


@remembered
def begun(commune: str = COMMUNE_A, first_day: date = FIRST_DAY) -> Convention:
    """Return a draft with the 18 articles, a theme and its signatories, in force from `first_day`."""
    lead = a_lead()
    draft = Convention.objects.begin(commune=Commune.objects.get(pk=commune), by=lead)
    draft.set_term(by=lead, in_force_from=first_day)
    draft.open_theme(by=lead, theme=a_theme(), modality_fr="Un diagnostic.", modality_nl="Eén diagnose.")
    with_signatories(draft, lead)
    return draft


@remembered
def shared(**options: Any) -> Convention:
    """Return one in negotiation."""
    draft = begun(**options)
    draft.share(by=a_lead())
    return draft


def agree_both(agreement: Agreement) -> None:
    """Let both parties agree to the text."""
    agreement.agree(by=a_lead())
    agreement.agree(by=a_bourgmestre(agreement.nis))


@remembered
def frozen(**options: Any) -> Convention:
    """Return one to sign."""
    convention = shared(**options)
    agree_both(convention)
    convention.freeze(by=a_lead())
    return convention


def sign_one(agreement: Agreement, office: str, **changes: Any) -> None:
    """Record the signature of one office."""
    facts: dict[str, Any] = {
        "by": a_lead(), "signatory": agreement.signatories.get(office=office),
        "signed_on": timezone.localdate(), "method": "handwritten", "upload": a_pdf(),
    }  # fmt: skip
    agreement.sign(**facts | changes)


def sign_all(agreement: Agreement) -> None:
    """Record the signatures that are missing."""
    for row in agreement.signatories.filter(signed_on=None).order_by("pk"):
        sign_one(agreement, row.office)


@remembered
def signed(**options: Any) -> Convention:
    """Return one that all signed."""
    convention = frozen(**options)
    sign_all(convention)
    return convention


@remembered
def an_amendment(convention: Convention | None = None, **facts: Any) -> Amendment:
    """Return a draft that replaces article 5, with its signatories."""
    root = convention or signed(first_day=timezone.localdate())
    lead = a_lead()
    row = Amendment.objects.begin(convention=root, by=lead, title_fr="Thématiques", title_nl="Thema’s")
    row.set_facts(by=lead, **{"in_force_from": root.in_force_from, **facts})
    row.change_article(
        by=lead, change=Change.REPLACE, number=5,
        title_fr="Thématiques", title_nl="Thema’s", body_fr="Nouveau.", body_nl="Nieuw.",
    )  # fmt: skip
    with_signatories(row, lead)
    return row


def sign_amendment(amendment: Amendment) -> None:
    """Take an amendment from its draft to the last signature."""
    lead = a_lead()
    amendment.share(by=lead)
    amendment.agree(by=lead, party=Party.AGENCY)
    amendment.agree(by=lead, party=Party.COMMUNE, note="Courriel du 3 mars")
    amendment.freeze(by=lead)
    sign_all(amendment)


# --- For the walk through every transition (tests/test_transitions.py) ------------------------------------------

A_ZIP: dict[str, Any] = {
    "file": lambda: ContentFile(b"PK\x05\x06"), "name": "19.zip", "size": 4, "sha256": "b" * 64,
    "claim": lambda: Bundle.objects.get().claim,
}  # fmt: skip


def facts(status: str) -> dict[str, Any]:
    """Return what the database wants in an agreement of a status; nobody has signed it yet."""
    Signatory.objects.filter(convention__status="draft").update(signed_on=None)
    now = timezone.now()
    if status == "abandoned":
        return {"abandon_reason": "Erreur"}
    if status == "negotiation":
        return {"shared_at": now}
    return {"shared_at": now, "content_hash": "c" * 64, "frozen_at": now, **_consent()}


def _consent() -> dict[str, Any]:
    by, now = a_lead(), timezone.now()
    return {
        "agency_agreed_at": now, "agency_agreed_by": by, "commune_agreed_at": now, "commune_agreed_by": by,
    }  # fmt: skip


def once_both_agree() -> User:
    """Let both parties agree to what is in negotiation; return whoever freezes it."""
    for model in (Convention, Amendment):
        model._base_manager.filter(status="negotiation").update(**_consent())
    return a_lead()


def forgotten() -> dict[str, Any]:
    """Return the facts of a bundle whose worker died."""
    return {"beat_at": timezone.now() - timedelta(hours=1), "claim": "c" * 32}


ARGUMENTS: dict[str, dict[str, Any]] = {
    "agree": {"party": "agency"},
    "freeze": {"by": once_both_agree},
    "sign": {
        "signatory": lambda: Signatory.objects.filter(signed_on=None, office="secretary").last(),
        "signed_on": timezone.localdate, "method": "handwritten", "upload": a_pdf,
    },
    "send_back": {"comment": "Une coquille"},
    "abandon": {"reason": "Erreur"},
}  # fmt: skip
