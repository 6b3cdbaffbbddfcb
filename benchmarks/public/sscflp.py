"""Single-source capacitated facility location: opening and serving at least cost, each customer by one place."""

from __future__ import annotations

from pathlib import Path

from benchmarks.public.location import Location
from benchmarks.public.numbers import Numbers


def read(path: Path) -> Location:
    """``I J``, I capacities, I opening costs, J demands, J rows of I costs of the whole demand. Raises ``MalformedFile``."""
    numbers = Numbers(path)
    sites, customers = numbers.one("places", least=1), numbers.one("customers", least=1)
    capacity = numbers.take(sites, "capacities")
    opening = numbers.take(sites, "opening costs", scaled=True)
    demand = numbers.take(customers, "demands")
    cost = numbers.take(customers * sites, "costs", scaled=True).reshape(customers, sites)
    numbers.end()
    return Location(capacity, opening, demand, cost, numbers.decimals)
