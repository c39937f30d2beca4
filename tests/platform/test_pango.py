"""The libraries of the PDFs: found, or named in the exact line to type."""

import pytest

from hubportal import pango
from hubportal.stack.layout import ROOT


def test_what_is_there_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pango, "LIBRARIES", {"libc.so.6": "libc6"})
    assert pango.missing() == ()
    assert pango.why_not() is None


def test_what_is_missing_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"libc.so.6": "libc6", "libno-such.so.0": "libno-such0", "libnor-this.so.1": "libnor-this1"}
    monkeypatch.setattr(pango, "LIBRARIES", known)
    assert pango.why_not() == "PDFs need: sudo apt-get install -y libno-such0 libnor-this1"


def test_the_three_packages_are_those_of_the_image() -> None:
    words = set((ROOT / "Dockerfile").read_text().split())
    assert set(pango.LIBRARIES.values()) <= words
