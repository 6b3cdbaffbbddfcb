"""Imports run one way, the audit never reaches a solver, public names are documented, files stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "optimizer"
ORDER = (
    "wording", "errors", "units", "apportionment", "codes", "memory", "tables", "kinds", "policy", "instance", "lottery", "program", "assembly", "tightening", "lagrangian",
    "measures",
    "decisions", "rules", "objectives", "build", "progress", "solvers", "plan", "levels", "check", "records", "reading", "analysis",
    "report", "bundled", "reference", "refusal", "plan_of", "api", "asking", "terminal", "arguments", "commands", "cli",
)  # fmt: skip
DISCOVERED = {"measures", "decisions", "rules", "objectives"}  # kinds are loaded by their package, not by an import
LONGEST = 350
FILES = sorted(p for p in ROOT.rglob("*.py") if "data" not in p.relative_to(ROOT).parts)
MODULES = {
    ".".join(("optimizer", *p.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): p for p in FILES
}


def layer(module: str) -> str:
    """The first part below ``optimizer``: a file or a package."""
    return module.split(".")[1] if "." in module else ""


@cache
def tree(module: str) -> ast.Module:
    """The parsed file."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def typing_only(module: str) -> set[ast.AST]:
    """Everything below ``if TYPE_CHECKING:``; it counts for the order of layers, but not for cycles."""
    tests = [n for n in ast.walk(tree(module)) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n.test)]
    return {inner for test in tests for part in test.body for inner in ast.walk(part)}


def resolved(base: str, name: str) -> str:
    """``from base import name`` as the module that it reaches."""
    return f"{base}.{name}" if f"{base}.{name}" in MODULES else base


def imports(module: str, *, running: bool = False) -> Iterator[tuple[str, int]]:
    """Own modules that a module imports, also inside functions, with the line; relative imports resolved."""
    skip = typing_only(module) if running else set()
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree(module)):
        if node in skip:
            continue
        if isinstance(node, ast.Import):
            yield from ((a.name, node.lineno) for a in node.names if a.name.split(".")[0] == "optimizer")
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parts, *([node.module] if node.module else [])])
            if base.split(".")[0] == "optimizer":
                yield from ((resolved(base, a.name), node.lineno) for a in node.names)


def reached(start: str) -> set[str]:
    """All own modules that running ``start`` loads, through any file; a package's ``__init__`` counts too,
    save the top one, which gathers the library for callers; so does every kind of a
    package that discovers its own."""
    found: set[str] = set()
    todo = [start]
    while todo:
        module = todo.pop()
        if module in found:
            continue
        found.add(module)
        if layer(module) in DISCOVERED:
            todo += [m for m in MODULES if layer(m) == layer(module)]
        for name, _ in imports(module, running=True):
            parts = name.split(".")
            todo += [m for n in range(2, len(parts) + 1) if (m := ".".join(parts[:n])) in MODULES]
    return found


def test_every_file_has_a_place_in_the_order() -> None:
    unknown = sorted({layer(m) for m in MODULES if layer(m)} - set(ORDER))
    assert not unknown, f"name these in ORDER: {unknown}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_run_one_way(module: str) -> None:
    if module == "optimizer":
        return  # what a caller sees; gathers from api
    own = ORDER.index(layer(module))
    wrong = [
        f"{MODULES[module].relative_to(ROOT)}:{line} imports {name}"
        for name, line in imports(module)
        if not layer(name) or ORDER.index(layer(name)) > own
    ]
    assert not wrong, "\n".join(wrong)


def test_no_cycles() -> None:
    edges = {m: {n for n, _ in imports(m, running=True) if n in MODULES and n != m} for m in MODULES}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join([*path[path.index(module) :], module])
        if module not in done:
            for name in sorted(edges[module]):
                visit(name, (*path, module))
            done.add(module)

    for module in sorted(MODULES):
        visit(module, ())


def test_the_audit_never_reaches_a_solver_or_build() -> None:
    layers = {layer(m) for m in reached("optimizer.check")}
    assert "rules" in layers  # the walk works at all
    assert not layers & {"solvers", "build", "api"}


@pytest.mark.parametrize("forbidden", ["highspy", "pulp", "ortools"])
def test_only_solvers_name_a_solver(forbidden: str) -> None:
    wrong = [
        f"{MODULES[m].relative_to(ROOT)}:{n.lineno}"
        for m in MODULES
        if layer(m) != "solvers"
        for n in ast.walk(tree(m))
        if (isinstance(n, ast.Import) and any(a.name.split(".")[0] == forbidden for a in n.names))
        or (isinstance(n, ast.ImportFrom) and (n.module or "").split(".")[0] == forbidden)
    ]
    assert not wrong, wrong


def public_definitions(body: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Public functions, classes and methods; nested functions and overloads are not public."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            if any("overload" in ast.dump(d) for d in node.decorator_list):
                continue
            yield f"{owner}{node.name}", node
            if isinstance(node, ast.ClassDef) and not any("Protocol" in ast.dump(b) for b in node.bases):
                yield from public_definitions(node.body, f"{owner}{node.name}.")


@pytest.mark.parametrize("module", sorted(MODULES))
def test_public_names_are_documented(module: str) -> None:
    assert not tree(module).body or ast.get_docstring(tree(module)), "the file has no docstring"
    bare = [name for name, node in public_definitions(tree(module).body) if not ast.get_docstring(node)]  # type: ignore[arg-type]
    assert not bare, f"{MODULES[module].relative_to(ROOT)}: no docstring: {', '.join(bare)}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_files_stay_small(module: str) -> None:
    lines = len(MODULES[module].read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{MODULES[module].relative_to(ROOT)} has {lines} lines: it holds two ideas"
