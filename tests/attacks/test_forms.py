"""Fields that nobody drew but somebody sends, and questions that an address asks of the database.

One's own address and access: tests/accounts/test_details.py. Rows of others in a choice: tests/test_relations.py.
"""

import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.contrib import admin
from django.forms import ModelForm
from django.test import Client, RequestFactory
from django.urls import reverse

import communes
import conventions
import hubportal
import mailings
import spoc
from hubportal.accounts.models import RoleGrant, User
from hubportal.exports import cell
from spoc.models import Concern, ServiceRequest
from tests.cast import COMMUNE_A, COMMUNE_B, PASSWORD
from tests.routes import route_names
from tests.spoc.stories import a_draft

APPS: Final = (communes, conventions, hubportal, mailings, spoc)
NEVER: Final = re.compile(
    r"status|state|outcome|role|is_active|is_staff|is_superuser|password|email|commune|"
    r".*_by|author|owner|user|user_permissions|groups|grants|pk|id|reference|number|.*_at|digest|token|is_secret"
)
"""Columns that only verbs, the portal or the desk write."""


KNOWN: Final = {
    "spoc.concerns.raising_forms.RaiseForm: commune": "one's own communes only: the choice is made for the person",
    "spoc.meeting_forms.MeetingForm: starts_at": "when people meet",
    "mailings.rhythm_forms.RhythmForm: leaves_at": "when an edition is planned to leave",
    "mailings.rhythm_forms.RhythmForm: is_active": "whether the rhythm goes on, for who may write it",
}
"""Fields that have such a name and are for people to say."""


def forms_of_pages() -> set[Any]:
    """Return the forms of the portal that write into a row, and not those of the desk."""
    for app in APPS:
        for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if "form" in module.name:
                importlib.import_module(module.name)
    found, waiting = set(), [ModelForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            names = {base.__name__ for base in form.__mro__}
            is_ours = form.__module__.partition(".")[0] in {app.__name__ for app in APPS}
            if (
                is_ours
                and getattr(form, "_meta", None)
                and form._meta.model
                and "PlacedErrorsForm" not in names
            ):
                found.add(form)
    return found


def test_no_form_of_a_page_writes_what_only_a_verb_may() -> None:
    """GitHub in 2012 (Rails): a field that no page drew, sent all the same, put a key into another's account."""
    forms = forms_of_pages()
    assert len(forms) > 8
    sent = {
        f"{form.__module__}.{form.__name__}: {name}"
        for form in forms
        for name in form.base_fields
        if NEVER.fullmatch(name)
    }
    assert sent == set(KNOWN)


def test_each_form_names_its_columns() -> None:
    """GitHub in 2012 (Rails): a form of "all columns" takes the next one that somebody adds to the model."""
    assert [
        form for form in forms_of_pages() if form._meta.fields in (None, "__all__") or form._meta.exclude
    ] == []


@pytest.mark.django_db
def test_no_screen_of_the_desk_sets_a_status(lead: User) -> None:
    """GitHub in 2012 (Rails), in the desk: what has verbs changes by them, whoever sends the field."""
    request = RequestFactory().get("/")
    request.user = lead
    for model, screen in sites().items():
        if hasattr(model, "next_steps"):
            assert "status" in screen.get_readonly_fields(request), model


def sites() -> dict[Any, Any]:
    """Return the screens of the desk."""
    return dict(admin.site._registry)


FORGED: Final = {
    "status": "closed", "commune": COMMUNE_B, "commune_id": COMMUNE_B, "created_by": "1", "raised_by": "1",
    "reference": "D-1",
    "assigned_to": "1", "accepted_at": "2020-01-01", "is_active": "1", "is_staff": "1", "is_superuser": "1",
    "role": "admin", "roles": "admin", "grants-0-role": "admin", "grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0",
    "email": "evil@evil.example", "password": "x", "approved_by": "1", "outcome": "solved", "user": "1",
    "id": "1", "pk": "1",
}  # fmt: skip


@pytest.mark.django_db
def test_what_is_sent_besides_changes_no_details(client: Client, echevine: User) -> None:
    """GitHub in 2012 (Rails): role, access and address sent along with one's telephone number."""
    client.force_login(echevine)
    known = {
        "first_name": "N",
        "last_name": "C",
        "phone": "02 000 00 77",
        "language": "fr",
        "content_language": "fr",
    }
    assert client.post(reverse("accounts:details"), {**FORGED, **known}).status_code == 302
    person = User.objects.get(pk=echevine.pk)
    assert (person.first_name, person.email, person.is_superuser) == ("N", echevine.email, False)
    assert person.check_password(PASSWORD)
    assert not RoleGrant.objects.filter(user=person).exists()


@pytest.mark.django_db
def test_what_is_sent_besides_changes_no_request(client: Client, echevine: User) -> None:
    """GitHub in 2012 (Rails): commune, status, reference and who made it, sent along with a title."""
    row = a_draft(echevine)
    client.force_login(echevine)
    address = reverse("spoc:request-edit", args=[row.pk, "subject"])
    form = client.get(address).context["form"]
    words = {name: form[name].value() or "" for name in form.fields}
    client.post(address, {**FORGED, **words, "title": "Un autre titre"})
    row.refresh_from_db()
    assert row.title == "Un autre titre"
    assert (row.status, row.commune_id, row.created_by, row.assigned_to) == (
        "draft",
        COMMUNE_A,
        echevine,
        None,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("commune", [COMMUNE_B, "21001 ", "99999", "21001' OR '1'='1"])
def test_nobody_asks_in_the_name_of_another_commune(commune: str, client: Client, echevine: User) -> None:
    """faveo-helpdesk #8166: who asks, changed in what a form sent, opened a ticket in another's name."""
    client.force_login(echevine)
    words = {"title": "Terrasses", "text": "Où ?", "theme": "terraces", "urgency": "normal", "language": "fr"}
    for field in ("commune", "acting_for", "for"):
        client.post(reverse("spoc:concern-new"), {**words, field: commune})
        client.post(
            f"{reverse('spoc:request-begin', args=['audit'])}?{field}={COMMUNE_B}", {**words, field: commune}
        )
    assert not Concern.objects.exclude(commune=COMMUNE_A).exists()
    assert not ServiceRequest.objects.exclude(commune=COMMUNE_A).exists()
    assert client.post(reverse("communes:switch"), {"commune": commune}).status_code == 404


FORMULAS: Final = (
    '=HYPERLINK("https://evil.example")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1",
    "\u00a0=1", "\u202e=1",
    "\x00=1", "\u2066=1", "=cmd|' /C calc'!A0", "\x1f=1", "\v=1", "\u3000=1", "\u2003+1",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_a_formula(text: str) -> None:
    """OWASP's CSV injection: what a commune typed is computed by whoever opens the agency's table."""
    shown = str(cell(text))
    first = shown.lstrip("\u200b\ufeff")[:1]
    assert first == "'"


def test_no_sql_is_put_together_from_words() -> None:
    """CVE-2022-28346 and CVE-2021-35042 (Django): names of columns from an address became SQL."""
    root = Path(settings.BASE_DIR)
    open_doors = re.compile(
        r"\.extra\(|RawSQL|order_by\([^)]*request\.(GET|POST)|\*\*request\.|filter\(\*\*.*(GET|POST)"
    )
    found = {
        str(path.relative_to(root))
        for app in APPS
        for path in Path(app.__path__[0]).rglob("*.py")
        if open_doors.search(path.read_text(encoding="utf-8"))
    }
    assert found == set()


TABLES: Final = re.compile(r"csv\.(Dict)?[wW]riter\(|Workbook\(|text/csv|spreadsheetml")
ONE_WRITER: Final = {
    "hubportal/exports.py": "the writer: each cell goes through `cell`",
    "hubportal/files/checks.py": "reads what was sent in",
    "mailings/proving.py": "hands out what `csv_lines` of the writer made, and was stored",
}


def test_there_is_one_way_to_write_a_table() -> None:
    """CWE-1236: a table of its own, somewhere in an app, would let a name begin a formula."""
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for app in APPS
        for path in Path(app.__path__[0]).rglob("*.py")
        if TABLES.search(path.read_text())
    }
    assert found == set(ONE_WRITER)
    routes = {name for name in route_names() if re.search(r"csv|xlsx|export", name)}
    assert routes == {
        *(
            f"spoc:{noun}-{form}"
            for noun in ("request", "concern", "note", "answer")
            for form in ("csv", "xlsx")
        ),
        *("mailings:proof-csv", "admin:accounts_journalentry_export"),
    }
