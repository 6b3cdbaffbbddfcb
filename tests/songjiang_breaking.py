"""The mutations that break a clause (see ``songjiang_mutations``)."""

from __future__ import annotations

import random
from typing import Any

from tests.songjiang_mutations import (
    ACCOUNT,
    BONUS,
    CONSENT,
    EXIT,
    FLOOR,
    FOOTPRINT,
    FUND,
    HOME,
    HOMES,
    LAST,
    LAST_MONEY,
    LOTTERY,
    MODE,
    MONEY,
    OWN_TOWN,
    PAID,
    PRIORITY,
    QUANTITY,
    QUOTA,
    REWARD,
    SAVED,
    SETTLEMENT,
    SHARE,
    SUBSIDY,
    TOTALS,
    TURNOVER,
    VILLAGE,
    WHOLE,
    YEARS,
    Facts,
    Found,
    a_move,
    added,
    breaking,
    changed,
    dropped,
    pick,
    running,
)

# ---------------------------------------------------------------- who, where, when


def move_to(facts: Facts, row: int, clause: str, **values: Any) -> Found:
    """One move changed."""
    return changed(facts, "moves", row, **values), {clause}, f"{facts.moves[row]['household']} {values}"


@breaking
def site_without_consent(facts: Facts, chance: random.Random) -> Found:
    """A site that the household never agreed to."""
    row = a_move(facts, chance, chance.choice(("town", "settlement")))
    if row is None:
        return None
    move = facts.moves[row]
    site = pick(chance, [s for s in facts.site if (move["mode"], s) not in facts.agreed[move["household"]]])
    return move_to(facts, row, CONSENT, site=site)


@breaking
def mode_without_consent(facts: Facts, chance: random.Random) -> Found:
    """A mode that the household did not agree to at that site."""
    row = a_move(facts, chance)
    if row is None:
        return None
    move = facts.moves[row]
    modes = [
        m for m in ("town", "settlement", "exit", "nothing") if (m, move["site"]) not in facts.agreed[move["household"]]
    ]
    return move_to(facts, row, CONSENT, mode=chance.choice(modes))


@breaking
def unknown_codes(facts: Facts, chance: random.Random) -> Found:
    """A household or a site that is in no table."""
    row = a_move(facts, chance)
    if row is None:
        return None
    column = chance.choice(("household", "site"))
    return move_to(facts, row, CONSENT, **{column: f"X{chance.randrange(10**6)}"})


@breaking
def somebody_without_any_consent(facts: Facts, chance: random.Random) -> Found:
    """A household that agreed to nothing takes over a row."""
    row = a_move(facts, chance)
    silent = pick(chance, [h for h in facts.household if not facts.agreed[h]])
    return None if row is None or silent is None else move_to(facts, row, CONSENT, household=silent)


@breaking
def doubled(facts: Facts, chance: random.Random) -> Found:
    """A household with two rows: the same one again, or another year."""
    row = a_move(facts, chance)
    if row is None:
        return None
    move = facts.moves[row]
    year = chance.choice((move["year"], min(LAST, move["year"] + 1)))
    return added(facts, "moves", **{**move, "year": year}), {CONSENT}, f"{move['household']} {year}"


@breaking
def before_ready(facts: Facts, chance: random.Random) -> Found:
    """A move in the year before its site is ready."""
    rows = [i for i, m in enumerate(facts.moves) if m["site"]]
    row = pick(chance, rows)
    return (
        None if row is None else move_to(facts, row, YEARS, year=int(facts.site[facts.moves[row]["site"]]["ready"]) - 1)
    )


@breaking
def outside_years(facts: Facts, chance: random.Random) -> Found:
    """A move approved before 2019 or after 2025."""
    row = a_move(facts, chance)
    return None if row is None else move_to(facts, row, YEARS, year=chance.choice((2017, 2018, 2026, 2027)))


@breaking
def town_site_of_another_town(facts: Facts, chance: random.Random) -> Found:
    """Into town, but another town's."""
    row = a_move(facts, chance, "town")
    if row is None:
        return None
    home = facts.town_of[facts.moves[row]["household"]]
    sites = [s for s, r in facts.site.items() if r["kind"] == "town" and r["town"] != home]
    return move_to(facts, row, OWN_TOWN, site=chance.choice(sites))


@breaking
def town_move_to_a_point(facts: Facts, chance: random.Random) -> Found:
    """Into town, at a settlement point."""
    row = a_move(facts, chance, "town")
    sites = [s for s, r in facts.site.items() if r["kind"] == "settlement"]
    return None if row is None else move_to(facts, row, MODE, site=chance.choice(sites))


@breaking
def settlement_elsewhere(facts: Facts, chance: random.Random) -> Found:
    """A settlement move to another town's point, or to no point at all."""
    row = a_move(facts, chance, "settlement")
    if row is None:
        return None
    home = facts.town_of[facts.moves[row]["household"]]
    sites = [s for s, r in facts.site.items() if r["kind"] != "settlement" or r["town"] != home]
    return move_to(facts, row, SETTLEMENT, site=chance.choice(sites))


@breaking
def settlement_unqualified(facts: Facts, chance: random.Random) -> Found:
    """A household that may not apply for a homestead takes over a settlement row."""
    row = a_move(facts, chance, "settlement")
    names = [h for h, r in facts.household.items() if not r["qualifies"]]
    return None if row is None or not names else move_to(facts, row, SETTLEMENT, household=chance.choice(names))


@breaking
def exit_without_home(facts: Facts, chance: random.Random) -> Found:
    """A household without another home is paid to leave."""
    rows = [i for i, m in enumerate(facts.moves) if not facts.household[m["household"]]["other_home"]]
    row = pick(chance, rows)
    return None if row is None else move_to(facts, row, EXIT, mode="exit", site="", home_1="", home_2="", home_3="")


@breaking
def truncated(facts: Facts, chance: random.Random) -> Found:
    """So many rows lost that the 2025 target is missed by one household."""
    keep = int(facts.parameters["target_2025"]) - 1
    rows = chance.sample(range(len(facts.moves)), len(facts.moves) - keep)
    return dropped(facts, "moves", rows), {TOTALS}, f"{keep} rows left, first lost {rows[0]}"


@breaking
def share_broken(facts: Facts, chance: random.Random) -> Found:
    """Just so many moves out of town lost that the into-town share passes 78 %."""
    town = sum(m["mode"] == "town" for m in facts.moves)
    others = [i for i, m in enumerate(facts.moves) if m["mode"] != "town"]
    lost = len(facts.moves) - 100 * town // 78
    lost += 100 * town <= 78 * (len(facts.moves) - lost)
    if lost > 8:
        return None
    rows = chance.sample(others, lost)
    return dropped(facts, "moves", rows), {SHARE}, f"{rows}"


@breaking
def jumped_queue(facts: Facts, chance: random.Random) -> Found:
    """A lower class takes over a row that a higher class held (putting it back gives the legal plan again)."""
    row = a_move(facts, chance)
    if row is None:
        return None
    move = facts.moves[row]
    name, place = move["household"], (move["mode"], move["site"])
    mine = facts.household[name]
    if mine["hamlet"] in facts.cleared:
        return None
    others = [
        h
        for h in facts.household
        if h not in facts.row_of and place in facts.agreed[h] and facts.priority(h) > facts.priority(name)
    ]
    other = pick(chance, others)
    return None if other is None else move_to(facts, row, PRIORITY, household=other)


@breaking
def estate_before_own_town(facts: Facts, chance: random.Random) -> Found:
    """A household sent to an estate that it agreed to, out of a town site where it had a legal place."""
    rows = [
        (i, s) for i, m in enumerate(facts.moves) if m["mode"] == "town" and facts.site[m["site"]]["kind"] == "town"
        for mode, s in facts.agreed[m["household"]]
        if mode == "town" and facts.site[s]["kind"] == "estate" and facts.site[s]["ready"] <= m["year"]
    ]  # fmt: skip
    found = pick(chance, sorted(rows))
    return None if found is None else move_to(facts, found[0], OWN_TOWN, site=found[1])


@breaking
def against_the_lottery(facts: Facts, chance: random.Random) -> Found:
    """Two equal cases with different results swap them."""
    pairs = [(a, b) for a, b in facts.twins() if facts.result(a) != facts.result(b)]
    pair = pick(chance, pairs)
    if pair is None:
        return None
    swap = {pair[0]: pair[1], pair[1]: pair[0]}
    moves = facts.tables["moves"].copy()
    moves["household"] = [swap.get(h, h) for h in moves["household"]]
    return {**facts.tables, "moves": moves}, {LOTTERY}, f"{pair}"


# ---------------------------------------------------------------- homes


@breaking
def home_not_built(facts: Facts, chance: random.Random) -> Found:
    """Another home type than the one given, of which all that were built are taken."""
    row = a_move(facts, chance, chance.choice(("town", "settlement")))
    if row is None:
        return None
    move = facts.moves[row]
    full = [t for t in facts.type if facts.taken[move["site"], t] >= facts.built.get((move["site"], t), 0)]
    kind = pick(chance, [t for t in full if t != move["home_1"]])
    return None if kind is None else move_to(facts, row, HOME, home_1=kind)


@breaking
def unknown_home(facts: Facts, chance: random.Random) -> Found:
    """A home type that does not exist."""
    row = a_move(facts, chance, "town")
    return None if row is None else move_to(facts, row, HOME, home_3=f"F{chance.randrange(300, 900)}")


@breaking
def exit_with_home(facts: Facts, chance: random.Random) -> Found:
    """A paid exit that is given a home as well."""
    row = a_move(facts, chance, "exit")
    return None if row is None else move_to(facts, row, HOME, home_1=chance.choice(list(facts.type)))


@breaking
def too_much_floor(facts: Facts, chance: random.Random) -> Found:
    """Floor area more than 20 m² above the entitlement."""
    row = a_move(facts, chance, "town")
    if row is None:
        return None
    homes = [chance.choice(("F90", "F100", "F105", "F120")) for _ in HOMES]
    over = facts.area(homes) > facts.entitled(facts.moves[row]["household"]) + 2_000
    return move_to(facts, row, FLOOR, **dict(zip(HOMES, homes, strict=True))) if over else None


@breaking
def no_home(facts: Facts, chance: random.Random) -> Found:
    """Into town without a flat, or a settlement move without a plot."""
    mode = chance.choice(("town", "settlement"))
    row = a_move(facts, chance, mode)
    clause = FLOOR if mode == "town" else FOOTPRINT
    return None if row is None else move_to(facts, row, clause, home_1="", home_2="", home_3="")


@breaking
def too_large_footprint(facts: Facts, chance: random.Random) -> Found:
    """A plot of 100 m² footprint for up to five persons."""
    row = a_move(facts, chance, "settlement")
    if row is None or facts.household[facts.moves[row]["household"]]["persons"] > 5:
        return None
    return move_to(facts, row, FOOTPRINT, home_1="P100")


@breaking
def one_home_less(facts: Facts, chance: random.Random) -> Found:
    """One home fewer built than taken."""
    rows = [i for i, r in enumerate(facts.rows("homes")) if facts.taken[r["site"], r["home_type"]] == r["built"]]
    row = pick(chance, rows)
    if row is None:
        return None
    built = int(facts.rows("homes")[row]["built"]) - 1
    tables = changed(facts, "homes", row, built=built) if built else dropped(facts, "homes", [row])
    return tables, {HOME}, f"{facts.rows('homes')[row]}"


@breaking
def site_overfilled(facts: Facts, chance: random.Random) -> Found:
    """So many homes of one type that the site's floor area is passed."""
    row = pick(chance, list(range(len(facts.tables["homes"]))))
    here = facts.rows("homes")[row]
    used = sum(n * int(facts.type[t]["area"]) for (s, t), n in facts.built.items() if s == here["site"])
    room = int(facts.site[here["site"]]["capacity"]) - used
    more = room // int(facts.type[here["home_type"]]["area"]) + 1
    return changed(facts, "homes", row, built=int(here["built"]) + more), {HOME}, f"{here} +{more}"


@breaking
def homes_beyond_the_type(facts: Facts, chance: random.Random) -> Found:
    """One home more than the site may have of that type."""
    row = pick(chance, list(range(len(facts.tables["homes"]))))
    here = facts.rows("homes")[row]
    most = facts.most_homes[here["site"], here["home_type"]]
    return changed(facts, "homes", row, built=most + 1), {HOME}, f"{here}"


# ---------------------------------------------------------------- whole hamlets


@breaking
def member_stays(facts: Facts, chance: random.Random) -> Found:
    """A household of a cleared hamlet that does not move."""
    rows = [i for i, m in enumerate(facts.moves) if facts.household[m["household"]]["hamlet"] in facts.cleared]
    row = pick(chance, rows)
    return None if row is None else (dropped(facts, "moves", [row]), {WHOLE}, facts.moves[row]["household"])


@breaking
def member_late(facts: Facts, chance: random.Random) -> Found:
    """A household of a cleared hamlet that moves after the clearing."""
    rows = [
        (i, year) for i, m in enumerate(facts.moves)
        if (year := facts.cleared.get(facts.household[m["household"]]["hamlet"], LAST)) < LAST
    ]  # fmt: skip
    found = pick(chance, rows)
    return None if found is None else move_to(facts, found[0], WHOLE, year=found[1] + 1)


@breaking
def not_cleared(facts: Facts, chance: random.Random) -> Found:
    """A hamlet said to be cleared where somebody stays."""
    staying = {r["hamlet"] for h, r in facts.household.items() if h not in facts.row_of}
    name, year = chance.choice(sorted(staying)), chance.randrange(2019, LAST + 1)
    return added(facts, "hamlets", hamlet=name, year=year, cleared=1), {WHOLE}, f"{name} {year}"


@breaking
def cleared_too_early(facts: Facts, chance: random.Random) -> Found:
    """A hamlet cleared in the year before its last household goes."""
    name = chance.choice(sorted(facts.cleared))
    last = max(int(m["year"]) for m in facts.moves if facts.household[m["household"]]["hamlet"] == name)
    row = [r["hamlet"] for r in facts.rows("hamlets")].index(name)
    return changed(facts, "hamlets", row, year=last - 1), {WHOLE}, name


@breaking
def cleared_twice(facts: Facts, chance: random.Random) -> Found:
    """A hamlet whose land is counted in two years, or twice in one."""
    name = chance.choice(sorted(facts.cleared))
    year = chance.randrange(facts.cleared[name], LAST + 1)
    return added(facts, "hamlets", hamlet=name, year=year, cleared=1), {WHOLE}, f"{name} {year}"


# ---------------------------------------------------------------- amounts: one more than the limit


def one_more(facts: Facts, table: str, row: int, clause: str, step: int = 1) -> Found:
    """One row of an amount table raised (lowered) by one step."""
    value = int(facts.rows(table)[row][QUANTITY[table]]) + step
    return changed(facts, table, row, **{QUANTITY[table]: value}), {clause}, f"{facts.rows(table)[row]} {step:+}"


@breaking
def one_bonus_more(facts: Facts, chance: random.Random) -> Found:
    """SJ-09: a bonus for one household more than moved into the town's sites that year (or with no such row)."""
    row = pick(chance, list(range(len(facts.tables["bonus"]))))
    if row is None:
        return None
    here = facts.rows("bonus")[row]
    earned = sum(
        facts.town_of[m["household"]] == here["town"] and m["year"] == here["year"]
        and m["mode"] == "town" and facts.site[m["site"]]["kind"] == "town"
        for m in facts.moves
    )  # fmt: skip
    step = earned - int(here["households"]) + chance.randrange(1, 30)
    return one_more(facts, "bonus", row, BONUS, step)


@breaking
def one_reward_more(facts: Facts, chance: random.Random) -> Found:
    """SJ-19: rewards for more households than moved by 2022."""
    row = pick(chance, list(range(len(facts.tables["reward"]))))
    here = facts.rows("reward")[row]
    earned = sum(
        facts.town_of[m["household"]] == here["town"] and m["mode"] == here["mode"] and m["year"] <= 2022
        for m in facts.moves
    )
    return one_more(facts, "reward", row, REWARD, earned - int(here["households"]) + chance.randrange(1, 20))


@breaking
def one_saved_more(facts: Facts, chance: random.Random) -> Found:
    """SJ-15: one dm² (or some) more saved than old homesteads exceed new plots."""
    row = pick(chance, list(range(len(facts.tables["saved"]))))
    here = facts.rows("saved")[row]
    real = sum(
        int(facts.household[m["household"]]["homestead"]) - facts.area([m[s] for s in HOMES])
        for m in facts.moves if m["mode"] == "settlement" and (m["site"], m["year"]) == (here["site"], here["year"])
    )  # fmt: skip
    step = real - int(here["area"]) + chance.choice((1, 2, 5, 100, 1_000))
    return one_more(facts, "saved", row, SAVED, step)


@breaking
def one_return_more(facts: Facts, chance: random.Random) -> Found:
    """SJ-07: one dm² more returned than the town owes, or one less than is due after five years."""
    row = pick(chance, list(range(len(facts.tables["returned"]))))
    if row is None:
        return None
    here, step = facts.rows("returned")[row], chance.choice((1, -1, 10, -10))
    borrowed = running(facts.by_year("borrowed", here["town"]))
    returned = facts.by_year("returned", here["town"])
    returned[int(here["year"])] += step
    given = running(returned)
    too_much = any(g > b for g, b in zip(given, borrowed, strict=True))
    too_late = any(g < b for g, b in zip(given[5:], borrowed, strict=False))
    return one_more(facts, "returned", row, TURNOVER, step) if too_much or too_late else None


@breaking
def one_borrowed_more(facts: Facts, chance: random.Random) -> Found:
    """SJ-07: more borrowed than the town sites on converted farmland use, or than is returned in five years."""
    row = pick(chance, list(range(len(facts.tables["borrowed"]))))
    if row is None:
        return None
    here, step = facts.rows("borrowed")[row], chance.choice((1, 3, 50, 100_000))
    use = sum(
        facts.quota_use(m) for m in facts.moves
        if facts.town_of[m["household"]] == here["town"] and m["year"] == here["year"] and m["site"]
        and facts.site[m["site"]]["kind"] == "town" and facts.site[m["site"]]["farmland"]
    )  # fmt: skip
    borrowed = facts.by_year("borrowed", here["town"])
    borrowed[int(here["year"])] += step
    given = running(facts.by_year("returned", here["town"]))
    too_late = any(g < b for g, b in zip(given[5:], running(borrowed), strict=False))
    too_much = int(here["area"]) + step > use
    return one_more(facts, "borrowed", row, TURNOVER, step) if too_late or too_much else None


@breaking
def stored_beyond_the_stock(facts: Facts, chance: random.Random) -> Found:
    """SJ-06: more quota stored than the town has left in some year."""
    row = pick(chance, list(range(len(facts.tables["stored"]))))
    if row is None:
        return None
    here = facts.rows("stored")[row]
    left = min(facts.stock(here["town"])[int(here["year"]) - 2019 :])
    return one_more(facts, "stored", row, QUOTA, left + chance.choice((1, 2, 7, 100, 900)))


@breaking
def linked_beyond(facts: Facts, chance: random.Random) -> Found:
    """SJ-06: more sold to a northern town than the southern one has, or than the yearly limit of the pair."""
    row = pick(chance, list(range(len(facts.tables["linked"]))))
    if row is None:
        return None
    here = facts.rows("linked")[row]
    limit = next(
        int(r["limit"]) for r in facts.given["links"] if (r["south"], r["north"]) == (here["south"], here["north"])
    )
    left = min(facts.stock(here["south"])[int(here["year"]) - 2019 :])
    step = min(left, limit - int(here["area"])) + chance.choice((1, 2, 7, 100, 900))
    return one_more(facts, "linked", row, QUOTA, step)


@breaking
def stored_in_the_north(facts: Facts, chance: random.Random) -> Found:
    """X-02: an amount at a key that the policy does not know."""
    town = chance.choice([t for t, r in facts.town.items() if r["side"] == "north"])
    year, area = chance.randrange(2019, LAST_MONEY + 1), chance.randrange(1, 100)
    return added(facts, "stored", town=town, year=year, area=area), {HOME}, f"{town} {year} {area}"


@breaking
def one_grant_more(facts: Facts, chance: random.Random) -> Found:
    """SJ-20: the year's fund passed by one 万元."""
    row = pick(chance, list(range(len(facts.tables["fund_grants"]))))
    here = facts.rows("fund_grants")[row]
    spent = sum(
        int(r["amount"]) for t in ("fund_grants", "fund_other") for r in facts.rows(t) if r["year"] == here["year"]
    )
    received = next(int(r["received"]) for r in facts.given["new_town_fund"] if r["year"] == here["year"])
    return one_more(facts, "fund_grants", row, FUND, received - spent + 1_000_000 * chance.randrange(1, 4))


@breaking
def fund_outside(facts: Facts, chance: random.Random) -> Found:
    """SJ-20: less than half of a year's receipts for work inside the new town."""
    rows = facts.rows("fund_grants")
    row = pick(chance, [i for i, r in enumerate(rows) if r["area"] == "inside" and r["amount"] > 0])
    if row is None:
        return None
    year = rows[row]["year"]
    inside = sum(int(r["amount"]) for r in rows if r["year"] == year and r["area"] == "inside")
    inside += sum(int(r["amount"]) for r in facts.rows("fund_other") if r["year"] == year) - int(rows[row]["amount"])
    received = next(int(r["received"]) for r in facts.given["new_town_fund"] if r["year"] == year)
    return (dropped(facts, "fund_grants", [row]), {FUND}, f"{rows[row]}") if 2 * inside < received else None


@breaking
def pasted_twice(facts: Facts, chance: random.Random) -> Found:
    """The same amount row twice: a key stands once, so a table pasted twice cannot pass a bound."""
    table = chance.choice(sorted(QUANTITY))
    if facts.tables[table].empty or table == "hamlets":
        return None
    here = chance.choice(facts.rows(table))
    return added(facts, table, **here), {HOME}, f"{table} {here}"


@breaking
def broken_step(facts: Facts, chance: random.Random) -> Found:
    """X-02: one fen where the fund is granted in 万元."""
    table = chance.choice(("fund_grants", "fund_other"))
    if facts.tables[table].empty:
        return None
    row = chance.randrange(len(facts.tables[table]))
    return one_more(facts, table, row, HOME, chance.choice((-1, 1, 50)))


@breaking
def negative_amount(facts: Facts, chance: random.Random) -> Found:
    """X-02: an amount below 0."""
    table = chance.choice([t for t in sorted(QUANTITY) if not facts.tables[t].empty])
    row = chance.randrange(len(facts.tables[table]))
    step = -int(facts.rows(table)[row][QUANTITY[table]]) - (1_000_000 if table.startswith("fund") else 1)
    return one_more(facts, table, row, HOME, step)


@breaking
def beyond_the_switch(facts: Facts, chance: random.Random) -> Found:
    """X-02: a yes/no amount of 2."""
    table = chance.choice(("mainly_town", "met_2022", "saves_quarter", "hamlets"))
    row = chance.randrange(len(facts.tables[table]))
    return one_more(facts, table, row, HOME)


# ---------------------------------------------------------------- money: written beside the decisions

BESIDE = {
    "city_subsidy": SUBSIDY, "district_subsidy": SUBSIDY, "exit_payment": EXIT, "home_cost": MONEY,
    "excess_payment": FLOOR, "entitled": FLOOR, "land_income": BONUS, "compensation": VILLAGE, "saving": SAVED,
}  # fmt: skip


@breaking
def one_fen_more_beside_a_move(facts: Facts, chance: random.Random) -> Found:
    """X-02: an amount written beside a household's place, one fen (dm²) off."""
    column, row, step = chance.choice(sorted(BESIDE)), chance.randrange(len(facts.moves)), chance.choice((1, -1))
    moves = facts.tables["moves"].assign(**{column: facts.written[column].to_numpy()})
    moves.loc[moves.index[row], column] += step
    return {**facts.tables, "moves": moves}, {BESIDE[column]}, f"{facts.moves[row]['household']} {column} {step:+}"


@breaking
def one_fen_more_in_an_account(facts: Facts, chance: random.Random) -> Found:
    """X-02: an amount of a town's running account, one fen (dm²) off."""
    name, clause = chance.choice((("town-money", MONEY), ("instalments", PAID), ("quota-stock", QUOTA)))
    account, step = facts.accounts[name].copy(), chance.choice((1, -1))
    row = chance.randrange(len(account))
    account.loc[account.index[row], "amount"] += step
    return {**facts.tables, ACCOUNT + name: account}, {clause}, f"{name} {row} {step:+}"


@breaking
def instalment_in_another_year(facts: Facts, chance: random.Random) -> Found:
    """SJ-10: a payment of an account moved to the year after."""
    account = facts.accounts["instalments"].copy()
    row = pick(chance, [i for i, amount in enumerate(account["amount"]) if amount])
    if row is None:
        return None
    account.loc[account.index[row], "year"] += 1
    return {**facts.tables, ACCOUNT + "instalments": account}, {PAID}, f"{row}"


@breaking
def money_given_up(facts: Facts, chance: random.Random) -> Found:
    """SJ-03: a town gives up money (a grant, a bonus, stored quota) that it needs in that or a later year."""
    account = facts.accounts["town-money"]
    found: list[Found] = []
    worth = {
        "fund_grants": 1,
        "bonus": facts.parameters["bonus_town"],
        "stored": facts.parameters["store_price"] // 100,
    }
    for table, price in worth.items():
        for row, here in enumerate(facts.rows(table)):
            own = account[account["town"] == here["town"]].groupby("year")["amount"].sum()
            money = running({y: int(own.get(y, 0)) for y in range(2019, LAST_MONEY + 1)})
            if min(money[int(here["year"]) - 2019 :]) < price * int(here[QUANTITY[table]]):
                found.append((dropped(facts, table, [row]), {MONEY}, f"{table} {here}"))
    return pick(chance, found)
