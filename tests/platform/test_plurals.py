"""Strings that depend on a number are asked for with one: without it, gettext finds no translation of them."""

from pathlib import Path

from tests.catalogues import catalogue

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("communes", "conventions", "deploy", "hubportal", "mailings", "spoc", "templates")


def test_none_is_asked_for_without_its_number() -> None:
    sources = {
        path: path.read_text()
        for folder in OURS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".txt", ".py"}
    }
    counted = {message.id[0] for message in catalogue("fr") if isinstance(message.id, tuple)}
    assert counted
    asked = {
        f"{path.relative_to(ROOT)}: {words}"
        for path, source in sources.items()
        for words in counted
        if any(form.format(words) in source for form in ('translate "{}" %', '_("{}")'))
    }
    assert asked == set()
