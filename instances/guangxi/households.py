"""Townships, households, sites and consents of the generated Guangxi instance; all of it drawn at random."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Names = npt.NDArray[np.object_]

PERSONS = (0.06, 0.12, 0.19, 0.26, 0.19, 0.11, 0.05, 0.02)  # 1 … 8 persons
LEVELS = (0.31, 0.29, 0.23, 0.17)  # general … extreme poverty
AREA = 24.2  # m² of home a person, about
KINDS = ("seat", "park", "scenic", "town", "village", "care", "dispersed")
TITLES = {"seat": "县城安置区", "park": "产业园安置区", "scenic": "景区安置区", "town": "乡镇安置点", "village": "中心村安置点", "care": "敬老院", "dispersed": "分散安置"}  # fmt: skip
MODE = {"seat": "county", "park": "county", "scenic": "county", "town": "town", "village": "village", "care": "village", "dispersed": "dispersed"}  # fmt: skip
ROOM = {"seat": 0.34, "park": 0.16, "scenic": 0.10, "town": 0.20, "village": 0.12, "care": 0.02, "dispersed": 0.11}
LAND = {"seat": 44, "park": 50, "scenic": 58, "town": 58, "village": 78, "care": 48, "dispersed": 25}  # m² a person
WORKS = {"seat": 15_500, "park": 15_000, "scenic": 14_000, "town": 13_000, "village": 10_500, "care": 9_000, "dispersed": 4_000}  # fmt: skip
LIKING = {"seat": 2.2, "park": 1.0, "scenic": 0.9, "town": 1.3, "village": 0.8, "care": 2.0, "dispersed": 0.25}
MOST = 10
"""Sites of a county, at most."""


def codes(letter: str, count: int, digits: int) -> Names:
    """``H000001`` …"""
    return np.char.add(letter, np.char.zfill(np.arange(1, count + 1).astype(str), digits)).astype(object)


def townships(names: Names, random: np.random.Generator) -> pd.DataFrame:
    """Eight to fourteen places of origin a county; the last of every fifth county has no registered households."""
    count = random.integers(8, 15, len(names))
    county = np.repeat(np.arange(len(names)), count)
    last = np.append(county[1:] != county[:-1], True)
    return pd.DataFrame(
        {"township": codes("T", len(county), 4), "county": names[county], "origin": ~(last & (county % 5 == 0))}
    )


def people(
    county_of: Ints, names: Names, townships: pd.DataFrame, random: np.random.Generator
) -> pd.DataFrame:  # fmt: skip
    """Households in order of county; about one in eleven moves along."""
    many = len(county_of)
    registered = random.random(many) > 0.096
    level = random.choice(4, many, p=LEVELS)
    able = random.random(many) > 0.14
    persons = random.choice(np.arange(1, 9), many, p=PERSONS)
    free = registered & (persons <= 2) & (level >= 2) & ~able & (random.random(many) < 0.9)
    workers = np.where(able, np.minimum(persons, 1 + random.binomial(3, 0.4, many)), 0)
    earlier = _earlier(registered, many, random)
    agrees = random.random(many) < 0.62
    paid = np.where((earlier != "none") & (random.random(many) < 0.6), persons * random.integers(20, 60, many) * 100, 0)
    return pd.DataFrame(
        {
            "household": codes("H", many, 6),
            "township": _township(county_of, registered, names, townships, random),
            "kind": np.where(registered, "registered", "along").astype(object),
            "level": np.where(registered, (level + 1).astype(str), "").astype(object),
            "score": np.where(registered, 20 + 20 * level + random.integers(0, 20, many), random.integers(1, 40, many)),
            "persons": persons,
            "workers": workers,
            "free": free,
            "waiver": registered & ~free & (level >= 2) & (random.random(many) < 0.30),
            "earlier": earlier,
            "paid": paid,
            "displaced": random.random(many) < 0.003,
            "homestead": random.integers(70, 160, many),
            "agrees": agrees,
        }
    )


def listed(people: pd.DataFrame, townships: pd.DataFrame) -> pd.DataFrame:
    """Kind and persons of each household, without those that GX-06 leaves out."""
    origin = people["township"].map(townships.set_index("township")["origin"]).to_numpy(dtype=bool)
    may = ~people["displaced"].to_numpy() & (origin | (people["kind"] == "registered").to_numpy())
    return pd.DataFrame({"kind": people["kind"], "persons": np.where(may, people["persons"], 0)})


def _earlier(registered: npt.NDArray[np.bool_], many: int, random: np.random.Generator) -> Names:
    """Which of the tasks of 2016 and 2017 a household of the 2014–15 plans counts for (100,000 and 70,000 persons of a million)."""
    draw = random.random(many)
    kind = np.where(draw < 0.097, "first", np.where(draw < 0.165, "second", "none"))
    return np.where(registered, kind, "none").astype(object)


def _township(
    county_of: Ints, registered: npt.NDArray[np.bool_], names: Names, townships: pd.DataFrame, random: np.random.Generator
) -> Names:  # fmt: skip
    place = pd.Index(names).get_indexer(townships["county"])
    first = np.searchsorted(place, np.arange(len(names)))
    count = np.bincount(place, minlength=len(names))
    chosen = first[county_of] + np.floor(random.random(len(county_of)) * count[county_of]).astype(np.int64)
    other = registered & ~townships["origin"].to_numpy()[chosen]
    chosen[other] = first[county_of[other]]
    return townships["township"].to_numpy()[chosen]


def sites(
    names: Names, people: pd.DataFrame, county_of: Ints, counties: pd.DataFrame, random: np.random.Generator
) -> pd.DataFrame:
    """About six concentrated sites a county, and one entry for dispersed places."""
    persons = np.bincount(county_of, weights=people["persons"], minlength=len(names))
    rows = []
    for county, name in enumerate(names):
        kinds = _kinds(county, random)
        part = np.array([ROOM[k] for k in kinds]) * random.uniform(0.8, 1.2, len(kinds))
        part *= 1.15 / part.sum()
        many = {k: kinds.count(k) for k in kinds}
        for number, kind in enumerate(kinds):
            floor = int(part[number] * persons[county] * AREA)
            again = kinds[: number + 1].count(kind)
            rows.append(_site(name, kind, again if many[kind] > 1 else 0, floor, random))
    frame = pd.DataFrame(rows)
    frame.insert(0, "site", codes("S", len(frame), 4))
    return frame


def _kinds(county: int, random: np.random.Generator) -> list[str]:
    counts = {
        "seat": 1 + int(random.random() < 0.35), "park": int(random.random() < 0.55), "scenic": int(random.random() < 0.3),
        "town": 2 + int(random.random() < 0.5), "village": 1 + int(random.random() < 0.5), "care": int(random.random() < 0.3),
        "dispersed": 1,
    }  # fmt: skip
    return [kind for kind in KINDS for _ in range(counts[kind])]


def _site(county: str, kind: str, number: int, floor: int, random: np.random.Generator) -> dict[str, object]:
    landless = kind in ("seat", "park") or (kind == "town" and random.random() < 0.6)
    land = round(LAND[kind] * random.uniform(0.88, 1.12)) + (24 if kind == "village" and random.random() < 0.06 else 0)
    late = random.random()
    return {
        "title": county + TITLES[kind] + (str(number) if number else ""),
        "county": county,
        "kind": kind,
        "ready": 2016 if late < 0.85 or kind != "village" else 2017,
        "floor": floor,
        "largest": int(
            random.choice(
                [110, 120, 130]
                if kind in ("town", "village")
                else [100, 110, 120, 150]
                if kind == "dispersed"
                else [100, 110, 120]
            )
        ),
        "plot": int(random.integers(56, 81)) if kind == "village" else 0,
        "land": land,
        "works": round(WORKS[kind] * random.uniform(0.88, 1.12) / 100) * 100,
        "landless": landless,
        "shops": int(floor / 9 * random.uniform(0.93, 1.4)) if landless else 0,
    }


def consents(
    people: pd.DataFrame, county_of: Ints, names: Names, sites: pd.DataFrame, random: np.random.Generator
) -> pd.DataFrame:
    """Three sites of the own county for a household, in the order of its wishes (fewer where few suit it)."""
    place = pd.Index(names).get_indexer(sites["county"])
    first = np.searchsorted(place, np.arange(len(names)))
    many = np.bincount(place, minlength=len(names))
    slot = np.arange(MOST)
    there = slot[None, :] < many[county_of][:, None]
    row = np.where(there, first[county_of][:, None] + slot[None, :], 0)
    kind = sites["kind"].to_numpy()[row]
    liking = np.vectorize(LIKING.get, otypes=[float])(sites["kind"].to_numpy())[row] * random.gumbel(
        1.4, 0.7, row.shape
    )
    able, free = (people["workers"] > 0).to_numpy()[:, None], people["free"].to_numpy()[:, None]
    mode = np.vectorize(MODE.get, otypes=[object])(kind)
    liking += np.where(able & (mode == "county"), 0.6, 0.0)
    suits = there & (able | (mode != "county")) & np.where(free, np.isin(mode, ["town", "village"]), kind != "care")
    liking = np.where(suits, liking, -np.inf)
    order = np.argsort(-liking, axis=1, kind="stable")[:, :3]
    keep = np.isfinite(np.take_along_axis(liking, order, axis=1))
    household = np.repeat(people["household"].to_numpy(), 3).reshape(order.shape)
    return pd.DataFrame(
        {
            "household": household[keep],
            "mode": np.take_along_axis(mode, order, axis=1)[keep],
            "site": sites["site"].to_numpy()[np.take_along_axis(row, order, axis=1)][keep],
            "rank": np.tile(np.arange(1, 4), (len(people), 1))[keep],
        }
    )
