"""What certificate.json holds: for every stage the prices, what they add up to, and the bounds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from optimizer.program import Ints, Program

Int64 = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Price = tuple[str, str, Int64, Int64]
"""Rule, key, price and unit of one row, in the order of the program's rows: the price is that of ``unit`` base units of the
row (the greatest common divisor of its entries). A rule with two rows of one key (a condition and what it permits) has
both, in order, also where one of them is 0."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class KeptValue(_Strict):
    """An earlier stage, the value (with its constant part) that plans must keep, and the price of keeping it."""

    stage: str
    value: int
    price: Int64 = 0


class StageCertificate(_Strict):
    """One stage. ``value``: what the plan reaches. ``bound``: what no legal plan can beat, proven by ``proof``: the prices,
    or a solver's branch and bound. ``total``: what the prices add up to, in multiples of 2^−shift of the value
    (negated where it is minimised) without its constant part; ``price_bound``: the same as a value. Both are
    None, and ``prices`` empty, where there are no prices. ``given_choices``: the bound is for plans with the same choices."""

    stage: str
    sense: Literal["max", "min"]
    value: int
    bound: int
    proof: Literal["prices", "solver"]
    given_choices: bool = False
    price_bound: int | None = None
    total: int | None = None
    shift: Annotated[int, Field(ge=0, le=62)] = 0
    prices: tuple[Price, ...] = ()
    keeps: tuple[KeptValue, ...] = ()


class Certificate(_Strict):
    """The whole file. ``bound`` and ``prices`` are those of the last stage. ``policy_sha256``: the fingerprint of the
    policy with the numbers changed by ``--set``."""

    format: Literal["optimizer-certificate-1"] = "optimizer-certificate-1"
    instance: str
    policy: str
    policy_sha256: str
    bound: int | None
    prices: tuple[Price, ...]
    stages: tuple[StageCertificate, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return self.model_dump(mode="json")


def certificate_from(content: str | bytes | Mapping[str, Any]) -> Certificate:
    """The certificate in a JSON text, or in what such a text was parsed to. Raises ``pydantic.ValidationError``."""
    if isinstance(content, Mapping):
        content = json.dumps(content, ensure_ascii=False)
    return Certificate.model_validate_json(content)


def stated_prices(program: Program, prices: Ints) -> tuple[Price, ...]:
    """Prices of program rows as the file lists them: those that are not 0, with all others of their rule and key."""
    rows = program.rows
    labels = pd.MultiIndex.from_frame(rows[["rule", "key"]])
    used = np.flatnonzero(labels.isin(labels[np.flatnonzero(prices[: len(rows)])]))
    return tuple(
        (str(rows["rule"].iloc[r]), str(rows["key"].iloc[r]), int(prices[r]), int(program.row_unit[r])) for r in used
    )


def price_vector(program: Program, prices: Sequence[Price]) -> tuple[Ints, list[Price]]:
    """The other way: one price a row; and the entries that name no row, or one of another unit."""
    rows = program.rows
    places: dict[tuple[str, str], list[int]] = {}
    for row, (rule, key) in enumerate(zip(rows["rule"], rows["key"], strict=True)):
        places.setdefault((str(rule), str(key)), []).append(row)
    vector, unknown, seen = np.zeros(len(rows), dtype=np.int64), list[Price](), dict[tuple[str, str], int]()
    for entry in prices:
        rule, key, price, unit = entry
        number = seen[rule, key] = seen.get((rule, key), -1) + 1
        known = places.get((rule, key), [])
        if number < len(known) and unit == program.row_unit[known[number]]:
            vector[known[number]] = price
        else:
            unknown.append(entry)
    return vector, unknown
