"""The kinds that a policy file may use, written from the code: what each does, its fields, an example from a policy."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from optimizer.bundled import model_path
from optimizer.decisions.base import Decision
from optimizer.kinds import Catalogue, Kind
from optimizer.measures import Measure
from optimizer.objectives import Objective
from optimizer.policy.filters import Comparison
from optimizer.policy.model import Header, Parameter, Schedule
from optimizer.policy.terms import Term
from optimizer.rules import Rule
from optimizer.tables.schema import Column, Table
from optimizer.units import UNITS

PARTS: Mapping[str, tuple[str, type[Kind]]] = {
    "rule": ("optimizer.rules", Rule),
    "decision": ("optimizer.decisions", Decision),
    "measure": ("optimizer.measures", Measure),
    "objective": ("optimizer.objectives", Objective),
}
"""Part of a policy file → the package of its kinds and their base."""

SHARED: Mapping[str, type[BaseModel]] = {
    "[policy]": Header,
    "[[table]]": Table,
    "column of a table": Column,
    "[[parameter]]": Parameter,
    "[[schedule]]": Schedule,
    "term": Term,
    "comparison in a filter": Comparison,
}
"""What all policy files are made of beside kinds."""

TITLES = {"rule": "Rules", "decision": "Decisions", "measure": "Measures", "objective": "Objectives"}


@dataclass(frozen=True)
class Entry:
    """An entry of a policy file as it is written there."""

    policy: str
    part: str
    kind: str
    text: str


def entries_in(model: Path) -> list[Entry]:
    """Every entry of a policy file, in order."""
    found = []
    for block in re.split(r"(?m)^(?=\[\[)|^(?=# -{5})", model.read_text(encoding="utf-8")):
        head = re.match(r"\[\[(\w+)\]\]", block)
        if head is None or head[1] not in PARTS:
            continue
        stated = tomllib.loads(block)[head[1]][0]
        found.append(Entry(model.stem, head[1], str(stated["kind"]), block.strip()))
    return found


def kinds_of(part: str) -> dict[str, type[Kind]]:
    """The kinds of one part, by name."""
    package, base = PARTS[part]
    return dict(sorted(Catalogue(package, base).kinds.items()))


def pages(models: Sequence[Path]) -> str:
    """All kinds as one Markdown page; ``models``: the policy files that uses are counted and examples taken from."""
    entries = [entry for model in models for entry in entries_in(model)]
    names = [model.stem for model in models]
    lines = ["# The kinds of a policy file", "", _INTRODUCTION.strip(), ""]
    for part, title in TITLES.items():
        kinds = kinds_of(part)
        used = [e for e in entries if e.part == part]
        lines += [f"## {title}: {len(kinds)} kinds", "", *_table(kinds, used, names), ""]
        for name, kind in kinds.items():
            lines += [*_section(name, kind, [e for e in used if e.kind == name]), ""]
    lines += ["## What is not a kind", ""]
    for name, model in SHARED.items():
        lines += [*_section(name, model, []), ""]
    lines += ["### Units", "", *_units()]
    return "\n".join(lines).rstrip() + "\n"


_INTRODUCTION = """
Written from the code by `make docs`; do not edit it by hand. A policy file is made of entries like the
examples below: names and numbers, never formulas. How to write one from the beginning stands in
[new-policy.md](new-policy.md).
"""


def _table(kinds: Mapping[str, type[Kind]], used: Sequence[Entry], names: Sequence[str]) -> Iterator[str]:
    """One line a kind: what it is, and how often each policy uses it."""
    yield f"| kind | what it is | {' | '.join(names)} |"
    yield f"|---|---|{'--:|' * len(names)}"
    for name, kind in kinds.items():
        counts = [sum(e.kind == name and e.policy == policy for e in used) for policy in names]
        shown = " | ".join(str(count or "") for count in counts)
        yield f"| [`{name}`](#{_anchor(name)}) | {_summary(kind)} | {shown} |"


def _section(name: str, kind: type[BaseModel], used: Sequence[Entry]) -> Iterator[str]:
    """What a kind (or another part of a file) does, its fields, an example."""
    yield f"### `{name}`"
    yield ""
    yield _told(kind)
    yield ""
    yield "| field | value | if left out |"
    yield "|---|---|---|"
    for field, kind_of_value, default in _fields(kind):
        yield f"| `{field}` | {kind_of_value} | {default} |"
    if used:
        example = min(used, key=lambda entry: len(entry.text))
        yield ""
        yield f"From `models/{example.policy}.toml`:"
        yield ""
        yield "```toml"
        yield example.text
        yield "```"


def _units() -> Iterator[str]:
    """The units by name."""
    yield "Amounts are held as whole numbers of a base unit; tables and parameters are given in any of these."
    yield ""
    yield "| unit | in words | base unit | base units in one |"
    yield "|---|---|---|--:|"
    for name, unit in UNITS.items():
        yield f"| `{name}` | {unit.zh} {unit.en} | `{unit.base}` | {unit.size} |"


def _anchor(name: str) -> str:
    """Where a heading made of the name alone is found on a rendered page."""
    return name.lower()


def _summary(kind: type[BaseModel]) -> str:
    """The first sentence of the file that the kind stands in."""
    told = inspect.getdoc(inspect.getmodule(kind)) or ""
    return " ".join(told.split("\n\n")[0].split()).replace("|", "\\|")


def _told(kind: type[BaseModel]) -> str:
    """The class's own words, for Markdown."""
    return (inspect.getdoc(kind) or "").replace("``", "`")


def _fields(kind: type[BaseModel]) -> Iterator[tuple[str, str, str]]:
    """Name, kind of value and default of each field, in order."""
    for name, field in kind.model_fields.items():
        default = "must be given" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        yield field.alias or name, _value(field.annotation), default


_WORDS = {
    "str": "text",
    "int": "whole number",
    "bool": "true or false",
    "NoneType": "",
    "Title": "title in zh and en",
    "Where": "filter",
    "Term": "term",
}


def _value(annotation: Any) -> str:
    """What may stand in a field, in words."""
    inner = get_args(annotation)
    name = getattr(annotation, "__name__", str(annotation))
    if not inner:
        return _WORDS.get(name, name)
    if name == "Literal" or all(isinstance(i, str) for i in inner):
        return " or ".join(f'`"{i}"`' for i in inner)
    if name in ("tuple", "list"):
        return f"list of: {' or '.join(dict.fromkeys(_value(i) for i in inner if i is not Ellipsis))}"
    if name == "dict":
        return f"{_value(inner[0])} → {_value(inner[1])}"
    if {int, str} <= set(inner):
        rest = [_value(i) for i in inner if i not in (int, str, type(None))]
        return " or ".join(["number or parameter", *rest])
    return " or ".join(dict.fromkeys(word for i in inner if (word := _value(i))))


def _shown(default: Any) -> str:
    """A default as a reader would write it."""
    if default is None or default == () or default == {} or default == "":
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, (int, str)):
        return f"`{default}`"
    return "none" if not getattr(default, "root", True) else f"`{default}`"


def main() -> None:
    """The page on standard output, over the policies of the checkout, in the order in which the readme names them."""
    print(pages([model_path(name) for name in POLICIES]), end="")


POLICIES = ("songjiang", "guangxi", "guangxi-steps", "honghe", "loop", "taiyuan", "hunan", "relocation")

if __name__ == "__main__":
    main()
