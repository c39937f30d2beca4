"""`python -m deploy.pins [--audit]`: what the portal is made of, and whether each part may be in it.

Each package is pinned with its hashes, none is older than deploy/floors.txt says, and its licence is known. The list
of all of them goes to var/sbom.cdx.json (CycloneDX 1.6), the same bytes for the same pins. With `--audit`, pip-audit
asks for known weaknesses where it is installed and the network answers: what it finds is said, and never fails.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
FILES: Final = {
    "requirements.txt": "required",
    "requirements-embedded.txt": "optional",
    "requirements-dev.txt": "excluded",
}
"""The files with pins, and what CycloneDX calls their share: only the first is on a server."""
BOM: Final = Path(os.environ.get("HUBPORTAL_VAR", ROOT / "var")) / "sbom.cdx.json"
_PIN: Final = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[.*\])?==(?P<version>[^ ;\\]+)", re.IGNORECASE)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_FLOOR: Final = re.compile(r"^(?P<name>[a-z0-9._-]+)>=(?P<version>[0-9.]+)", re.IGNORECASE)
LICENCES: Final = re.compile(
    r"\b(MIT|MIT-0|MIT-CMU|BSD|Apache|MPL|Mozilla|PSF|Python Software Foundation|CNRI-Python|LGPL"
    r"|Lesser General)\b"
)
"""What may be part of the portal. A copyleft licence (GPL) may only be a tool's."""
TOOLS: Final = {"djlint": "GPL-3.0-or-later"}
SAID_ELSEWHERE: Final = {
    "axe-playwright-python": "MIT",
    # Of other systems and interpreters: pinned, never installed here.
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
}
"""Licences that the package's own data does not name."""


@dataclass(frozen=True)
class Pin:
    """A package of one file."""

    name: str
    version: str
    scope: str
    hashes: tuple[str, ...]

    @property
    def licence(self) -> str:
        """What its own data says of its licence; empty when nobody knows."""
        if self.name in SAID_ELSEWHERE:
            return SAID_ELSEWHERE[self.name]
        try:
            facts: Any = metadata.metadata(self.name)
        except metadata.PackageNotFoundError:
            return ""
        classes = [
            line.rpartition("::")[2].strip()
            for line in facts.get_all("Classifier") or []
            if "License" in line
        ]
        said = facts.get("License-Expression") or " / ".join(classes) or facts.get("License") or ""
        return str(said).strip().split("\n")[0][:120]

    def component(self) -> dict[str, Any]:
        """Return it as CycloneDX writes it."""
        return {
            "type": "library",
            "bom-ref": f"pkg:pypi/{self.name}@{self.version}",
            "name": self.name,
            "version": self.version,
            "purl": f"pkg:pypi/{self.name}@{self.version}",
            "scope": self.scope,
            "licenses": [{"license": {"name": self.licence}}],
            # One package has a file for each system: which of them is installed, its own hash says.
            "properties": [{"name": "hubportal:sha256", "value": value} for value in self.hashes],
        }


def pins(root: Path = ROOT) -> Iterator[Pin]:
    """Yield the pins of all files, each package once: in the first file that names it."""
    seen: set[str] = set()
    for file, scope in FILES.items():
        for pin in pins_of((root / file).read_text(encoding="utf-8"), scope):
            if pin.name not in seen:
                seen.add(pin.name)
                yield pin


def pins_of(text: str, scope: str) -> Iterator[Pin]:
    """Yield the pins of a file as pip-compile writes it."""
    for block in text.replace("\\\n", " ").splitlines():
        if not block.strip() or block.lstrip().startswith(("#", "-")):
            continue
        if (found := _PIN.match(block)) is None:
            # An address, or a version that is not fixed: `faults` says that it has no hash.
            yield Pin(block.split()[0], "0", scope, ())
        else:
            hashes = tuple(sorted(_HASH.findall(block)))
            yield Pin(found["name"].lower(), found["version"], scope, hashes)


def floors(text: str) -> dict[str, str]:
    """Return the oldest version of each package that may be pinned."""
    lines = (_FLOOR.match(line) for line in text.splitlines())
    return {line["name"].lower(): line["version"] for line in lines if line}


def number(version: str) -> tuple[int, ...]:
    """Return a version as numbers that compare."""
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0]))


def faults(found: list[Pin], oldest: dict[str, str]) -> list[str]:
    """Return what is wrong with the pins."""
    named = {pin.name: pin for pin in found}
    wrong = [f"{pin.name}: no hash" for pin in found if not pin.hashes]
    for name, version in oldest.items():
        if name not in named:
            wrong.append(f"{name}: has a floor and no pin")
        elif number(named[name].version) < number(version):
            wrong.append(f"{name}: {named[name].version} is older than {version}")
    for pin in found:
        if not pin.licence:
            wrong.append(f"{pin.name}: nobody knows its licence")
        elif not may_be_part(pin.licence) and not (pin.scope == "excluded" and pin.name in TOOLS):
            wrong.append(f"{pin.name}: its licence is {pin.licence}")
    return wrong


def may_be_part(licence: str) -> bool:
    """Tell whether a package with this licence may be in the portal.

    In an expression of SPDX every part that AND joins must be allowed, of those that OR joins one; what stands in
    brackets is answered first. Classifiers that a package lists side by side are a choice.
    """
    left, last = licence, ""
    while left != last:
        last = left
        left = re.sub(r"\(([^()]*)\)", lambda inner: "MIT" if _is_allowed(inner[1]) else "none", left)
    return _is_allowed(left)


def _is_allowed(expression: str) -> bool:
    choices = (choice.split(" AND ") for choice in expression.split(" OR "))
    return any(all(LICENCES.search(part) for part in parts) for parts in choices)


def bom(found: list[Pin]) -> str:
    """Return the list of parts as CycloneDX JSON; without a date, so that it changes with the pins only."""
    components = [pin.component() for pin in sorted(found, key=lambda pin: pin.name)]
    mark = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{mark}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "hubportal", "name": "hubportal"}},
        "components": components,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def audit() -> None:
    """Say what is known against the pins of a server, if anybody can be asked."""
    program = shutil.which("pip-audit")
    if program is None:
        print("pip-audit is not installed: nobody was asked")
        return
    command = [
        program,
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner=off",
        "-r",
        str(ROOT / "requirements.txt"),
    ]
    try:
        subprocess.run(command, check=False, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"pip-audit: {error}")


def main(arguments: list[str]) -> int:
    """Check the pins and write the list; returns the exit code."""
    found = list(pins())
    wrong = faults(found, floors((ROOT / "deploy" / "floors.txt").read_text(encoding="utf-8")))
    for line in wrong:
        print(line, file=sys.stderr)
    BOM.parent.mkdir(exist_ok=True)
    BOM.write_text(bom(found), encoding="utf-8")
    print(f"{len(found)} packages, {len(wrong)} faults: {BOM}")
    if "--audit" in arguments:
        audit()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
