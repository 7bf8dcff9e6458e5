"""A scan text without what its other columns say already.

"Arrived at【Hangzhou Hub】" of ten thousand hubs is ten thousand texts; with the place cut out
it is one, and a column of such texts takes half a byte an event instead of six.
"""

from __future__ import annotations

from milepost.domain.place import Place

# Private-use characters stand for: this scan's place, next place, tracking number and actor.
MARKS = ("\ue000", "\ue001", "\ue002", "\ue003")
# What the marks stand for, in their order.
Values = tuple[str | None, str | None, str | None, str | None]


def name_of(place: str | Place | None) -> str | None:
    """The words by which a text would name a place."""
    return place.name if isinstance(place, Place) else place


def fold(text: str, values: Values) -> tuple[str | None, str | None]:
    """(folded, None), or (None, the text itself) where folding could not be undone."""
    if _marked(text) or any(value and _marked(value) for value in values):
        return None, text
    for mark, value in zip(MARKS, values, strict=True):
        if value and value in text:
            text = text.replace(value, mark)
    return text, None


def unfold(text: str, values: Values) -> str:
    """The text that `fold` folded."""
    for mark, value in zip(MARKS, values, strict=True):
        if value and mark in text:
            text = text.replace(mark, value)
    return text


def _marked(text: str) -> bool:
    return not text.isascii() and any(mark in text for mark in MARKS)
