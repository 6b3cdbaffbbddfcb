"""Whether the relations that a policy's tables declare name tables, columns and codes that exist."""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.errors import PolicyError
from optimizer.policy import Policy
from optimizer.reading import messages
from optimizer.reading.faults import nearest_name
from optimizer.tables.schema import Agrees, Table
from optimizer.wording import Wording


def check_declared(policy: Policy) -> None:
    """Raises ``PolicyError`` for ``refers``, ``requires`` or ``agrees`` that lead nowhere.

    Otherwise a misspelt name would switch its check off without a word.
    """
    tables = {t.name: t for t in policy.table}
    for table in policy.table:
        for column in table.column:
            if column.refers is not None:
                _known(policy, f"{table.name}.{column.name}.refers", column.refers, tables)
        for required in table.requires:
            place = f"{table.name}.requires"
            _known(policy, place, required.table, tables)
            wanted = {required.column, required.above_zero or required.column}
            for name in sorted(wanted):
                _known(policy, place, name, _names(tables[required.table]))
        for agreement in table.agrees:
            _check_agrees(policy, table, agreement, tables)


def _check_agrees(policy: Policy, table: Table, agreement: Agrees, tables: dict[str, Table]) -> None:
    place = f"{table.name}.agrees"
    _known(policy, place, agreement.column, _names(table))
    referring = [c.name for c in table.column if c.refers is not None]
    _known(policy, place, agreement.through, referring)
    other = tables[str(table.column_named(agreement.through).refers)]
    _known(policy, place, agreement.other, _names(other))
    for code, legal in agreement.pairs.items():
        _known(policy, place, code, table.column_named(agreement.column).one_of)
        for value in legal:
            _known(policy, place, value, ["", *other.column_named(agreement.other).one_of])


def _names(table: Table) -> list[str]:
    return [c.name for c in table.column]


def _known(policy: Policy, place: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name in names:
        return
    near = nearest_name(name, names)
    maybe = messages.meant(near) if near else None
    raise PolicyError(
        Wording(
            zh=f"{policy.file}：表 {place} 提到的“{name}”不存在。",
            en=f"{policy.file}: {place} names '{name}', which does not exist.",
        ),
        Wording(zh=f"Maybe（也许）{maybe.zh}", en=f"Maybe {maybe.en}") if maybe else None,
    )
