"""Putting other code in the place of functions that run already: without a check, or saying that they were called."""

import ast
import builtins
import gc
import importlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

from bench.checks import Mutant

SAID: Final = "__bench_said__"
"""The name by which a marked function says that it was called, among the built-in ones."""
Place = tuple[str, int]
"""A module, and the first line of a function in it."""


class Removal(ast.NodeTransformer):
    """Takes one check out of a module's tree."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.is_done = False

    def _is_it(self, node: ast.AST, kind: str) -> bool:
        found = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0), kind)
        self.is_done |= (is_it := found == (self.mutant.line, self.mutant.column, self.mutant.kind))
        return is_it

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Let a queryset return itself, a predicate say yes."""
        if self._is_it(node, "visible_to"):
            node.body = [ast.Return(ast.Name(node.args.args[0].arg, ast.Load()))]
        elif self._is_it(node, "predicate"):
            node.body = [ast.Return(ast.Constant(True))]
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """Let a refusal pass."""
        return ast.Pass() if self._is_it(node, "guard") else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Let a call of `visible_to` return all rows."""
        is_it = self._is_it(node, "call")
        self.generic_visit(node)
        if is_it and isinstance(node.func, ast.Attribute):
            return ast.Call(ast.Attribute(node.func.value, "all", ast.Load()), [], [])
        return node


class Marking(ast.NodeTransformer):
    """Lets each function with a check in it say its module and first line when it is called."""

    def __init__(self, module: str, lines: Iterable[int]) -> None:
        self.module = module
        self.lines = set(lines)
        self.inside: dict[Place, set[int]] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Put the saying before all else; a function inside it need not say it, too."""
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        if found := {line for line in self.lines if first <= line <= (node.end_lineno or 0)}:
            self.inside[self.module, first] = found
            place = ast.Tuple([ast.Constant(self.module), ast.Constant(first)], ast.Load())
            saying = ast.Call(ast.Name(SAID, ast.Load()), [place], [])
            node.body.insert(0, ast.Expr(saying))
        return node


@dataclass
class Tracer:
    """Notes which checks a test comes by: only those tests can notice that one is gone."""

    mutants: list[Mutant]
    tests: dict[Mutant, list[Any]] = field(default_factory=lambda: defaultdict(list))
    _said: set[Place] = field(default_factory=set)
    _before: "list[tuple[FunctionType, CodeType]]" = field(default_factory=list)
    _mutants_at: dict[Place, list[Mutant]] = field(default_factory=dict)

    def begin(self) -> None:
        """Mark the functions; `end` puts them back."""
        setattr(builtins, SAID, self._said.add)
        modules: dict[str, list[Mutant]] = defaultdict(list)
        for mutant in self.mutants:
            modules[mutant.module].append(mutant)
        for module, found in modules.items():
            marking = Marking(module, (mutant.line for mutant in found))
            self._before += exchange(module, marking)
            for place, lines in marking.inside.items():
                self._mutants_at[place] = [mutant for mutant in found if mutant.line in lines]

    def end(self) -> None:
        """Put back what was there."""
        for function, code in self._before:
            function.__code__ = code

    def note(self, test: Any) -> None:
        """Write down what was called since it was asked last: by this test."""
        for place in self._said:
            for mutant in self._mutants_at[place]:
                self.tests[mutant].append(test)
        self._said.clear()


def swap(mutant: Mutant) -> int:
    """Put the code without the check in the place of the running one; return how many functions have it now."""
    removal = Removal(mutant)
    exchanged = exchange(mutant.module, removal)
    if not removal.is_done:
        raise LookupError(f"no such check: {mutant}")
    return len(exchanged)


def exchange(module: str, transformer: ast.NodeTransformer) -> "list[tuple[FunctionType, CodeType]]":
    """Put changed code in the place of a module's functions; return those that changed, with their code of before."""
    file = str(importlib.import_module(module).__file__)
    source = Path(file).read_text(encoding="utf-8")
    changed = ast.fix_missing_locations(transformer.visit(ast.parse(source)))
    old, new = (_codes(_compiled(tree, file)) for tree in (ast.parse(source), changed))
    different = {key: code for key, code in new.items() if key in old and old[key] != code}
    # What was there when the tests had been collected is out of the collector's sight (tests/conftest.py).
    gc.unfreeze()
    found = []
    # By its type: to ask a lazy thing for its class would wake it.
    for function in [thing for thing in gc.get_objects() if type(thing) is FunctionType]:
        code = function.__code__
        key = (code.co_qualname, code.co_firstlineno)
        replacement = different.get(key) if code.co_filename == file else None
        if replacement is not None and replacement.co_freevars == code.co_freevars:
            function.__code__ = replacement
            found.append((function, code))
    return found


def _compiled(tree: Any, file: str) -> CodeType:
    code: CodeType = compile(tree, file, "exec", dont_inherit=True)
    return code


def _codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """Return the code of each function in a module, by name and first line."""
    found = {}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found[inner.co_qualname, inner.co_firstlineno] = inner
            found |= _codes(inner)
    return found
