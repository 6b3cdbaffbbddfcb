"""Generate an instance of the loop: ``python generate.py --households 1000 --seed 1 --out DIR``.

Public: the thirteen townships' names; 25 m² a person. Assumed: prices, costs, relocation money a person.
Generated: all the rest. No real household, site or budget is described. The same seed gives the same tables. Needs numpy and
pandas, nothing of the project.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

FULL = 1_000  # households of the bundled instance
TOWNSHIPS = (
    "迤萨镇", "甲寅镇", "宝华镇", "乐育镇", "浪堤镇", "洛恩乡", "石头寨乡", "阿扎河乡", "大羊街乡", "车古乡", "架车乡", "垤玛乡",
    "三村乡",
)  # fmt: skip
WEIGHTS = (1.5, 1.1, 1.0, 0.95, 1.05, 0.9, 1.1, 1.0, 0.85, 0.8, 0.8, 0.85, 0.8)
SIZES = ((2, 0.14), (3, 0.22), (4, 0.30), (5, 0.20), (6, 0.14))  # persons of a household, share
HOMES = (("F050", 50, 84), ("F075", 75, 84), ("F100", 100, 112), ("F125", 125, 140), ("F150", 150, 168))  # floor, land
HOME_OF = {2: "F050", 3: "F075", 4: "F100", 5: "F125", 6: "F150"}
PRICES = (360, 380, 400, 410, 410, 400, 390)  # from 2018, yuan a m²
VOLUME = 42  # m² a year, for each household
ADVANCE = (2.0, 0.8, 0.4)  # 万元 for each household, from 2018
REPAID = 0.7  # of the advance, in 2024
LENT = 15  # m² of turnover quota for each household, returned in 2023


def codes(letter: str, count: int) -> npt.NDArray[np.object_]:
    """H0001 …"""
    digits = np.char.zfill(np.arange(1, count + 1).astype(str), max(3, len(str(count))))
    return np.char.add(letter, digits).astype(object)


def tens(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Rounded to whole tens."""
    return (np.rint(values / 10) * 10).astype(np.int64)


def tables(count: int, seed: int) -> dict[str, pd.DataFrame]:
    """All tables, by name."""
    random = np.random.default_rng(seed)
    weights = np.array(WEIGHTS) / sum(WEIGHTS)
    town = np.sort(random.choice(len(TOWNSHIPS), count, p=weights))
    persons = random.choice([p for p, _ in SIZES], count, p=[s for _, s in SIZES])
    homestead = np.clip(tens(330 * random.gamma(6.0, 1 / 6.0, count)), 120, 900)
    household = codes("H", count)
    clears = random.random(count) < 0.9
    sites = [
        (f"A{t + 1:02d}{j + 1}", f"{name}安置点{j + 1}", name, t)
        for t, name in enumerate(TOWNSHIPS)
        for j in range(2 if t % 3 == 0 else 1)
    ]
    share = np.bincount(town, minlength=len(TOWNSHIPS))
    per_town = np.bincount([t for *_, t in sites], minlength=len(TOWNSHIPS))
    wishes = []
    for at, name in zip(town, household, strict=True):
        own = [site for site, _, _, t in sites if t == at]
        seat = [site for site, _, _, t in sites if t == 0 and at != 0][:1]
        wanted = [s for s in own if len(own) == 1 or random.random() < 0.8] or own[:1]
        wishes += [(name, site) for site in [*wanted, *(seat if random.random() < 0.2 else [])]]
    return {
        "townships": pd.DataFrame(
            {"township": TOWNSHIPS, "deep_poverty": ["是" if t >= 6 else "否" for t in range(len(TOWNSHIPS))]}
        ),
        "home_types": pd.DataFrame(HOMES, columns=["home", "floor", "land"]),
        "sites": pd.DataFrame(
            [
                (site, title, name, int(random.integers(130, 171)) * 10, int(share[t] * random.uniform(0.95, 1.2) / per_town[t]) + 2,
                 int(random.integers(4, 8)) * 10)
                for site, title, name, t in sites
            ],
            columns=["site", "title", "township", "cost", "room", "farmland"],
        ),
        "households": pd.DataFrame(
            {
                "household": household,
                "township": np.array(TOWNSHIPS, dtype=object)[town],
                "persons": persons,
                "home": [HOME_OF[int(p)] for p in persons],
                "homestead": homestead,
                "works": tens(homestead * random.uniform(45, 75, count)),
                "clears": np.where(clears, "是", "否"),
            }
        ),
        "wishes": pd.DataFrame(wishes, columns=["household", "site"]),
        "market": pd.DataFrame({"year": range(2018, 2025), "price": PRICES, "volume": VOLUME * count}),
        "years": money(count),
    }  # fmt: skip


def money(count: int) -> pd.DataFrame:
    """years: advance and repayment, turnover quota lent and returned."""
    advance = [round(a * count) for a in ADVANCE] + [0] * 4
    frame = pd.DataFrame({"year": range(2018, 2025), "advance": advance, "repay": 0, "lent": 0, "returned": 0})
    frame.loc[frame["year"] == 2024, "repay"] = round(REPAID * sum(advance))
    frame.loc[frame["year"] == 2018, "lent"] = LENT * count
    frame.loc[frame["year"] == 2023, "returned"] = LENT * count
    return frame


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--households", type=int, default=FULL)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables(given.households, given.seed).items():
        frame.to_csv(given.out / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
