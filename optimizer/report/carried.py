"""An instance that a question made (changed tables, rules more), written into the folder of the plan that answers it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from optimizer.instance import Instance
from optimizer.policy.write import policy_toml
from optimizer.reading.write_folder import write_instance_folder

CARRIED = "instance"
POLICY_FILE = "policy.toml"


def write_carried(instance: Instance, folder: Path, final: Path) -> Instance:
    """Writes the instance with its policy to ``folder``/instance; the instance as it will be read from ``final``/instance, where
    the folder is moved afterwards."""
    own = instance.policy.model_copy(update={"file": POLICY_FILE, "bundled": False})
    place = folder / CARRIED
    write_instance_folder(replace(instance, policy=own), place)
    files = sorted(p for p in place.iterdir() if p.suffix in (".csv", ".toml"))
    hashes = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    (place / POLICY_FILE).write_text(policy_toml(instance.policy), encoding="utf-8")
    return replace(instance, policy=own, hashes=hashes, source=str(final / CARRIED))
