"""An answer as one self-contained page: pictures, tables with links to plans, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jinja2

from optimizer.instance import Instance
from optimizer.report.frontier import chooser
from optimizer.wording import Language


@dataclass(frozen=True)
class Cell:
    """A cell of a table, and where it leads."""

    words: str
    link: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the page; ``picture`` is an SVG of our own."""

    title: str = ""
    picture: str = ""
    header: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    lines: Sequence[str] = ()


def answer_page(question: str, task: Instance, sections: Sequence[Section], language: Language) -> str:
    """The page as HTML, without any link outside its folder."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("optimizer.report", "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("answer.html.j2").render(
        language="zh-CN" if language == "zh" else "en",
        question=question,
        title=task.title.wording.to(language),
        policy=task.policy.policy.title.wording.to(language),
        generated=task.generated,
        sections=sections,
        t=chooser(language),
    )


def plan_rows(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[Cell]]:
    """Rows whose first cell leads to the report of the plan folder of that name."""
    return [
        [Cell(first, f"{name}/report.html"), *map(Cell, rest)]
        for name, (first, *rest) in zip(names, rows, strict=True)
    ]  # fmt: skip
