"""``record``: sums that are told and never refused."""

from __future__ import annotations

from optimizer.build import build
from optimizer.check import audit
from tests.kit import Case, allowed, broken, plan_of, report_of, vectors

TERM = {"table": "moves", "measure": "size", "where": {"mode": "go"}}


def test_sums_by_key_are_exact() -> None:
    """Persons by place, against a sum by hand."""
    case = Case({"kind": "record", "terms": [TERM], "per": ["site"]})
    size = dict(zip(["p1", "p2", "p3"], [2, 3, 4], strict=True))
    model = build(case.instance())
    for x in vectors(model):
        tables = plan_of(model, x)
        found = audit(case.instance(), tables)
        assert allowed(model, x)
        assert not broken(found)
        wanted: dict[str, int] = {}
        for person, mode, site in tables["moves"][["person", "mode", "site"]].itertuples(index=False):
            if mode == "go":
                wanted[site] = wanted.get(site, 0) + size[person]
        lines = report_of(found).query("key != ''")
        assert dict(zip(lines["key"], lines["attained"], strict=True)) == wanted


def test_years_are_put_together_in_periods() -> None:
    """Two periods, all moves within them."""
    case = Case({"kind": "record", "terms": [{"table": "moves"}], "periods": [[2020, 2020], [2021, 2022]]})
    model = build(case.instance())
    for x in vectors(model):
        tables = plan_of(model, x)
        lines = report_of(audit(case.instance(), tables)).query("key != ''")
        years = tables["moves"]["year"]
        wanted = {"2020–2020": int((years == 2020).sum()), "2021–2022": int((years == 2021).sum())}
        assert dict(zip(lines["key"], lines["attained"], strict=True)) == {k: v for k, v in wanted.items() if v}
