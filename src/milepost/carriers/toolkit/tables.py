"""Small tables that stand beside a connector."""

from __future__ import annotations

import tomllib
from importlib.resources import files


def load_table(package: str, file: str, table: str) -> dict[str, str]:
    """One table of a connector's TOML file, as text to text.

    `CARRIERS = load_table(__package__, "carriers.toml", "carriers")`
    """
    text = (files(package) / file).read_text("utf-8")
    return {str(key): str(value) for key, value in tomllib.loads(text)[table].items()}
