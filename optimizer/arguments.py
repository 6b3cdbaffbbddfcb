"""What was typed on the command line: checked and parsed before anything is read."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from pathlib import Path

from optimizer.errors import OptimizerError
from optimizer.wording import Language, Wording


def mistake(fact: Wording, maybe: Wording | None = None) -> OptimizerError:
    """A user's mistake on the command line: exit code 2."""
    return OptimizerError(fact, maybe)


def language_of(lang: str) -> Language:
    """zh or en. Raises ``OptimizerError`` for anything else."""
    if lang == "zh":
        return "zh"
    if lang == "en":
        return "en"
    raise mistake(
        Wording(f"--lang 只能是 zh 或 en，不能是“{lang}”。", f"--lang must be zh or en, not '{lang}'."),
        Wording("Maybe（也许）用 --lang zh。", "Maybe use --lang en."),
    )


def parse_changes(pairs: Sequence[str] | None) -> dict[str, object]:
    """``RULE.FIELD=VALUE`` texts as a mapping; a value is a whole number, a decimal or a text."""
    changes: dict[str, object] = {}
    for pair in pairs or ():
        name, equals, text = pair.partition("=")
        name, text = name.strip(), text.strip()
        if not equals or not text or not re.fullmatch(r"[^.\s]+\.[^.\s]+", name):
            raise mistake(
                Wording(f"--set “{pair}”应为 规则.字段=数值。", f"--set '{pair}' should read RULE.FIELD=VALUE."),
                Wording("Maybe（也许）如 --set town-share.at_least=0.7。", "Maybe like --set town-share.at_least=0.7."),
            )
        changes[name] = parse_value(text)
    return changes


def parse_value(text: str) -> int | float | str:
    """A whole number, a finite decimal, or the text itself."""
    if re.fullmatch(r"[+-]?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text) and math.isfinite(float(text)):
        return float(text)
    return text


def check_limits(gap: float, time: float | None, seed: int) -> None:
    """Refuse limits that mean nothing, before anything is read."""
    if not 0 <= gap < 1:
        raise mistake(Wording(f"--gap 应在 0 与 1 之间，不能是 {gap}。", f"--gap must be between 0 and 1, not {gap}."))
    if time is not None and not 0 < time < math.inf:
        raise mistake(Wording(f"--time 应是正的秒数，不能是 {time}。", f"--time must be seconds above 0, not {time}."))
    if seed < 0:
        raise mistake(Wording(f"--seed 不能是负数 {seed}。", f"--seed must not be negative, but is {seed}."))


def check_out(out: Path) -> None:
    """Refuse, before solving, a folder that the plan could not be written to afterwards."""
    used = out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / "plan.json").is_file()))
    if used:
        raise mistake(
            Wording(f"“{out}”已有别的内容，不会覆盖。", f"'{out}' holds something else; it is not overwritten."),
            Wording("Maybe（也许）换一个 --out 文件夹。", "Maybe choose another --out folder."),
        )
    parent = next(p for p in out.absolute().parents if p.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise mistake(Wording(f"不能在“{parent}”里写文件。", f"Nothing can be written in '{parent}'."))
