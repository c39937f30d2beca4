"""Every column about people is named in some app's `people.py`: shown, or left out for a written reason."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation

from hubportal.accounts.models import User
from hubportal.accounts.models.journal_entry import PERIODS, Kind
from hubportal.composition import modules
from hubportal.dashboard.register import REGISTER
from hubportal.personal import Share

PERSONAL = re.compile(r"(^|_)(e?mail|phone|name|address|addressee|token|device|reply|contact)(_|$)")
NO_PERSON = {
    # The column of a table that Django keeps for itself.
    "contenttypes",
    "sessions",
}
ROOT, OURS = settings.BASE_DIR, ("hubportal", "communes", "conventions", "spoc", "mailings")


def shares() -> list[Share]:
    return [share for module in modules("people") for share in module.SHARES]


def columns() -> Iterator[tuple[str, Any]]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.concrete and model._meta.app_label not in NO_PERSON:
                yield f"{model._meta.label}.{field.name}", field


def is_about_people(field: Any) -> bool:
    if field.is_relation:
        return field.related_model is User
    kinds = ("CharField", "EmailField", "TextField")
    is_text = field.get_internal_type() in kinds and not field.choices
    return is_text and bool(PERSONAL.search(field.name))


def test_every_column_about_people_is_named() -> None:
    named = {f"{share.model}.{name}" for share in shares() for name in (share.by, *share.shows)}
    kept = {name for module in modules("people") for name in module.KEPT}
    found = {name for name, field in columns() if is_about_people(field)}
    assert found - named - kept == set()
    assert kept - found == set()


def test_a_reference_to_a_person_is_a_share() -> None:
    """What is kept without being shown is a text."""
    by = {f"{share.model}.{share.by}" for share in shares()}
    keys = {name for name, field in columns() if is_about_people(field) and field.is_relation}
    assert keys - by == set()


def test_each_kind_of_the_journal_has_its_period_and_the_register_tells_it() -> None:
    assert set(PERIODS) == set(Kind)
    with translation.override("en"):
        (kept,) = (str(row.kept) for row in REGISTER if "Sessions" in str(row.kept))
        passing, staying = kept.split(" stay: ")
        for kind, months in PERIODS.items():
            assert str(kind.label) in (passing if months else staying), kind


def test_each_app_says_what_it_forgets() -> None:
    found = {module.__name__.rpartition(".")[0] for module in modules("people")}
    assert found == {
        *("hubportal.accounts", "hubportal.outbox", "communes", "conventions", "spoc", "mailings"),
    }
    for module in modules("people"):
        assert all(reason for reason in module.KEPT.values())
        assert callable(module.erase)
        assert all(rule.months > 0 for rule in module.RULES)


def test_only_one_place_opens_what_is_append_only() -> None:
    paths = [path for app in OURS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    setting = re.compile(r"set_config\(|SET\s+(LOCAL|SESSION)?\s*hubportal\.retention", re.IGNORECASE)
    assert [path.name for path in paths if setting.search(path.read_text())] == ["retention.py"]


@pytest.mark.django_db
def test_no_share_hands_out_a_reference_to_somebody_else() -> None:
    for share in shares():
        model = apps.get_model(share.model)
        for path in share.shows:
            *steps, name = path.split("__")
            found = model
            for step in steps:
                found = found._meta.get_field(step).related_model
            field = found._meta.get_field(name)
            assert not (field.is_relation and field.related_model is User), (share, path)
