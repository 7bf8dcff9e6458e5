"""Takes a JSON array apart where one of its items is no JSON, so that the others can be read."""

from __future__ import annotations

import re
from json import JSONDecoder

_read = JSONDecoder(strict=False).raw_decode
_SPACE = re.compile(r"[ \t\r\n]*")
_PIECE = re.compile(r'"(?>\\.|[^"\\])*+"?|[\[\]{},]', re.DOTALL)
_DEEPER = frozenset("[{")
# Whoever asks waits for this: what is that broken is no batch.
_MOST_PIECES = 200_000


def split_array(text: bytes) -> list[bytes] | None:
    """The items of a JSON array, none of them checked; None where their ends cannot be found."""
    chars = text.decode("utf-8", "surrogateescape").strip()
    if not chars.startswith("["):
        return None
    items: list[bytes] = []
    search = _Search(chars)
    at = search.behind_space(1)
    # a comma behind the last item is a slip, not an item
    while chars[at : at + 1] != "]":
        end = search.end_of_item(at)
        if end is None:
            return None
        items.append(chars[at:end].encode("utf-8", "surrogateescape"))
        at = search.behind_space(end)
        at = search.behind_space(at + 1) if chars[at] == "," else at
    return items if at == len(chars) - 1 else None


class _Search:
    """Looks for the ends of items; what is JSON is passed over at the speed of its reader."""

    def __init__(self, chars: str) -> None:
        self._chars = chars
        self._pieces = 0

    def behind_space(self, at: int) -> int:
        found = _SPACE.match(self._chars, at)
        return found.end() if found else at

    def end_of_item(self, start: int) -> int | None:
        """Where the item ends that begins at `start`: before a comma or the end of the array."""
        self._pieces += 1
        if self._pieces > _MOST_PIECES:
            return None
        try:
            end: int = _read(self._chars, start)[1]
        except (ValueError, RecursionError):
            return self._end_of_broken(start)
        behind = self.behind_space(end)
        is_item = self._chars[behind : behind + 1] in {",", "]"}
        return end if is_item else self._end_of_broken(start)

    def _end_of_broken(self, start: int) -> int | None:
        depth = 0
        for piece in _PIECE.finditer(self._chars, start):
            self._pieces += 1
            if self._pieces > _MOST_PIECES:
                return None
            mark = piece[0]
            if depth == 0 and mark in {",", "]"}:
                return piece.start()
            depth += (mark in _DEEPER) - (mark in {"]", "}"})
        return None
