"""Why there is no legal plan, and what would help, in sentences for planners."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.analysis.contradictions import beyond_reach
from optimizer.analysis.relaxed import Move, Relaxed, Repair, Tried
from optimizer.policy.filters import resolve
from optimizer.policy.terms import Term
from optimizer.report.labels import Labels
from optimizer.report.phrases import amount, listed
from optimizer.rules import Rule, rules_of
from optimizer.rules.share import Share
from optimizer.rules.total import Total
from optimizer.units import UNITS, display_unit, from_base, show
from optimizer.wording import Language, Wording

LANGUAGES: tuple[Language, ...] = ("zh", "en")

MANY = 8
"""So many names are listed."""


def relax_lines(found: Relaxed, language: Language) -> list[str]:
    """The whole answer, a line each."""
    if found.status == "legal":
        return [
            Wording("有合法方案，各条款可以同时成立。", "There is a legal plan: the clauses can hold together.").to(
                language
            )
        ]
    lines = [Wording("没有合法方案。", "There is no legal plan.").to(language)]
    lines += _seen_at_once(found, language)
    lines += _conflict(found, language)
    lines += [s.to(language) for s in _crowd(found)]
    lines += _ways(found, language)
    return lines


def _seen_at_once(found: Relaxed, language: Language) -> list[str]:
    """What shows before anything is solved."""
    lines = [f"  {text.to(language)}" for _, text in found.contradictions[:20]]
    lines += [f"  {beyond_reach(*each).to(language)}" for each in found.beyond[:20]]
    more = max(0, len(found.contradictions) - 20) + max(0, len(found.beyond) - 20)
    if more:
        lines.append(Wording(f"  另有 {more} 处。", f"  And {more} more.").to(language))
    head = Wording("不必计算即可看出：", "This shows without any computing:").to(language)
    return [head, *lines] if lines else []


def _conflict(found: Relaxed, language: Language) -> list[str]:
    """The clauses that exclude each other."""
    if found.conflict is None:
        return []
    rules = {r.id: r for r in rules_of(found.instance.policy)}
    names = found.conflict.rules
    if len(names) == 1:
        head = Wording(
            "这一条按现有资格和意愿单独就做不到：", "This clause alone cannot be kept, given who qualifies and agrees:"
        )
    elif found.conflict.unproven:
        head = Wording("以下条款不能同时成立：", "These clauses cannot hold together:")
    else:
        head = Wording(
            f"以下 {len(names)} 条不能同时成立；去掉其中任何一条，其余各条就可以同时成立：",
            f"These {len(names)} cannot hold together; without any one of them the others can:",
        )
    lines = [head.to(language)]
    for number, name in enumerate(names, 1):
        asks = _asks(rules[name], found).to(language)
        kept = Wording("（不可改）", " (not to be changed)").to(language) if name in found.protected else ""
        lines.append(f"  {number}. {_named(rules[name], language)}{asks}{kept}")
    if found.conflict.unproven:
        text = Wording(
            f"时间已到，其中 {len(found.conflict.unproven)} 条是否必不可少尚未证明。",
            f"Time ran out: of {len(found.conflict.unproven)} of them it is not shown that they are needed.",
        )
        lines.append(text.to(language))
    return lines


def _named(rule: Rule, language: Language) -> str:
    title = rule.title.wording.to(language)
    return f"{rule.clause} {title}" if language == "zh" else f"{rule.clause} ({title})"


def _asks(rule: Rule, found: Relaxed) -> Wording:
    """What the rule asks for, in short."""
    words = {"at_least": ("不少于", "at least"), "at_most": ("不超过", "at most"), "equal": ("等于", "exactly")}
    zh, en = [], []
    if isinstance(rule, Total | Share):
        unit = "bp" if isinstance(rule, Share) else rule.unit
        for field, (word_zh, word_en) in words.items():
            limit = getattr(rule, field, None)
            if limit is None:
                continue
            if isinstance(limit, Term):
                labels = Labels(found.instance, None, "zh")
                zh.append(f"{word_zh}表“{labels.table(limit.table)}”所列")
                en.append(f"{word_en} what the table '{limit.table}' says")
            else:
                value = resolve(limit, found.instance.parameters)
                if value or isinstance(rule, Share):
                    zh.append(f"{word_zh} {exact(value, unit, 'zh')}")
                    en.append(f"{word_en} {exact(value, unit, 'en')}")
    return Wording(f"：{'，'.join(zh)}" if zh else "", f": {', '.join(en)}" if en else "")


def _crowd(found: Relaxed) -> list[Wording]:
    """The reason in places."""
    if found.crowded is None:
        return []
    rule, few, column, sites = found.crowded.rule, found.crowded.few, found.crowded.column, found.crowded.sites
    words = {language: Labels(found.instance, None, language) for language in LANGUAGES}
    names_zh, names_en = (
        listed([words[language].code(column, s) if s else "—" for s in sites[:MANY]], language)
        for language in LANGUAGES
    )
    more = " …" if len(sites) > MANY else ""
    unit = display_unit(rule.unit)
    zh, en = UNITS[unit].zh or "户", UNITS[unit].en or "households"
    places, others, most, limit = (show(v, unit) for v in (few.places, few.others, few.most, few.limit))
    return [
        Wording(
            f"原因：有 {len(few.sets)} 户按意愿和资格只能去这 {len(sites)} 处（{names_zh}{more}），那里一共只容得下 {places} {zh}；"
            f"其余各户即使全部安排，也只有 {others} {zh}，合计最多 {most} {zh}，少于要求的 {limit} {zh}。",
            f"The reason: {len(few.sets)} households agree and qualify only for these {len(sites)} ({names_en}{more}), which hold {places} {en} together; "
            f"even with all the others ({others} {en}) that makes {most} {en} at most, less than the {limit} {en} asked for.",
        )
    ]


def _ways(found: Relaxed, language: Language) -> list[str]:
    """The repairs."""
    if found.conflict is None:
        return []
    good = [t for t in found.tried if t.holds]
    if not good:
        text = Wording(
            "没有找到只改数字就能成立的办法" + ("。" if found.complete else "（时间已到，未能查完）。"),
            "No change of numbers was found that would do"
            + ("." if found.complete else " (time ran out before all was tried)."),
        )
        return [text.to(language)]
    one = all(len(t.repair.moves) == 1 for t in good)
    head = Wording(
        "可以这样办（任选一种，改动幅度由小到大；每种都已按改后的数字重新求解并通过审核）："
        if one
        else "只改一处不够，可以这样办（任选一种，括号内各处须一起改；每种都已按改后的数字重新求解并通过审核）：",
        "Ways out (any one of them, the smallest change first; each was solved again and audited with the changed numbers):"
        if one
        else "No single number is enough. Ways out (any one of them, its changes together; each was solved again and audited):",
    )
    lines = [head.to(language)]
    for number, tried in enumerate(good, 1):
        lines += _way(number, tried, found, language)
    return lines


def _way(number: int, tried: Tried, found: Relaxed, language: Language) -> Iterator[str]:
    sentences = [move_sentence(m, found, language) for m in tried.repair.moves]
    join = "；" if language == "zh" else "; "
    least = Wording("再少就不够。", "Less is not enough.") if tried.repair.least else Wording(
        "是否还能更少，尚未证明。", "Whether less would do is not shown."
    )  # fmt: skip
    period = "。" if language == "zh" else ". "
    yield f"  {number}) {join.join(sentences)}{period}{least.to(language)}"
    sets = settings_of(tried.repair)
    if sets:
        yield Wording(f"     做法：加上 {sets}", f"     How: add {sets}").to(language)
    if tried.plan is not None and tried.plan.stages:
        stage = tried.plan.stages[0]
        value = amount(stage.value, stage.unit, language)
        yield Wording(
            f"     改后：{stage.title.zh}，可达 {value}。", f"     Then '{stage.title.en}' reaches {value}."
        ).to(language)


def move_sentence(move: Move, found: Relaxed, language: Language) -> str:
    """One number moved, in words: which, from what to what, by how much."""
    lever = move.lever
    rule = next(r for r in rules_of(found.instance.policy) if r.id == lever.rule)
    now, to, by = (exact(v, lever.unit, language) for v in (lever.now, move.to, move.by))
    up = lever.direction > 0
    if lever.cell is None:
        word = {"at_least": Wording("下限", "the least"), "at_most": Wording("上限", "the most")}.get(
            lever.field, Wording("数", "the number")
        )
        text = Wording(
            f"{_named(rule, 'zh')}：{word.zh}由 {now} {'提高' if up else '降低'}到 {to}（{'加' if up else '减'} {by}）",
            f"{_named(rule, 'en')}: {word.en} from {now} {'up' if up else 'down'} to {to} ({'+' if up else '−'}{by})",
        )
        return text.to(language)
    labels = Labels(found.instance, None, language)
    key = _row_name(move, found, language)
    table, column = labels.table(lever.cell.table), labels.column(lever.cell.column)
    text = Wording(
        f"{_named(rule, 'zh')}：表“{table}”（{key}）的“{column}”由 {now} 改为 {to}（{'加' if up else '减'} {by}）",
        f"{_named(rule, 'en')}: table '{lever.cell.table}' ({key}), column '{lever.cell.column}', from {now} to {to} ({'+' if up else '−'}{by})",
    )
    return text.to(language)


def _row_name(move: Move, found: Relaxed, language: Language) -> str:
    cell = move.lever.cell
    assert cell is not None
    keys = found.instance.policy.table_named(cell.table).key
    row = found.instance.tables[cell.table].iloc[cell.row]
    named = [str(row[k]) for k in keys if k in row]
    return " ".join(named) or Wording(f"第 {cell.row + 2} 行", f"row {cell.row + 2}").to(language)


def settings_of(repair: Repair) -> str:
    """The ``--set`` words for what is moved in rules; "" where only tables are."""
    words = []
    for move in repair.moves:
        if move.lever.cell is None:
            value = str(from_base(move.to, "whole")) if move.lever.unit == "bp" else str(move.to)
            if move.lever.unit == "bp" and "." not in value:
                value += ".0"  # a whole number would be read as basis points
            words.append(f"--set {move.lever.rule}.{move.lever.field}={value}")
    return " ".join(words)


def exact(value: int, unit: str, language: Language, per_row: int = 1) -> str:
    """A number of base units with its word, exact; a row of shares in parts of ``per_row``."""
    shown = display_unit(unit)
    word = UNITS[shown].zh if language == "zh" else UNITS[shown].en
    number = show(value // per_row, shown)
    return f"{number} {word}".strip()
