"""Writes a policy as the TOML file that it could have been read from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.policy.model import Policy


def policy_toml(policy: Policy) -> str:
    """Everything that the policy states, numbers as changed; read back it has the same ``fingerprint``."""
    stated = policy.model_dump(mode="json", exclude_unset=True)
    return "\n".join(_lines(stated)) + "\n"


def _lines(stated: Mapping[str, Any]) -> Iterator[str]:
    """Lists that are empty, then a section each: plain values, or each entry of a list of tables."""
    yield from (f"{name} = []" for name, part in stated.items() if not part)
    for name, part in stated.items():
        for head, entry in [(f"[{name}]", part)] if isinstance(part, dict) else [(f"[[{name}]]", e) for e in part]:
            yield head
            yield from (f"{_key(key)} = {_value(value)}" for key, value in entry.items() if value is not None)
            yield ""


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _value(value: Any) -> str:
    """One value; tables inside an entry stand inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's too, but for the one control sign that JSON leaves."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
