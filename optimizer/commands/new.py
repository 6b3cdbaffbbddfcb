"""``optimizer new``: an empty workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer import api
from optimizer.arguments import mistake
from optimizer.commands.base import Lang, app, telling
from optimizer.wording import Wording


@app.command()
def new(
    policy: Annotated[
        str, typer.Argument(metavar="POLICY", help="政策名（如 songjiang）或政策文件 .toml / a policy's id or file")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="要写的工作簿 / the workbook to write")],
    lang: Lang = "zh",
) -> None:
    """写一份空白工作簿，填好即可求解 / Write an empty workbook to fill in."""
    with telling(lang) as language:
        if file.suffix.lower() != ".xlsx":
            raise mistake(
                Wording(f"“{file}”应以 .xlsx 结尾。", f"'{file}' should end in .xlsx."),
                Wording(f"Maybe（也许）用 {file.stem}.xlsx。", f"Maybe use {file.stem}.xlsx."),
            )
        if file.exists():
            raise mistake(
                Wording(f"“{file}”已存在，不会覆盖。", f"'{file}' exists already; it is not overwritten."),
                Wording("Maybe（也许）换一个文件名。", "Maybe choose another name."),
            )
        api.new(policy, file)
        print(Wording(f"已写出 {file}。", f"Wrote {file}.").to(language))
