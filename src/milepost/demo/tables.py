"""The demo's own data files, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """A file of `demo/data` by its name without the ending."""
    path = files(__package__).joinpath("data", f"{name}.toml")
    return tomllib.loads(path.read_text("utf-8"))


def tariffs() -> str:
    """What the demo's carriers charge, invented, as the CSV that `PUT /v1/tariffs` takes."""
    return files(__package__).joinpath("data", "tariffs.csv").read_text("utf-8")
