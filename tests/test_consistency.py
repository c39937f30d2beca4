"""Tests of the code base itself: nothing unused, nothing untranslated, no rule without a message."""

import ast
import re
from pathlib import Path

from django.apps import apps
from django.contrib import admin
from django.db import models

from tests import catalogues

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
OURS = ("hubportal", "communes", "conventions", "spoc", "mailings")
FOUND_BY_NAME = (
    "admin/",
    "account/",
    "mfa/",
    "socialaccount/",
    "forms/",
    "400",
    "403",
    "404",
    "429",
    "500",
    "503",
)
"""Templates that Django, allauth or the form renderer look up by their name."""


def sources() -> str:
    """Return the text of all Python and template files of the project."""
    files = [path for app in OURS for path in (ROOT / app).rglob("*.py")] + list(TEMPLATES.rglob("*"))
    return "\n".join(path.read_text() for path in files if path.is_file())


def our_models() -> list[type[models.Model]]:
    """Return the models of the project's own apps."""
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]


def test_every_template_is_used() -> None:
    text = sources()
    names = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file()]
    unused = [name for name in names if not name.startswith(FOUND_BY_NAME) and name not in text]
    # Mail templates are named by their stem: account/email/login_code.
    assert [
        name for name in unused if re.sub(r"[._](subject|message)?\.?(txt|html)$", "", name) not in text
    ] == []


def test_no_template_holds_an_inline_style_or_script() -> None:
    found = [
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if "/email/" not in str(path)
        and re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", path.read_text())
    ]
    assert found == []


def test_french_and_dutch_are_complete() -> None:
    assert [
        problem for language in catalogues.LANGUAGES for problem in catalogues.problems_of(language)
    ] == []


def test_every_constraint_has_a_message_for_people() -> None:
    without = [
        constraint.name
        for model in our_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
    ]
    assert without == []


def test_every_model_has_an_order_and_names() -> None:
    # Events and installation are never listed by a person.
    for model in our_models():
        if not model.__name__.endswith("Event"):
            assert {"verbose_name", "verbose_name_plural"} <= set(model._meta.original_attrs), model
        if not model.__name__.endswith(("Event", "Installation")):
            assert model._meta.ordering, model


def test_every_row_that_belongs_to_somebody_says_who_may_see_it() -> None:
    hidden = {
        "Installation",
        "AssociationEvent",
        "BundleEvent",
        "CollegeTransitionEvent",
        "MailingEvent",
        "Pace",
    }
    for model in our_models():
        if model.__name__ not in hidden:
            assert hasattr(model._default_manager.all(), "visible_to"), model


def test_the_admin_goes_through_visible_to() -> None:
    from hubportal.access.admin import PortalModelAdmin

    outside = [
        model for model, view in admin.site._registry.items() if not isinstance(view, PortalModelAdmin)
    ]
    assert outside == []


def test_status_is_assigned_by_the_workflow_only() -> None:
    # A delivery is a row of mail, like the outbox's.
    allowed = {ROOT / "hubportal/workflow/models.py", ROOT / "mailings/models/delivery.py"}
    allowed |= {ROOT / "mailings/models" / name for name in ("delivery_queryset.py", "returning.py")}
    found = [
        str(path.relative_to(ROOT))
        for app in OURS
        for path in (ROOT / app).rglob("*.py")
        if path not in allowed and "migrations" not in path.parts and "outbox" not in path.parts
        and re.search(r"\.status\s*=[^=]|update\([^)]*status=", path.read_text())
    ]  # fmt: skip
    assert found == []


def test_what_became_of_a_message_is_written_by_its_verbs_only() -> None:
    columns = {"replaced_at", "leave_by", "accepted_at", "bounced_at", "acknowledged_at"}
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "mailings").rglob("*.py")
        if path.parent.name not in ("models", "migrations")
        for name in _written(ast.parse(path.read_text())) & columns
    ]
    # A message that is not saved yet; the past, which is written at once.
    assert sorted(found) == [
        "mailings/demo_deliveries.py: acknowledged_at",
        "mailings/following.py: leave_by",
    ]


def _written(tree: ast.AST) -> set[str]:
    """Return the columns that a module updates by name, or assigns to."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            found |= {keyword.arg for keyword in node.keywords if keyword.arg}
        targets = node.targets if isinstance(node, ast.Assign) else []
        found |= {target.attr for target in targets if isinstance(target, ast.Attribute)}
    return found


def test_predicates_on_an_edition_stand_on_its_model() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "mailings").glob("*.py")
        for name in re.findall(r"^def (can_be_\w+)\(mailing: \"?Mailing", path.read_text(), re.M)
    ]
    assert found == []
