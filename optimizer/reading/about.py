"""The head of an instance: which policy, its names, its sources; from ``instance.toml`` or two sheets."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_type_hints

from optimizer.errors import Fault
from optimizer.instance import Source
from optimizer.policy import Title
from optimizer.reading.faults import FaultList, nearest_name, normal
from optimizer.reading.sheet import Sheet, rows_of
from optimizer.wording import Wording

ABOUT, PARAMETERS, SOURCES, GUIDE = "实例", "参数", "来源", "说明"
SPECIAL = {
    **{ABOUT: ABOUT, "instance": ABOUT, PARAMETERS: PARAMETERS, "parameters": PARAMETERS},
    **{SOURCES: SOURCES, "sources": SOURCES, GUIDE: GUIDE, "guide": GUIDE},
}
"""Sheets that are no tables, by their Chinese and English names."""

HEAD_WORDS = {
    "policy": "政策",
    "name": "名称",
    "title": "标题",
    "title_en": "英文标题",
    "generated": "生成数据",
}
PARAMETER_WORDS = {
    "parameter": "编号",
    "title": "名称",
    "value": "值",
    "unit": "单位",
    "clause": "条款",
    "assumed": "是否假定",
}
SOURCE_WORDS = {"what": "内容", "kind": "类别", "note": "说明"}
SOURCE_KINDS = {"public": "公开", "assumed": "假定", "generated": "生成"}
_HEAD_KEYS = ("name", "title", "policy", "generated", "seed", "households")


@dataclass(frozen=True)
class GivenParameter:
    """A parameter as the user wrote it: where (sheet, row) and what."""

    sheet: str
    row: int | None
    id: str
    value: object
    number_cell: bool = False


@dataclass(frozen=True)
class About:
    """What stands beside the tables. ``policy`` is ``""`` where it is missing."""

    policy: str
    name: str
    title: Title
    generated: bool = False
    sources: tuple[Source, ...] = ()
    parameters: tuple[GivenParameter, ...] = field(default=())


def about_from_toml(file: str, content: bytes, folder: str, faults: FaultList) -> About | None:
    """The head from ``instance.toml``; None, and a fault, where it cannot be read."""
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        expected = Wording(zh="有效的 TOML 文件（UTF-8）", en="a valid TOML file in UTF-8")
        faults.add(
            Fault(
                file,
                None,
                None,
                None,
                expected,
                Wording(zh=f"语法有误：{error}", en=f"the syntax is wrong: {error}"),
            )
        )
        return None
    for key in sorted(set(document) - {"instance", "parameters", "source"}):
        _unknown(file, None, key, ("instance", "parameters", "source"), faults)
    head = document.get("instance", {})
    parameters = document.get("parameters", {})
    if not isinstance(head, dict) or not isinstance(parameters, dict):
        expected = Wording(zh="[instance] 和 [parameters] 两节", en="sections [instance] and [parameters]")
        faults.add(
            Fault(
                file,
                None,
                None,
                None,
                expected,
                Wording(zh="少了方括号。", en="the square brackets are missing."),
            )
        )
        return None
    for key in sorted(set(head) - set(_HEAD_KEYS)):
        _unknown(file, None, key, _HEAD_KEYS, faults)
    given = tuple(GivenParameter(file, None, str(k), v, isinstance(v, (int, float))) for k, v in parameters.items())
    return About(
        policy=_policy(file, head.get("policy"), faults),
        name=str(head.get("name") or folder),
        title=_title(head.get("title"), str(head.get("name") or folder)),
        generated=head.get("generated") is True,
        sources=_sources(file, document.get("source", []), faults),
        parameters=given,
    )


def about_from_sheets(sheets: Mapping[str, Sheet], book: str, stem: str, faults: FaultList) -> About:
    """The head from the sheets 实例, 参数 and 来源 (``sheets`` by their Chinese names)."""
    head: dict[str, str] = {}
    sheet = sheets.get(ABOUT)
    known = {normal(word): key for key, chinese in HEAD_WORDS.items() for word in (key, chinese)}
    known |= {"项目": "", "key": ""}
    for line, row in enumerate(rows_of(sheet) if sheet else [], start=1):
        if not any(row):
            continue
        key = known.get(normal(row[0]))
        if key is None:
            _unknown(sheet.name if sheet else book, line, row[0], HEAD_WORDS.values(), faults)
        elif key:
            head[key] = row[1] if len(row) > 1 else ""
    name = head.get("name") or stem
    title = head.get("title") or name
    return About(
        policy=_policy(sheet.name if sheet else book, head.get("policy"), faults),
        name=name,
        title=Title(zh=title, en=head.get("title_en") or title),
        generated=normal(head.get("generated", "")) in ("是", "yes", "true"),
        sources=_sources_sheet(sheets.get(SOURCES), faults),
        parameters=_parameters_sheet(sheets.get(PARAMETERS), faults),
    )


def _policy(place: str, value: object, faults: FaultList) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    expected = Wording(zh="写明政策（policy）的实例", en="an instance that names its policy")
    maybe = Wording(
        zh='加上一行：policy = "songjiang"；在工作簿里是表“实例”的“政策”一行。',
        en="add the line policy = \"songjiang\"; in a workbook, the row 'policy' of the sheet 'instance'.",
    )
    faults.add(Fault(place, None, None, None, expected, maybe))
    return ""


def _title(value: object, name: str) -> Title:
    if isinstance(value, dict):
        zh = str(value.get("zh") or value.get("en") or name)
        return Title(zh=zh, en=str(value.get("en") or zh))
    return Title(zh=str(value or name), en=str(value or name))


def _unknown(sheet: str, line: int | None, key: str, known: Iterable[str], faults: FaultList) -> None:
    near = nearest_name(key, known)
    maybe = (
        Wording(zh=f"是“{near}”。", en=f"'{near}' was meant.")
        if near
        else Wording(zh="这一项多余，请删除。", en="it is not needed; delete it.")
    )
    faults.add(Fault(sheet, line, None, key, Wording(zh="认识的项目", en="a known key"), maybe))


def _sources(file: str, entries: Any, faults: FaultList) -> tuple[Source, ...]:
    found = []
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, dict):
            expected = Wording(zh="[[source]] 一节", en="a section [[source]]")
            faults.add(
                Fault(
                    file,
                    None,
                    None,
                    "source",
                    expected,
                    Wording(zh="少了方括号。", en="the square brackets are missing."),
                )
            )
            continue
        source = _source(file, None, {k: str(v) for k, v in entry.items()}, faults)
        if source:
            found.append(source)
    return tuple(found)


def _source(sheet: str, line: int | None, entry: Mapping[str, str], faults: FaultList) -> Source | None:
    given = normal(entry.get("kind", ""))
    kinds = {**{word: kind for kind, word in SOURCE_KINDS.items()}, **{kind: kind for kind in SOURCE_KINDS}}
    for kind in get_args(get_type_hints(Source)["kind"]):
        if kinds.get(given) == kind:
            return Source(what=entry.get("what", ""), kind=kind, note=entry.get("note", ""))
    expected = Wording(
        zh="来源类别：" + "、".join(SOURCE_KINDS.values()), en="a kind of source: " + ", ".join(SOURCE_KINDS)
    )
    near = nearest_name(given, kinds)
    maybe = (
        Wording(zh=f"是“{SOURCE_KINDS[kinds[near]]}”。", en=f"'{kinds[near]}' was meant.")
        if near
        else Wording(zh="漏填了类别。", en="the kind was forgotten.")
    )
    faults.add(Fault(sheet, line, SOURCE_WORDS["kind"] if line else "kind", given or None, expected, maybe))
    return None


def _records(
    sheet: Sheet | None, words: Mapping[str, str], needed: str, faults: FaultList
) -> list[tuple[int, dict[str, str]]]:
    """Rows of a small sheet by English column name, with their line; other columns are passed over."""
    rows = rows_of(sheet) if sheet else []
    known = {normal(word): key for key, chinese in words.items() for word in (key, chinese)}
    for start, row in enumerate(rows):
        names = {known[normal(text)]: at for at, text in enumerate(row) if normal(text) in known}
        if needed in names:
            body = enumerate(rows[start + 1 :], start=start + 2)
            return [(line, {k: cells[at] for k, at in names.items()}) for line, cells in body if any(cells)]
    if sheet and not sheet.blank:
        expected = Wording(zh=f"有“{words[needed]}”列", en=f"a column '{needed}'")
        faults.add(
            Fault(
                sheet.name,
                None,
                None,
                None,
                expected,
                Wording(zh="删掉了表头。", en="the header was deleted."),
            )
        )
    return []


def _sources_sheet(sheet: Sheet | None, faults: FaultList) -> tuple[Source, ...]:
    records = _records(sheet, SOURCE_WORDS, "what", faults)
    found = [_source(sheet.name if sheet else "", line, record, faults) for line, record in records]
    return tuple(source for source in found if source)


def _parameters_sheet(sheet: Sheet | None, faults: FaultList) -> tuple[GivenParameter, ...]:
    """The parameters with a value; an empty value leaves the policy's own."""
    records = _records(sheet, PARAMETER_WORDS, "parameter", faults)
    name = sheet.name if sheet else ""
    return tuple(
        GivenParameter(name, line, record["parameter"], record["value"])
        for line, record in records
        if record.get("value")
    )
