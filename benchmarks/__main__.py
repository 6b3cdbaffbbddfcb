"""``python -m benchmarks list``, ``run NAME … --json FILE`` and ``page``, which writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from pathlib import Path

import benchmarks
from benchmarks._page import write_page
from benchmarks.record import KNOWN, settings_of, write_record


def discover() -> None:
    """Import every file of the package; each registers itself."""
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"benchmarks.{module.name}")


def main() -> None:
    """List the benchmarks, or run one."""
    discover()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=benchmarks.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    commands.add_parser("page", help="write docs/benchmarks.md from the records")
    names = commands.add_parser("run").add_subparsers(dest="name", required=True)
    for name, benchmark in sorted(KNOWN.items()):
        own = names.add_parser(name, help=benchmark.about)
        own.add_argument("--json", type=Path)
        benchmark.options(own)
    chosen = parser.parse_args()
    if chosen.command == "list":
        for name, benchmark in sorted(KNOWN.items()):
            print(f"{name:12} {benchmark.about}")
        return
    if chosen.command == "page":
        write_page()
        return
    results = KNOWN[chosen.name].run(chosen)
    for result in results:
        print(result)
    if chosen.json:
        write_record(chosen.json, settings_of(chosen), results)


if __name__ == "__main__":
    main()
