"""Names that look like a word: one character other, missing, too many, or two exchanged."""

from __future__ import annotations

from collections.abc import Iterable

from milepost.addresses.divisions import Division, stem_of

_SHORTEST = 2


def alike(word: str, among: Iterable[Division]) -> tuple[Division, ...]:
    """Divisions whose name is one slip away from the word; same stem, other suffix first."""
    among, stem = tuple(among), stem_of(word) or word
    same = tuple(one for one in among if len(stem) >= _SHORTEST and stem_of(one.name) == stem)
    return same or tuple(one for one in among if one_slip(word, one.name))


def one_slip(left: str, right: str) -> bool:
    """Whether one edit (or an exchange of neighbours) makes one of the other, case aside."""
    if abs(len(left) - len(right)) > 1 or min(len(left), len(right)) < _SHORTEST:
        return False
    start = _common(left, right)
    a, b = left[start:], right[start:]
    tail = _common(a[::-1], b[::-1])
    a, b = a[: len(a) - tail], b[: len(b) - tail]
    return max(len(a), len(b)) <= 1 or (len(a) == 2 and a == b[::-1])


def _common(left: str, right: str) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
