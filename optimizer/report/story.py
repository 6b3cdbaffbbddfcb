"""The sentences at the top of a report: what the plan reaches, what it costs, how good it is."""

from __future__ import annotations

from itertools import pairwise

from optimizer.instance import Instance
from optimizer.plan import Plan, StageResult
from optimizer.report.digest import Statement, choice_table, clause_groups, unplaced
from optimizer.report.labels import Labels
from optimizer.report.phrases import amount, percent
from optimizer.units import UNITS, from_base, to_base
from optimizer.wording import Language, Wording


def headline(plan: Plan, labels: Labels) -> str:
    """How many are placed, by when, and where most of them go."""
    moves = choice_table(plan)
    if moves is None:
        told = [group for group in stage_groups(plan) if group[0].unit != "points"] or stage_groups(plan)
        parts = [_first_words(group, labels.language) for group in told[:2]]
        return Wording("，".join(parts) + "。", "; ".join(parts) + ".").to(labels.language)
    count, last = len(moves), int(moves["year"].max())
    zh, en = f"到 {last} 年安置 {count:,} 户", f"{count:,} households resettled by {last}"
    if "mode" in moves.columns:
        shares = moves["mode"].value_counts(normalize=True)
        mode, share = labels.code("mode", shares.index[0]), percent(float(shares.iloc[0]))
        zh, en = f"{zh}，其中{mode} {share}", f"{en} ({mode.lower()} {share})"
    return Wording(zh + "。", en + ".").to(labels.language)


def cost_line(plan: Plan, accounts: list[Statement], labels: Labels) -> str:
    """What the plan costs: the stage that keeps money low, else all costs of the accounts."""
    language = labels.language
    for stage in plan.stages:
        if stage.sense == "min" and UNITS[stage.unit].base == "fen":
            title, cost = stage.title, amount(stage.value, stage.unit, language)
            return Wording(f"{title.zh}：{cost}。", f"{title.en}: {cost}.").to(language)
    money = next((each for each in accounts if each.unit == "fen"), None)
    if money is None:
        return ""
    rows = money.rows["amount"]
    cost, income = (amount(int(abs(rows[side].sum())), "fen", language) for side in (rows < 0, rows > 0))
    return Wording(f"支出 {cost}，收入 {income}。", f"It costs {cost}, against income of {income}.").to(language)


def proof(plan: Plan, language: Language) -> str:
    """The proven distance from the best that any legal plan could reach."""
    if not plan.stages:
        return ""
    widest = max(plan.stages, key=lambda stage: stage.gap)
    if widest.bound == widest.value:
        return Wording(
            "已证明：没有任何合法方案能在任何一项目标上胜过本方案（目标按优先次序比较）。",
            "Proven: no legal plan is better on any goal (goals compared in their order).",
        ).to(language)
    room = amount(abs(widest.bound - widest.value), widest.unit, language)
    gap = percent(widest.gap, 3)
    return Wording(
        f"已证明：任何合法方案在任何一项目标上最多只能再好 {gap}"
        f"（差距最大的是“{widest.title.zh}”，{room}；目标按优先次序比较）。",
        f"Proven: no legal plan is better by more than {gap} on any goal "
        f"(widest for “{widest.title.en}”: {room}; goals compared in their order).",
    ).to(language)


def stage_groups(plan: Plan) -> list[list[StageResult]]:
    """The stages in order; those of one worst-off-first objective (``cover-1``, ``cover-2`` …) together."""
    groups: list[list[StageResult]] = []
    for stage in plan.stages:
        base, _, number = stage.id.rpartition("-")
        count = len(groups[-1]) if groups else 0
        follows = count > 0 and groups[-1][-1].id == f"{base}-{count}" and number == str(count + 1)
        if base and stage.unit == "bp" and follows:
            groups[-1].append(stage)
        else:
            groups.append([stage])
    return groups


def _levels(group: list[StageResult], language: Language) -> list[str]:
    """What each of the worst-off reaches, the lowest first, from sums of the smallest."""
    sums = [0, *(stage.value for stage in group)]
    return [amount(now - before, group[0].unit, language) for before, now in pairwise(sums)]


def _objective(group: list[StageResult]) -> Wording:
    """The title of several stages' objective: of the first one's, what stands before its own part."""
    title = group[0].title
    return Wording(title.zh.rpartition("：")[0] or title.zh, title.en.rpartition(": ")[0] or title.en)


def _first_words(group: list[StageResult], language: Language) -> str:
    stage = group[0]
    return f"{stage.title.to(language)} {amount(stage.value, stage.unit, language)}"


def stage_lines(plan: Plan, language: Language) -> list[dict[str, str]]:
    """For every objective: goal, what was reached, the proven bound, in plain words."""
    lines, done = [], 0
    for group in stage_groups(plan):
        line = _stage_line(done + 1, group[0], language)
        if len(group) > 1:
            widest = max(group, key=lambda stage: stage.gap)
            sums = Wording(
                f"最低 {group.index(widest) + 1} 个之和：", f"sum of the {group.index(widest) + 1} smallest: "
            )
            said = _stage_line(done + 1, widest, language)["said"]
            line |= {
                "number": f"{done + 1}–{done + len(group)}",
                "title": _objective(group).to(language),
                "value": Wording("、".join(_levels(group, "zh")), ", ".join(_levels(group, "en"))).to(language),
                "said": said if widest.bound == widest.value else sums.to(language) + said,
                "better": Wording("由低到高，越多越好", "lowest first, more is better").to(language),
                "seconds": f"{sum(stage.seconds for stage in group):,.1f}",
            }
        lines.append(line)
        done += len(group)
    return lines


def _stage_line(at: int, stage: StageResult, language: Language) -> dict[str, str]:
    value, bound = amount(stage.value, stage.unit, language), amount(stage.bound, stage.unit, language)
    room, gap = amount(abs(stage.bound - stage.value), stage.unit, language), percent(stage.gap, 3)
    if stage.bound == stage.value:
        said = Wording("已证明最优：没有合法方案能更好。", "Proven best: no legal plan does better.")
    elif stage.sense == "max":
        said = Wording(
            f"已证明最多 {bound}；最多还差 {room}（{gap}）。",
            f"Proven to be at most {bound}; at most {room} ({gap}) is missing.",
        )
    else:
        said = Wording(
            f"已证明至少 {bound}；最多还能省 {room}（{gap}）。",
            f"Proven to be at least {bound}; at most {room} ({gap}) could be saved.",
        )
    better = Wording("越多越好", "more is better") if stage.sense == "max" else Wording("越少越好", "less is better")
    return {
        "number": str(at),
        "title": stage.title.to(language),
        "clause": stage.clause,
        "better": better.to(language),
        "value": value,
        "said": said.to(language),
        "engine": stage.engine,
        "seconds": f"{stage.seconds:,.1f}",
    }


def assumed_parameters(instance: Instance, language: Language) -> list[tuple[str, str, str]]:
    """Title, value with unit, and clause of every number that the policy document leaves open."""
    found = []
    for each in instance.policy.parameter:
        if each.assumed:
            base = instance.parameters.get(each.id)
            value = to_base(str(each.value), each.unit) if base is None else base
            unit = UNITS["yuan"] if language == "en" and UNITS[each.unit].base == "fen" else UNITS[each.unit]
            word = unit.zh if language == "zh" else unit.en
            number = f"{from_base(value, unit.id):,} {word}".replace(" %", "%").strip()
            found.append((each.title.wording.to(language), number, each.clause))
    return found


def key_figures(
    plan: Plan, instance: Instance, accounts: list[Statement], labels: Labels
) -> list[tuple[str, str, str]]:
    """Number, what it is, and a note; only what the plan's tables can tell."""
    language = labels.language
    figures: list[tuple[Wording, Wording, Wording]] = []
    moves, left = choice_table(plan), unplaced(plan, instance)
    if moves is not None:
        note = Wording("", "")
        if left is not None:
            asked = len(moves) + len(left)
            share = percent(len(moves) / max(1, asked))
            note = Wording(f"有意愿 {asked:,} 户的 {share}", f"{share} of {asked:,} that consented")
        figures.append((_same(f"{len(moves):,}"), Wording("安置户数", "households resettled"), note))
        figures += _mode_figure(plan, labels)
    money = next((each for each in accounts if each.unit == "fen"), None)
    if money is not None:
        rows = money.rows["amount"]
        cost, rest = (
            amount(-int(rows[rows < 0].sum()), "fen", language),
            amount(int(rows.sum()), "fen", language),
        )
        name = labels.table(money.name)
        note = Wording(f"{name}；期末结余 {rest}", f"{name}; {rest} left at the end")
        figures.append((_same(cost), Wording("总支出", "spent in all"), note))
    groups = clause_groups(plan.clauses)
    broken = sum(group.status == "violated" for group in groups)
    binding = sum(group.status == "binding" for group in groups)
    kept = len({group.rule for group in groups if group.status not in ("violated", "record")})
    note = Wording(f"其中 {binding} 条用满", f"{binding} of them bind")
    if broken:
        note = Wording(f"{broken} 条被违反", f"{broken} broken")
    figures.append((_same(f"{kept}"), Wording("条规则得到满足", "rules kept"), note))
    if plan.stages:
        note = Wording("与任何合法方案的最大差距", "furthest from any legal plan")
        figures.append((_same(percent(plan.gap, 3)), Wording("已证明差距", "proven gap"), note))
    return [(a.to(language), b.to(language), c.to(language)) for a, b, c in figures]


def _mode_figure(plan: Plan, labels: Labels) -> list[tuple[Wording, Wording, Wording]]:
    """The commonest mode and its share."""
    moves = choice_table(plan)
    if moves is None or "mode" not in moves.columns:
        return []
    counts = moves["mode"].value_counts()
    mode = labels.code("mode", counts.index[0])
    note = _same("，".join(f"{labels.code('mode', m)} {n:,}" for m, n in counts.items()))
    if labels.language == "en":
        note = _same(", ".join(f"{labels.code('mode', m)} {n:,}" for m, n in counts.items()))
    share = percent(float(counts.iloc[0] / counts.sum()))
    return [(_same(share), Wording(f"{mode}占比", f"share: {mode.lower()}"), note)]


def _same(words: str) -> Wording:
    return Wording(words, words)
