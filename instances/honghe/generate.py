"""Generate a Honghe instance of any size: ``python generate.py --parcels 1200 --seed 1 --out DIR``.

Public: the thirteen townships' names and the numbers of the policy (红政办发〔2018〕69号).
Assumed: prices, costs and rates that the document leaves open (the policy's own stand in the policy file).
Generated: all the rest. No real parcel, site, project, household or budget is described. The same seed gives the same
tables. Needs numpy and pandas, nothing of the project.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Names = npt.NDArray[np.object_]

FULL = 1_200  # parcels of the bundled instance
MU = 2000 / 3  # m²
YEARS = range(2017, 2023)
TOWNSHIPS = (
    "迤萨镇", "甲寅镇", "宝华镇", "乐育镇", "浪堤镇", "洛恩乡", "石头寨乡", "阿扎河乡", "大羊街乡", "车古乡", "架车乡", "垤玛乡",
    "三村乡",
)  # fmt: skip
ZONES = ("town", "outside", "outside", "outside", "outside", *("mountain",) * 8)
WEIGHTS = (1.5, 1.1, 1.0, 0.95, 1.05, 0.9, 1.1, 1.0, 0.85, 0.8, 0.8, 0.85, 0.8)
PLOTS = (("Z040", 40), ("Z060", 60), ("Z080", 80), ("Z100", 100), ("Z120", 120), ("Z150", 150), ("Z180", 180))
SIZES = ((2, 0.14), (3, 0.22), (4, 0.30), (5, 0.20), (6, 0.14))  # persons of a household, share
PROJECTS = ((2017, 0.40), (2018, 0.35), (2019, 0.25))  # approval year, share of a township's parcels
OFFERS = (
    # market, mode, price by year from 2017, benchmark; yuan a m² (300,000 yuan a mu outside is 450)
    ("inside", "agreement", (255, 262, 270, 270, 262, 255), 255),
    ("inside", "auction", (270, 285, 292, 300, 285, 276), 255),
    ("outside", "agreement", (450, 450, 450, 450, 450, 450), 450),
    ("outside", "auction", (440, 465, 480, 472, 468, 460), 450),
)
VOLUME = {"inside": (0.10, 0.16), "outside": (0.03, 0.02)}  # a year, of all parcels' area: by agreement, by auction
BUDGET = (8, 2, 0, 0, 0, 0)  # yuan a m² of all parcels' area: presales must pay for most of the first year's demolition
DEMOLITION = {"homestead": (100, 170), "collective": (45, 90), "mine": (15, 40)}  # yuan a m², with compensation
HOUSEHOLDS = 1.15  # to be resettled, for each parcel


def yes(values: Bools) -> Names:
    """是 / 否."""
    return np.where(values, "是", "否").astype(object)


def codes(letter: str, count: int) -> Names:
    """P0001 …, as wide as the count needs."""
    digits = np.char.zfill(np.arange(1, count + 1).astype(str), max(3, len(str(count))))
    return np.char.add(letter, digits).astype(object)


def portions(total: int, weights: npt.NDArray[np.float64]) -> Ints:
    """``total`` in whole parts as near to ``weights`` as can be (largest remainders)."""
    exact = weights / weights.sum() * total
    parts = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: total - parts.sum()]] += 1
    return parts


def tens(values: npt.NDArray[np.float64]) -> Ints:
    """Rounded to whole tens."""
    return (np.rint(values / 10) * 10).astype(np.int64)


class Draft:
    """The tables of one instance, made in order from one random stream."""

    def __init__(self, parcels: int, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.count = parcels
        self.scale = parcels / FULL
        self.names = np.array(TOWNSHIPS, dtype=object)
        self.tables: dict[str, pd.DataFrame] = {}
        self.projects()
        self.parcels()
        self.sites()
        self.townships()
        self.market()

    def projects(self) -> None:
        """Three project areas a township, approved in 2017, 2018 and 2019; some are extended by a year."""
        township = np.repeat(np.arange(len(TOWNSHIPS)), len(PROJECTS))
        self.project = codes("X", len(township))
        approved = np.tile([year for year, _ in PROJECTS], len(TOWNSHIPS))
        self.tables["projects"] = pd.DataFrame(
            {
                "project": self.project,
                "township": self.names[township],
                "approved": approved,
                "extended": yes((self.random.random(len(township)) < 0.15) & (approved < 2018)),
                "resettles": "否",
            }
        )

    def parcels(self) -> None:
        """parcels and parcel_uses: area, slope, what each suits, costs, consent."""
        random, count = self.random, self.count
        size = portions(count, np.array(WEIGHTS))
        share = np.array([part for _, part in PROJECTS])
        project = np.concatenate(
            [np.repeat(np.arange(3) + 3 * t, portions(n, share)) for t, n in enumerate(size.tolist())]
        )
        self.township_of = project // 3
        present = random.choice(["homestead", "collective", "mine"], count, p=(0.72, 0.18, 0.10)).astype(object)
        mean = np.where(present == "homestead", 1250, np.where(present == "collective", 1900, 2900))
        area = np.maximum(tens(mean * random.gamma(3.0, 1 / 3.0, count)), 120)
        slope = np.clip(np.rint(random.gamma(3.2, 5.4, count)), 1, 55).astype(np.int64)
        farmland = (random.random(count) < np.where(present == "mine", 0.25, 0.86)) & (slope <= 25)
        woodland = random.random(count) < 0.80
        building = ~(farmland | woodland) | (random.random(count) < 0.22)
        parcel = codes("P", count)
        self.area, self.consent = area, random.random(count) < 0.92
        self.tables["parcels"] = pd.DataFrame(
            {
                "parcel": parcel,
                "project": self.project[project],
                "present": present,
                "area": area,
                "slope": slope,
                "suits_farmland": yes(farmland),
                "suits_woodland": yes(woodland),
                "demolition": self.demolition(present, area),
                "consent": yes(self.consent),
            }
        )
        grade = np.clip(np.rint(10.5 - slope / 5 + random.normal(0, 1.2, count)), 2, 13).astype(np.int64)
        works = {
            "farmland": tens(area * (34 + 1.1 * slope + random.uniform(0, 12, count))),
            "woodland": tens(area * random.uniform(9, 17, count)),
            "building": np.zeros(count, dtype=np.int64),
        }
        parts = [
            pd.DataFrame(
                {"parcel": parcel, "use": use, "works": works[use], "grade": grade if use == "farmland" else 0}
            )[fits]
            for use, fits in (("farmland", farmland), ("woodland", woodland), ("building", building))
        ]
        uses = pd.concat(parts).sort_values("parcel", kind="stable").reset_index(drop=True)
        self.tables["parcel_uses"] = uses
        self.kept_only = (self.consent & ~farmland & ~woodland) * area

    def demolition(self, present: Names, area: Ints) -> Ints:
        """Pulling down, with what the owners of the buildings get: most for homes, least for a disused mine."""
        low, high = np.array([DEMOLITION[p] for p in present]).T
        return tens(area * self.random.uniform(low, high))

    def sites(self) -> None:
        """A resettlement site in the first project area of each township, a second one in every other; business sites."""
        random = self.random
        rows: list[tuple[object, ...]] = []
        groups: list[tuple[object, ...]] = []
        share = np.array([s for _, s in SIZES])
        weight = np.array(WEIGHTS) * random.uniform(0.7, 1.3, len(WEIGHTS))
        self.households = portions(round(HOUSEHOLDS * self.count), weight)
        for t, name in enumerate(TOWNSHIPS):
            many = 2 if t % 2 == 0 else 1
            for j, households in enumerate(portions(int(self.households[t]), np.array([0.6, 0.4][:many])).tolist()):
                site, zone = f"A{t + 1:02d}{j + 1}", ZONES[t] if j == 0 else "outside"
                counts = portions(households, share * random.uniform(0.8, 1.2, len(share)))
                need = sum(
                    int(n) * max(40 if ZONES[t] == "town" and p == 2 else 60, 15 * p)
                    for n, (p, _) in zip(counts, SIZES, strict=True)
                )
                title = name + "安置点" + (str(j + 1) if many > 1 else "")
                rows.append(
                    (site, title, "resettlement", self.project[3 * t + j], zone, int(need * 1.45) + 200,
                     int(random.integers(5, 9)) * 10, int(random.integers(5, 9)), int(random.integers(90, 140)), 0)
                )  # fmt: skip
                groups += [(site, f"{p}人", p, int(n)) for n, (p, _) in zip(counts, SIZES, strict=True) if n]
        for j in range(max(2, round(20 * self.scale))):
            t = int(random.integers(0, len(TOWNSHIPS)))
            area = int(tens(np.array([random.uniform(2500, 9000) * max(0.3, self.scale)]))[0])
            rows.append(
                (f"B{j + 1:02d}", f"{TOWNSHIPS[t]}产业用地{j + 1}", "business", self.project[3 * t + int(random.integers(0, 3))],
                 "town" if t == 0 else "outside", area, int(random.integers(2, 8)) * 10, int(random.integers(5, 10)),
                 int(random.integers(120, 220)), int(random.integers(380, 760)))
            )  # fmt: skip
        columns = ["site", "title", "kind", "project", "zone", "area", "farmland", "grade", "cost", "land_income"]
        frame = self.tables["sites"] = pd.DataFrame(rows, columns=columns)
        settling = frame.loc[frame["kind"] == "resettlement", "project"]
        self.tables["projects"]["resettles"] = yes(np.isin(self.project, settling))
        self.tables["site_groups"] = pd.DataFrame(groups, columns=["site", "group", "persons", "households"])
        self.tables["plot_types"] = pd.DataFrame(PLOTS, columns=["plot", "area"])

    def townships(self) -> None:
        """townships: tasks, potential, quota issued, turnover quota, needs of land and money."""
        random, count = self.random, len(TOWNSHIPS)
        potential = np.bincount(self.township_of, weights=self.area, minlength=count)
        kept = np.bincount(self.township_of, weights=self.kept_only, minlength=count)
        self.tables["townships"] = pd.DataFrame(
            {
                "township": self.names,
                "deep_poverty": yes(np.isin(self.names, TOWNSHIPS[6:])),
                "task": self.households * 4,
                "potential": potential.astype(np.int64),
                "issued": tens(potential * random.uniform(0.55, 0.80, count)),
                "homes_need": tens(kept * random.uniform(0.35, 0.55, count)),
                "services_need": tens(kept * random.uniform(0.15, 0.30, count)),
                "turnover": tens(potential * random.uniform(0.05, 0.09, count)),
                "need": np.rint(potential * random.uniform(110, 190, count) / 10_000).astype(np.int64),
            }
        )

    def market(self) -> None:
        """offers and years: prices, volumes, advances, land supply, turnover quota."""
        area = float(self.area.sum())
        rows = [
            (
                market,
                mode,
                year,
                prices[n],
                benchmark,
                int(tens(np.array([area * VOLUME[market][mode == "auction"]]))[0]),
            )
            for market, mode, prices, benchmark in OFFERS
            for n, year in enumerate(YEARS)
        ]
        self.tables["offers"] = pd.DataFrame(rows, columns=["market", "mode", "year", "price", "benchmark", "volume"])
        supply = np.array([0.030, 0.034, 0.036, 0.040, 0.040, 0.040]) * area
        self.tables["years"] = pd.DataFrame(
            {
                "year": list(YEARS),
                "budget": np.rint(np.array(BUDGET) * area / 10_000).astype(np.int64),
                "supply": tens(supply),
                "turnover": tens(np.array([0.06, 0.06, 0.05, 0.04, 0.02, 0.0]) * area),
            }
        )


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parcels", type=int, default=FULL)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name, frame in Draft(given.parcels, given.seed).tables.items():
        frame.to_csv(given.out / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
