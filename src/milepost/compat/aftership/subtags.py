"""Tags and subtags of a canonical status."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from milepost.compat.core import load_statuses


@lru_cache(maxsize=1)
def _messages() -> dict[str, str]:
    text = (files(__package__) / "subtags.toml").read_text("utf-8")
    found: dict[str, str] = tomllib.loads(text)["messages"]
    return found


@lru_cache(maxsize=256)
def subtag_of(sub: str) -> str:
    """The subtag of a canonical sub, such as `InTransit_003`."""
    return load_statuses(__package__).code(sub)


def tag_of(subtag: str) -> str:
    """The tag that a subtag belongs to."""
    return subtag.partition("_")[0]


def message_of(subtag: str) -> str:
    """AfterShip's words for a subtag."""
    return _messages()[subtag]


def tags() -> frozenset[str]:
    """All nine tags."""
    return frozenset(tag_of(subtag) for subtag in _messages())


@lru_cache(maxsize=256)
def status_fields(sub: str) -> dict[str, str]:
    """tag, subtag and subtag_message of a canonical sub. Not to be changed: it is shared."""
    subtag = subtag_of(sub)
    return {"tag": tag_of(subtag), "subtag": subtag, "subtag_message": message_of(subtag)}
