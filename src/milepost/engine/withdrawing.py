"""A raw payload without what it says of some tracking numbers; what it says of others stays.

Where the two cannot be told apart everything goes: erasing is a duty, parsing again is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

import msgspec

from milepost.epcis.mapping import number_of

_NOT_IN_NUMBERS = re.compile(r"[^0-9A-Z]")
_EPC = re.compile(r"urn:epc:id:[a-z0-9]+:[^\s\"'<>,|]+")
_GONE = object()
_BY_LINES = ("text/csv", "text/plain", "text/tab-separated-values", "application/x-ndjson")
Mentions = Callable[[Any], bool]


def without(body: bytes, content_type: str | None, numbers: Collection[str]) -> bytes | None:
    """The body that is left, empty if nothing is; None where it never spoke of these numbers.
    `numbers` are in their normal form.
    """
    text = body.decode("utf-8", "replace")
    wanted = tuple(numbers)

    def says(value: str) -> bool:
        plain = _NOT_IN_NUMBERS.sub("", value.upper())
        return any(number in plain for number in wanted) or any(
            number in wanted for number in _of_epcs(value)
        )

    if not says(text):
        return None
    left = _of_json(body, says)
    if left is None:
        left = _of_lines(text, content_type, says)
    return left


def _of_epcs(text: str) -> Iterator[str]:
    """Tracking numbers that stand in a text as EPC URNs, whose digits are in another order."""
    for epc in _EPC.findall(text) if "urn:epc:id:" in text else ():
        yield _NOT_IN_NUMBERS.sub("", (number_of(epc) or "").upper())


def _of_json(body: bytes, says: Callable[[str], bool]) -> bytes | None:
    """None for what is not JSON."""
    try:
        tree = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    pruned = _pruned(tree, says)
    return b"" if pruned is _GONE else msgspec.json.encode(pruned)


def _pruned(node: Any, says: Callable[[str], bool]) -> Any:
    """The outermost lists lose the elements that mention a number; what mentions it outside of any
    list goes as a whole, with all that stands around it.
    """
    if isinstance(node, list):
        return [one for one in node if not _mentions(one, says)]
    if not isinstance(node, dict):
        return _GONE if _mentions(node, says) else node
    left = {}
    for name, value in node.items():
        kept = _pruned(value, says)
        if kept is _GONE or says(name):
            return _GONE
        left[name] = kept
    return left


def _mentions(node: Any, says: Callable[[str], bool]) -> bool:
    if isinstance(node, dict):
        return any(says(name) or _mentions(value, says) for name, value in node.items())
    if isinstance(node, list):
        return any(_mentions(one, says) for one in node)
    return isinstance(node, str | int) and says(str(node))


def _of_lines(text: str, content_type: str | None, says: Callable[[str], bool]) -> bytes:
    """Of tables and of JSON by lines, the other lines; of anything else, nothing."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    lines = text.splitlines(keepends=True)
    by_lines = kind in _BY_LINES or all(_is_json(line) for line in lines if line.strip())
    if not by_lines:
        return b""
    return "".join(line for line in lines if not says(line)).encode()


def _is_json(line: str) -> bool:
    try:
        msgspec.json.decode(line)
    except msgspec.DecodeError:
        return False
    return True
