"""The row of a log's checkpoints: each note names the one before it, so that none can go unseen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from milepost.notary.note import BadNoteError, Checkpoint, hash_of, unchecked


def gaps(notes: Sequence[str], newest: str | None) -> Iterator[tuple[str, int]]:
    """(what is to be said, leaves of the note that tells) of every note that is not there as the
    one after it names it. `newest`: what the log's files say that the last one is.

    Notes that cannot be read, or are signed by nobody, are another fault.
    """
    known = {hash_of(note) for note in notes}
    read = [found for found in map(_read, notes) if found is not None]
    numbers = {one.number for one in read if one.number}
    told: set[bytes] = set()
    for one in read:
        if one.previous and one.previous not in known | told:
            told.add(one.previous)
            yield f"{_lost(one.number - 1, numbers)}, which number {one.number} names", one.size
    last = None if newest is None else _read(newest)
    if newest is not None and last is not None and hash_of(newest) not in known | told:
        yield f"{_lost(last.number, numbers)}, which the log's files name as the newest", last.size


def _lost(number: int, numbers: set[int]) -> str:
    named = f"checkpoint number {number}" if number else "a checkpoint"
    return f"{named} was {'replaced by another' if number in numbers else 'removed'}"


def _read(note: str) -> Checkpoint | None:
    try:
        return unchecked(note)
    except BadNoteError:
        return None
