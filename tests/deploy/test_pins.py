"""The audit of pins sees each thing that it is there for."""

import json
from dataclasses import replace

import pytest

from deploy.pins import FILES, ROOT, Pin, bom, faults, floors, may_be_part, number, pins, pins_of

HASH = "a" * 64
GOOD = Pin("django", "5.2.19", "required", (HASH,))


def test_what_is_pinned_today_is_good() -> None:
    found = list(pins())
    assert {"django", "django-allauth", "weasyprint"} <= {pin.name for pin in found}
    assert faults(found, floors((ROOT / "deploy" / "floors.txt").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("pin", "fault"),
    [
        (replace(GOOD, hashes=()), "no hash"),
        (replace(GOOD, version="5.2.9"), "is older than 5.2.19"),
        (replace(GOOD, name="weasyprint-of-nobody"), "nobody knows its licence"),
        (replace(GOOD, name="djlint"), "its licence is GPL"),
    ],
)
def test_what_is_wrong_is_said(pin: Pin, fault: str) -> None:
    said = faults([pin], {"django": "5.2.19"} if pin.name == "django" else {})
    assert len(said) == 1
    assert fault in said[0]


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT AND PSF-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only OR BSD-3-Clause AND MIT", True),
        ("MIT AND (GPL-3.0-only OR AGPL-3.0-only)", False),
        ("MIT AND (GPL-3.0-only OR (Apache-2.0 AND BSD-2-Clause))", True),
        ("GNU GPL v2 (GPLv2+) / Mozilla Public License 2.0 (MPL 2.0", True),
    ],
)
def test_each_part_of_a_licence_is_allowed(licence: str, may: bool) -> None:
    assert may_be_part(licence) is may


def test_a_floor_without_its_package_is_said() -> None:
    assert faults([GOOD], {"gone": "1"}) == ["gone: has a floor and no pin"]


@pytest.mark.parametrize(
    "line",
    [
        "django",
        "django>=5",
        "git+https://example.org/django.git",
        "./local",
        "django @ https://example.org/x.whl",
    ],
)
def test_what_is_not_fixed_is_said(line: str) -> None:
    assert "no hash" in faults(list(pins_of(line, "required")), {})[0]


def test_versions_compare_as_numbers() -> None:
    assert number("5.2.19") > number("5.2.9")
    assert number("2026.10.19.post1") > number("2026.9")


def test_the_list_of_parts_is_the_same_for_the_same_pins() -> None:
    found = list(pins())
    assert bom(found) == bom(found[::-1])
    parts = json.loads(bom(found))
    assert parts["bomFormat"] == "CycloneDX"
    assert len(parts["components"]) == len({part["purl"] for part in parts["components"]})
    assert bom([GOOD]) != bom([replace(GOOD, version="5.2.20")])


def test_each_file_with_pins_is_looked_at() -> None:
    assert {path.name for path in ROOT.glob("requirements*.txt")} == set(FILES)
