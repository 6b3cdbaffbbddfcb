"""``optimizer solvers``: what can solve here."""

from __future__ import annotations

from optimizer import api
from optimizer.commands.base import AsJson, Lang, app, say_json, telling
from optimizer.wording import Wording


@app.command()
def solvers(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """列出可用的求解器 / List what can solve here."""
    with telling(lang, as_json) as language:
        found = api.solvers()
        if as_json:
            rows = [{"name": s.name, "version": s.version, "available": s.available} for s in found]
            say_json([row | {"note": s.note.to(language)} for row, s in zip(rows, found, strict=True)])
            return
        words = {True: Wording("可用", "available"), False: Wording("未安装", "not installed")}
        for s in sorted(found, key=lambda each: not each.available):
            print(f"{s.name:<18} {s.version:<10} {words[bool(s.available)].to(language)}  {s.note.to(language)}")
