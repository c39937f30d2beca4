"""The tables of docs/security.md and docs/asvs.md: whole, and each test that they name exists."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ("docs/security.md", "docs/asvs.md")
NAMED: Final = re.compile(r"`((?:tests|bench|deploy|\.ci)/[\w./-]+)(?:::(\w+))?`")
LEVEL_2: Final = """
V1.1:2 V1.2:9 V1.3:11 V1.4:3 V1.5:2 V2.1:3 V2.2:3 V2.3:4 V2.4:1 V3.2:2 V3.3:4 V3.4:6 V3.5:5 V3.7:2 V4.1:3 V4.2:1
V4.3:2 V4.4:4 V5.1:1 V5.2:3 V5.3:2 V5.4:3 V6.1:3 V6.2:12 V6.3:4 V6.4:4 V6.5:5 V6.6:3 V6.8:4 V7.1:3 V7.2:4 V7.3:2
V7.4:5 V7.5:2 V7.6:2 V8.1:2 V8.2:3 V8.3:1 V8.4:1 V9.1:3 V9.2:4 V10.1:2 V10.2:2 V10.3:4 V10.4:11 V10.5:5 V10.6:2
V10.7:3 V11.1:2 V11.2:3 V11.3:3 V11.4:4 V11.5:1 V11.6:1 V12.1:3 V12.2:2 V12.3:4 V13.1:1 V13.2:5 V13.3:2 V13.4:5
V14.1:2 V14.2:4 V14.3:3 V15.1:3 V15.2:3 V15.3:7 V16.1:1 V16.2:5 V16.3:4 V16.4:3 V16.5:3 V17.1:1 V17.2:4 V17.3:2
"""
"""How many items of levels 1 and 2 each section of ASVS 5.0.0 has, numbered from 1; those of level 3 follow."""


def rows(doc: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a document's tables."""
    for line in (ROOT / doc).read_text(encoding="utf-8").splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("doc", DOCS)
def test_each_test_that_is_named_exists(doc: str) -> None:
    named = NAMED.findall((ROOT / doc).read_text(encoding="utf-8"))
    assert len(named) > 40
    for path, name in named:
        assert (ROOT / path).exists(), path
        if name:
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"


def test_each_attack_has_a_test() -> None:
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    table = text.partition("## Attacks")[2]
    attacks = [
        line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| Attack")
    ]
    assert len(attacks) > 40
    assert [line for line in attacks if not NAMED.search(line)] == []


def test_each_attack_of_its_folder_is_in_the_table() -> None:
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "tests/attacks").glob("test_*.py")}
    assert {name for name in files if f"tests/attacks/{name}" not in text} == set()


def test_each_attack_says_where_it_comes_from() -> None:
    for path in (ROOT / "tests/attacks").glob("test_*.py"):
        source = path.read_text(encoding="utf-8")
        told = re.findall(r"def (test_\w+)\([^{]*?\) -> None:\n    \"\"\"", source)
        assert set(re.findall(r"def (test_\w+)\(", source)) == set(told), path.name


def items() -> Iterator[tuple[str, list[str]]]:
    """Yield the items of docs/asvs.md, a range as each of its own, with the cells beside them."""
    for item, *cells in rows("docs/asvs.md"):
        if found := re.fullmatch(r"(V\d+\.\d+)\.(\d+)(?:–(\d+))?", item):
            for number in range(int(found[2]), int(found[3] or found[2]) + 1):
                yield f"{found[1]}.{number}", cells


def test_each_item_of_level_2_is_answered_once() -> None:
    wanted = {
        f"{section}.{number}"
        for section, _, count in (word.partition(":") for word in LEVEL_2.split())
        for number in range(1, int(count) + 1)
    }
    assert len(wanted) == 253
    answered = Counter(item for item, _ in items())
    assert set(answered) == wanted
    assert [item for item, count in answered.items() if count > 1] == []


def test_each_item_has_a_test_or_a_reason() -> None:
    for item, (what, proof) in items():
        assert what, item
        is_reason = proof.startswith(("None here", "Not yet", "By hand"))
        assert is_reason or NAMED.search(proof), f"{item}: {proof}"
