"""Where bundled models and instances are: inside an installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from optimizer.errors import PolicyError
from optimizer.kinds import nearest
from optimizer.wording import Wording

_HERE = Path(__file__).resolve().parent


def _root(kind: str) -> Path:
    packed = _HERE / "data" / kind
    return packed if packed.is_dir() else _HERE.parent / kind


def model_path(policy: str) -> Path:
    """The file of a bundled policy. Raises ``PolicyError`` for an unknown one."""
    path = _root("models") / f"{policy}.toml"
    if path.is_file():
        return path
    known = [p.stem for p in _root("models").glob("*.toml")]
    raise PolicyError(
        Wording(zh=f"没有内置政策“{policy}”。", en=f"There is no bundled policy '{policy}'."), nearest(policy, known)
    )


def instance_path(name: str) -> Path | None:
    """The folder of a bundled instance, or None."""
    path = _root("instances") / name
    return path if "/" not in name and (path / "instance.toml").is_file() else None


def bundled_instances() -> list[str]:
    """Names of all bundled instances."""
    return sorted(p.parent.name for p in _root("instances").glob("*/instance.toml"))
