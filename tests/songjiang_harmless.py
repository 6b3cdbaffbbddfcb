"""Changes of a plan's tables that break nothing (see ``songjiang_mutations``)."""

from __future__ import annotations

import random

from tests.songjiang_mutations import HOMES, QUANTITY, Facts, Found, added, harmless, pick


@harmless
def rows_shuffled(facts: Facts, chance: random.Random) -> Found:
    """Every table in another order of rows, with the old row labels."""
    seed = chance.randrange(10**6)
    return {n: f.sample(frac=1, random_state=seed) for n, f in facts.tables.items()}, set(), f"{seed}"


@harmless
def columns_shuffled(facts: Facts, chance: random.Random) -> Found:
    """Every table in another order of columns."""
    return {n: f[chance.sample(list(f), len(f.columns))] for n, f in facts.tables.items()}, set(), ""


@harmless
def codes_as_categories(facts: Facts, chance: random.Random) -> Found:
    """Codes as categories, in some of the tables."""
    done = dict(facts.tables)
    for name in chance.sample(sorted(done), len(done) // 2):
        done[name] = done[name].astype({c: "category" for c in done[name] if done[name][c].dtype == object})
    return done, set(), ""


@harmless
def narrow_integers(facts: Facts, chance: random.Random) -> Found:
    """Years as 32-bit integers."""
    return {n: f.astype({"year": "int32"}) if "year" in f else f for n, f in facts.tables.items()}, set(), ""


@harmless
def extra_columns(facts: Facts, chance: random.Random) -> Found:
    """A column of remarks that the policy does not know."""
    table = chance.choice(sorted(facts.tables))
    return {**facts.tables, table: facts.tables[table].assign(remark="x")}, set(), table


@harmless
def zero_row(facts: Facts, chance: random.Random) -> Found:
    """An explicit 0 at a known key that the plan does not use."""
    table = chance.choice(("homes", "hamlets", "stored", "saved"))
    year = chance.randrange(2019, 2026)
    keys = {
        "homes": [{"site": s, "home_type": t} for s, t in facts.most_homes],
        "hamlets": [{"hamlet": h, "year": year} for h in facts.hamlet],
        "stored": [{"town": t, "year": year} for t, r in facts.town.items() if r["side"] == "south"],
        "saved": [{"site": s, "year": year} for s, r in facts.site.items() if r["kind"] == "settlement"],
    }[table]
    used = [{k: r[k] for k in keys[0]} for r in facts.rows(table)]
    key = pick(chance, [k for k in keys if k not in used])
    return None if key is None else (added(facts, table, **key, **{QUANTITY[table]: 0}), set(), f"{table} {key}")


@harmless
def homes_in_another_order(facts: Facts, chance: random.Random) -> Found:
    """The same homes of a household, listed the other way round."""
    rows = [i for i, m in enumerate(facts.moves) if m["home_2"] and m["home_1"] != m["home_2"]]
    row = pick(chance, rows)
    if row is None:
        return None
    moves = facts.tables["moves"].copy()
    homes = [h for h in (moves.iloc[row][s] for s in HOMES) if h][::-1]
    moves.loc[moves.index[row], list(HOMES)] = homes + [""] * (3 - len(homes))
    return {**facts.tables, "moves": moves}, set(), facts.moves[row]["household"]


@harmless
def equal_cases_with_equal_results(facts: Facts, chance: random.Random) -> Found:
    """Two equal cases with the same result change places in the list."""
    pair = pick(chance, [(a, b) for a, b in facts.twins() if facts.result(a) == facts.result(b) is not None])
    if pair is None:
        return None
    swap = {pair[0]: pair[1], pair[1]: pair[0]}
    moves = facts.tables["moves"].copy()
    moves["household"] = [swap.get(h, h) for h in moves["household"]]
    return {**facts.tables, "moves": moves}, set(), f"{pair}"


@harmless
def one_home_taken_back(facts: Facts, chance: random.Random) -> Found:
    """Unused homes, if any were built, are not built after all."""
    spare = [i for i, r in enumerate(facts.rows("homes")) if facts.taken[r["site"], r["home_type"]] < r["built"]]
    row = pick(chance, spare)
    if row is None:
        return None
    homes = facts.tables["homes"].copy()
    homes.loc[homes.index[row], "built"] -= 1
    return {**facts.tables, "homes": homes}, set(), f"{row}"
