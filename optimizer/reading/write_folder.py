"""Writes an instance as a folder of CSV files with ``instance.toml``; exact, and read back the same."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from optimizer.instance import Instance
from optimizer.reading.cell_texts import column_texts
from optimizer.reading.guard import guard
from optimizer.reading.numbers import exact_text
from optimizer.tables.schema import Table


def write_instance_folder(instance: Instance, path: Path) -> None:
    """One CSV a table (UTF-8 with BOM, English headers and codes, values in the columns' units).

    Files of the same name are replaced, each as a whole; others stay. Text that a spreadsheet could
    run as a formula gets an apostrophe, which reading takes off.
    """
    path.mkdir(parents=True, exist_ok=True)
    for table in instance.policy.table:
        _write_table(table, instance.tables[table.name], path / f"{table.name}.csv")
    temporary = path / ".instance.toml.part"
    temporary.write_text("\n".join(_toml_lines(instance)) + "\n", encoding="utf-8")
    os.replace(temporary, path / "instance.toml")


def _write_table(table: Table, frame: pd.DataFrame, path: Path) -> None:
    columns = []
    for column in table.column:
        texts = column_texts(column, frame[column.name], "en")
        columns.append([guard(t) for t in texts] if column.type in ("code", "text") else texts)
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([c.name for c in table.column])
        writer.writerows(zip(*columns, strict=True))
    os.replace(temporary, path)


def _toml_lines(instance: Instance) -> Iterable[str]:
    yield "[instance]"
    yield f"name = {_quoted(instance.name)}"
    yield f"title = {{ zh = {_quoted(instance.title.zh)}, en = {_quoted(instance.title.en)} }}"
    yield f"policy = {_quoted(instance.policy.reference)}"
    yield f"generated = {'true' if instance.generated else 'false'}"
    yield ""
    yield "[parameters]"
    for parameter in instance.policy.parameter:
        value = exact_text(instance.parameters[parameter.id], parameter.unit)
        yield f"{_quoted(parameter.id)} = {_quoted(value) if '.' in value else value}"
    for source in instance.sources:
        yield ""
        yield "[[source]]"
        yield f"what = {_quoted(source.what)}"
        yield f"kind = {_quoted(source.kind)}"
        yield f"note = {_quoted(source.note)}"


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's too, but for the one control sign that JSON leaves."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
