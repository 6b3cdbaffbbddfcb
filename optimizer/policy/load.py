"""Reads a policy file; what is wrong with it is told with the file, the entry and the nearest key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimizer.errors import PolicyError
from optimizer.kinds import entry_error, nearest
from optimizer.policy.model import Policy
from optimizer.wording import Wording


def load_policy(path: Path, changes: Mapping[str, Any] | None = None, bundled: bool = True) -> Policy:
    """The policy in ``path`` (``bundled``: one of ours), with ``changes`` (``rule.field`` → value) put over its rules,
    parameters and objectives. Raises ``PolicyError``."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyError(
            Wording(zh=f"没有政策文件 {path.name}。", en=f"There is no policy file {path.name}.")
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(
            Wording(zh=f"{path.name} 不是有效的 TOML：{error}", en=f"{path.name} is not valid TOML: {error}")
        ) from None
    return policy_from(content, path.name, changes, bundled)


def policy_from(
    content: dict[str, Any], file: str, changes: Mapping[str, Any] | None = None, bundled: bool = True
) -> Policy:
    """The same from parsed TOML."""
    for name, value in (changes or {}).items():
        _change(content, name, value, file)
    try:
        policy = Policy.model_validate({**content, "file": file, "bundled": bundled})
    except ValidationError as error:
        raise entry_error(error, file, "policy", Policy.model_fields) from None
    _unique_ids(policy)
    return policy


def _change(content: dict[str, Any], name: str, value: Any, file: str) -> None:
    owner, _, field = name.partition(".")
    entries = [e for part in ("rule", "parameter", "objective", "measure") for e in content.get(part, [])]
    for entry in entries:
        if entry.get("id") == owner and field:
            entry[field] = value
            return
    raise PolicyError(
        Wording(
            zh=f"{file}：没有叫“{owner}”的规则、参数或目标。",
            en=f"{file}: there is no rule, parameter or objective '{owner}'.",
        ),
        nearest(owner, [str(e.get("id")) for e in entries]),
    )


def _unique_ids(policy: Policy) -> None:
    for part in ("decision", "measure", "rule", "objective"):
        seen: set[str] = set()
        for entry in getattr(policy, part):
            name = str(entry.get("id"))
            if name in seen:
                raise PolicyError(
                    Wording(
                        zh=f"{policy.file}：{part}“{name}”出现两次。",
                        en=f"{policy.file}: {part} '{name}' stands twice.",
                    )
                )
            seen.add(name)
