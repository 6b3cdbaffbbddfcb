"""``optimizer validate``: every fault of an input at once."""

from __future__ import annotations

from optimizer import api
from optimizer.arguments import parse_changes
from optimizer.commands.base import AsJson, Changes, InstanceName, Lang, app, say_json, telling
from optimizer.wording import Wording


@app.command()
def validate(instance: InstanceName, changes: Changes = None, lang: Lang = "zh", as_json: AsJson = False) -> None:
    """检查输入，一次列出所有错误 / Check the input and list every fault at once."""
    with telling(lang, as_json) as language:
        task, notices = api.load_with_notices(instance, parse_changes(changes))
        rows = {name: len(frame) for name, frame in task.tables.items()}
        if as_json:
            say_json({"status": "ok", "instance": task.name, "policy": task.policy.id, "rows": rows})
            return
        for notice in notices:
            print(notice.to(language))
        listed = "，".join(f"{n} {c} 行" for n, c in rows.items())
        listed_en = ", ".join(f"{n} {c} rows" for n, c in rows.items())
        print(Wording(f"没有错误。{task.name}：{listed}。", f"No faults. {task.name}: {listed_en}.").to(language))
