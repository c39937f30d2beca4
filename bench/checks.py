"""The permission checks of the portal, found in its source: what `bench/mutation.py` takes away."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
LEFT_OUT: Final = re.compile(r"\.(migrations|demo\w*|stack)(\.|$)|settings|wsgi")
PREDICATE: Final = re.compile(r"(can|may)_\w+")
REFUSALS: Final = {"PermissionDenied", "Http404"}


@dataclass(frozen=True)
class Mutant:
    """A check, and where it stands."""

    app: str
    module: str
    line: int
    column: int
    kind: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.kind}"


@dataclass
class Finder(ast.NodeVisitor):
    """Collects the checks of a module."""

    app: str
    module: str
    found: list[Mutant] = field(default_factory=list)

    def _note(self, node: Any, kind: str) -> None:
        self.found.append(Mutant(self.app, self.module, node.lineno, node.col_offset, kind))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Note a rule, by its name."""
        if node.name == "visible_to" and node.args.args:
            self._note(node, "visible_to")
        elif PREDICATE.fullmatch(node.name) and _answers(node):
            self._note(node, "predicate")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Note a refusal."""
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if isinstance(raised, ast.Name) and raised.id in REFUSALS:
            self._note(node, "guard")

    def visit_Call(self, node: ast.Call) -> None:
        """Note a call of a rule."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "visible_to":
            self._note(node, "call")
        self.generic_visit(node)


def _answers(node: ast.FunctionDef) -> bool:
    """Tell whether a function answers yes or no."""
    return isinstance(node.returns, ast.Name) and node.returns.id == "bool"


def mutants(apps: tuple[str, ...]) -> list[Mutant]:
    """Return every check of the apps, in the order of their files."""
    found: list[Mutant] = []
    for app in apps:
        for file in sorted((ROOT / app).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            if not LEFT_OUT.search(module):
                finder = Finder(app, module)
                finder.visit(ast.parse(file.read_text(encoding="utf-8")))
                found += finder.found
    return found
