"""Finds the kinds of a package (one a file) and makes them from policy entries.

Every kind of measure, rule, objective or decision is a class with a ``kind`` name whose fields are
the keys that a policy file may give. An unknown kind or key is an error that names the file, the
entry and the nearest known word.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from optimizer.errors import PolicyError
from optimizer.wording import Wording


class Kind(BaseModel):
    """Base of all kinds: a frozen record whose unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    kind: ClassVar[str] = ""


K = TypeVar("K", bound=Kind)


def nearest(word: str, known: Iterable[str]) -> Wording | None:
    """ "Maybe you meant …" for a misspelt word, or None where nothing is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    if not close:
        return None
    return Wording(zh=f"Maybe（也许）是“{close[0]}”。", en=f"Maybe '{close[0]}' was meant.")


class Catalogue(Generic[K]):
    """All kinds below one package, by name; two kinds of one name are refused."""

    def __init__(self, package: str, base: type[K]) -> None:
        self.package = package
        self.kinds: dict[str, type[K]] = {}
        root = importlib.import_module(package)
        for info in pkgutil.iter_modules(root.__path__):
            module = importlib.import_module(f"{package}.{info.name}")
            for item in vars(module).values():
                if isinstance(item, type) and issubclass(item, base) and item.__module__ == module.__name__:
                    self._register(item)

    def _register(self, item: type[K]) -> None:
        if not item.kind:
            return
        if item.kind in self.kinds:
            raise TypeError(f"{self.package}: two kinds are called '{item.kind}'")
        self.kinds[item.kind] = item

    def make(self, entry: Mapping[str, Any], file: str) -> K:
        """The kind that ``entry`` describes. Raises ``PolicyError`` for an unknown kind or key."""
        settings = dict(entry)
        name, label = str(settings.pop("kind", "")), str(entry.get("id", "?"))
        if name not in self.kinds:
            raise PolicyError(
                Wording(
                    zh=f"{file}：“{label}”的 kind“{name}”不认识。",
                    en=f"{file}: '{label}' has the unknown kind '{name}'.",
                ),
                nearest(name, self.kinds),
            )
        chosen = self.kinds[name]
        try:
            return chosen.model_validate(settings)
        except ValidationError as error:
            raise entry_error(error, file, f"{name} '{label}'", chosen.model_fields) from None


def entry_error(error: ValidationError, file: str, entry: str, known: Iterable[str]) -> PolicyError:
    """All faults of one entry as one ``PolicyError``, with the nearest key for a misspelt one."""
    lines_zh, lines_en, maybe = [], [], None
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            lines_zh.append(f"{file}：{entry} 有不认识的键“{key}”。")
            lines_en.append(f"{file}: {entry} has the unknown key '{key}'.")
            maybe = maybe or nearest(str(fault["loc"][-1]), known)
        else:
            lines_zh.append(f"{file}：{entry} 的“{key}”不对：{fault['msg']}。")
            lines_en.append(f"{file}: {entry}, key '{key}': {fault['msg']}.")
    return PolicyError(Wording(zh="\n".join(lines_zh), en="\n".join(lines_en)), maybe)
