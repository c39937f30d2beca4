"""Recording a signature on the portal: what is refused says so at its field."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conventions.models import Evidence
from hubportal.accounts.models import User
from tests.conventions.agreements import a_pdf, frozen, sign_one
from tests.conventions.drafts import a_bourgmestre, days, recorded
from tests.conventions.pages import errors, take

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signed_on": ""}, "signed_on"),
        ({"signed_on": lambda: days(1).isoformat()}, "signed_on"),
        ({"signed_on": lambda: days(-1).isoformat()}, "signed_on"),
        ({"method": "stamp"}, "method"),
        ({"upload": lambda: SimpleUploadedFile("signed.pdf", b"MZ no PDF")}, "upload"),
        ({"upload": lambda: SimpleUploadedFile("signed.docx", b"%PDF-1.7")}, "upload"),
        ({"upload": lambda: a_pdf(b"%PDF-1.7" + b"0" * 60_000_000)}, "upload"),
        ({"upload": lambda: a_pdf(b"")}, "upload"),
        ({"upload": ""}, "upload"),
        ({"signatory": ""}, "signatory"),
        ({"signatory": 10**9}, "signatory"),
    ],
)
def test_a_signature_that_is_refused_says_so_at_its_field(
    changes: dict[str, Any], field: str, client: Client, lead: User
) -> None:
    row = frozen()
    answers = {
        "signatory": row.signatories.get(office="secretary").pk, "signed_on": days(0).isoformat(),
        "method": "handwritten", "upload": a_pdf(),
    }  # fmt: skip
    answers |= {name: value() if callable(value) else value for name, value in changes.items()}
    found = errors(take(client, lead, row, "sign", **answers))
    # The browser does not keep a file: that is said too.
    assert set(found) - {"upload"} <= {field}
    assert found[field]
    assert not Evidence.objects.exists()
    row.refresh_from_db()
    assert row.status == "to_sign"


def test_a_signature_of_a_person_without_a_mandate_that_day(client: Client, lead: User) -> None:
    row = frozen()
    a_bourgmestre().mandates.update(ends_on=days(-1))
    signatory = row.signatories.get(office="bourgmestre")
    answers = {"signed_on": days(0).isoformat(), "method": "handwritten", "upload": a_pdf()}
    assert "signatory" in errors(take(client, lead, row, "sign", signatory=signatory.pk, **answers))


def test_an_exclusion_of_the_database_is_said_in_words(client: Client, lead: User) -> None:
    row = frozen(first_day=days(0))
    for office in ("bourgmestre", "secretary", "director"):
        sign_one(row, office)
    recorded(reference="CC-2099-01", in_force_from=days(30))
    answers = {"signed_on": days(0).isoformat(), "method": "handwritten", "upload": a_pdf()}
    last = row.signatories.get(office="representative")
    found = errors(take(client, lead, row, "sign", signatory=last.pk, **answers))
    assert found["__all__"]
    row.refresh_from_db()
    assert row.status == "to_sign"
