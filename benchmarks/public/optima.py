"""Published optima, the four sets by name, and an instance as a program."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from benchmarks.public import cflp, gap, location, pmed, sscflp
from optimizer.program import Program

SETS = ("gap", "cflp", "sscflp", "pmed")
HEADER = ["instance", "sense", "value", "status", "bound", "source"]


@dataclass(frozen=True)
class Optimum:
    """What is published: the value, whether it is proven, the bound (None where there is none)."""

    instance: str
    value: Decimal
    status: str
    bound: Decimal | None
    source: str


def read_optima(path: Path) -> dict[str, Optimum]:
    """``optima.csv`` of one set by instance. Raises ``ValueError`` with the line and what is wrong."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    if not lines or lines[0] != HEADER:
        raise ValueError(f"{path.name}, line 1: the header is not {','.join(HEADER)}")
    known: dict[str, Optimum] = {}
    for number, line in enumerate(lines[1:], 2):
        where = f"{path.name}, line {number}"
        if len(line) != len(HEADER):
            raise ValueError(f"{where}: {len(line)} fields instead of {len(HEADER)}")
        name, sense, value, status, bound, source = line
        if sense != "min":
            raise ValueError(f"{where}: sense '{sense}' (these problems minimise)")
        if name in known:
            raise ValueError(f"{where}: {name} stands there twice")
        try:
            known[name] = Optimum(name, Decimal(value), status, Decimal(bound) if bound else None, source)
        except InvalidOperation:
            raise ValueError(f"{where}: '{value}' or '{bound}' is not a number") from None
    return known


def load(kind: str, path: Path) -> tuple[Program, int]:
    """The instance as a program, and how many decimals its costs are kept to. Raises ``MalformedFile``."""
    if kind == "gap":
        return gap.program(gap.read(path)), 0
    if kind == "cflp":
        data = cflp.read(path)
        return cflp.program(data), data.decimals
    places = {"sscflp": sscflp.read, "pmed": pmed.read}[kind](path)
    return location.program(places), places.decimals
