"""Checks of single values by their kind; `fields.toml` says which field is of which kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from milepost.epcis import vocabulary
from milepost.epcis.contexts import is_context
from milepost.epcis.issue import Notes
from milepost.epcis.keys import BadKeyError
from milepost.epcis.link import check, path_of
from milepost.epcis.times import is_offset, parsed
from milepost.epcis.vocabulary import is_uri

_HEX = re.compile(r"[0-9A-Fa-f]+")
_UOM = re.compile(r"[A-Z0-9]{2,3}")
LONGEST_URI = 1_000
ACTIONS = ("ADD", "OBSERVE", "DELETE")
Check = Callable[[Notes, str, Any], None]


def uri(notes: Notes, path: str, value: Any) -> None:
    """Any URI; where it is a GS1 key, one that keeps its own rules."""
    if not notes.is_text(path, value):
        return
    if len(value) > LONGEST_URI:
        notes.error(path, f"has more than {LONGEST_URI} characters")
        return
    if not is_uri(value):
        notes.error(path, f"'{value[:80]}' is not a URI")
        return
    try:
        check(value)
    except BadKeyError as error:
        # Published examples have wrong check digits: what can be read is not refused for them.
        digit = str(error).startswith("wrong check digit") and path_of(value)
        (notes.warn if digit else notes.error)(path, f"'{value[:80]}': {error}")


def uris(notes: Notes, path: str, value: Any) -> None:
    if isinstance(value, list):
        for where, one in notes.items(path, value):
            uri(notes, where, one)
    else:
        uri(notes, path, value)


def epcs(notes: Notes, path: str, value: Any) -> None:
    seen: set[str] = set()
    for where, one in notes.items(path, value):
        uri(notes, where, one)
        if isinstance(one, str) and one in seen:
            (notes.warn if notes.xml else notes.error)(where, "stands twice in the list")
        elif isinstance(one, str):
            seen.add(one)


def time(notes: Notes, path: str, value: Any) -> None:
    if notes.is_text(path, value):
        try:
            parsed(value)
        except ValueError as error:
            notes.error(path, f"'{value[:80]}': {error}")


def offset(notes: Notes, path: str, value: Any) -> None:
    if notes.is_text(path, value) and not is_offset(value):
        notes.error(path, f"'{value[:80]}' is not an offset such as +08:00, of 14 hours at most")


def action(notes: Notes, path: str, value: Any) -> None:
    if value not in ACTIONS:
        notes.error(path, f"'{str(value)[:80]}' is none of ADD, OBSERVE, DELETE")


def number(notes: Notes, path: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        notes.error(path, "must be a number")


def text(notes: Notes, path: str, value: Any) -> None:
    if not isinstance(value, str):
        notes.error(path, "must be a text")


def boolean(notes: Notes, path: str, value: Any) -> None:
    if not isinstance(value, bool):
        notes.error(path, "must be true or false")


def hexadecimal(notes: Notes, path: str, value: Any) -> None:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        notes.error(path, "must be hexadecimal digits")


def uom(notes: Notes, path: str, value: Any) -> None:
    if not isinstance(value, str) or not _UOM.fullmatch(value):
        notes.error(path, "must be a UN/ECE Recommendation 20 unit code, such as KGM")


def context(notes: Notes, path: str, value: Any) -> None:
    if not is_context(value):
        notes.error(path, "must be a URI, an object, or a list of these")


def word(name: str) -> Check:
    """The check of a word of one of the standard's vocabularies."""

    def verify(notes: Notes, path: str, value: Any) -> None:
        if notes.is_text(path, value):
            if len(value) > LONGEST_URI:
                notes.error(path, f"has more than {LONGEST_URI} characters")
                return
            fault = vocabulary.fault(name, value, notes.prefixes)
            if fault is not None:
                notes.error(path, fault)
            elif vocabulary.bare(name, value, notes.prefixes) is None and ":" not in value:
                notes.warn(path, f"'{value[:80]}' is not a word of the standard")

    return verify


SIMPLE: dict[str, Check] = {
    "uri": uri, "uris": uris, "epc": uri, "epcs": epcs, "time": time, "offset": offset,
    "action": action, "number": number, "text": text, "boolean": boolean, "hex": hexadecimal,
    "context": context, "type": text,
    **{f"vocabulary {name}": word(name) for name in vocabulary.VOCABULARIES},
}  # fmt: skip
