"""What is wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from milepost.epcis.vocabulary import PREFIXES


class Issue(Struct, frozen=True):
    """A fault at `path` (`epcisBody.eventList[0].bizStep`). Only an `error` makes a document
    invalid; a `warning` is what a sender should look at.
    """

    path: str
    message: str
    level: str = "error"


class Notes:
    """Collects the issues of one document. `prefixes` are those that hold where it now looks.

    `xml`: it came as XML, whose schema lets some things pass that the JSON form does not.
    """

    def __init__(self, *, xml: bool = False) -> None:
        self.issues: list[Issue] = []
        self.xml = xml
        self.prefixes: Mapping[str, str] = PREFIXES

    def error(self, path: str, message: str) -> None:
        self.issues.append(Issue(path, message))

    def warn(self, path: str, message: str) -> None:
        self.issues.append(Issue(path, message, "warning"))

    def issues_of(self, level: str) -> list[Issue]:
        """The issues of one level."""
        return [one for one in self.issues if one.level == level]

    def is_text(self, path: str, value: Any) -> bool:
        """Note what is no text, or empty."""
        if not isinstance(value, str) or not value.strip():
            self.error(path, "must be a text that is not empty")
            return False
        return True

    def items(self, path: str, value: Any) -> list[tuple[str, Any]]:
        """The items of a list with their paths; notes what is no list."""
        if not isinstance(value, list):
            self.error(path, "must be a list")
            return []
        return [(f"{path}[{index}]", one) for index, one in enumerate(value)]

    def members(self, path: str, value: Any) -> dict[str, Any] | None:
        """The members of an object; notes what is none."""
        if not isinstance(value, dict):
            self.error(path, "must be an object")
            return None
        return value
