"""Messages in parts: kept until all are there, asked for where they are not, given up in the end.

A part is durable before anything is said of it, and belongs to a terminal, not to a connection: a
truck that loses the network in the middle of a message goes on with it on the next connection.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct, structs

from milepost.engine.devices import Held, HeldPart, PartKey, Parts, Terminal
from milepost.intake.devices.connection import Speaker
from milepost.intake.devices.decoding import whole
from milepost.intake.devices.discovery import protocol as named
from milepost.intake.devices.protocol import Outcome, Part, Session

_MOST_DONE = 2_000
_MOST_OPEN = 20_000


class Patience(Struct, frozen=True, kw_only=True):
    """`wait_s`: how long the next part may take before the missing ones are asked for, longer each
    time; after `asks` the terminal is told that the message did not come. `keep_s`: what is still
    not whole so long after its last part is read as far as it goes.
    """

    wait_s: float = 10.0
    asks: int = 3
    keep_s: float = 3600.0


class Piece(NamedTuple):
    """A part as it came. `at`: its place in the group."""

    at: int
    speaker: Speaker
    terminal: Terminal
    part: Part


class _Open(Struct):
    speaker: Speaker
    frames: dict[int, bytes]
    parts: int
    due_s: float
    asked: int = 0


class Taken(NamedTuple):
    """What parts came to: outcomes by place in the group, and the messages that are whole."""

    outcomes: dict[int, Outcome]
    whole: list[PartKey]


class Reassembly:
    """Puts messages together. Raises what the store raises; the same may be given again."""

    def __init__(self, store: Parts, patience: Patience) -> None:
        self._store = store
        self._patience = patience
        self._open: OrderedDict[PartKey, _Open] = OrderedDict()
        self._done: OrderedDict[PartKey, dict[int, int]] = OrderedDict()

    async def take(self, pieces: Sequence[Piece], now_us: int, now_s: float) -> Taken:
        """Keep some parts; what can be read or has to be answered now."""
        taken = Taken({}, [])
        fresh: dict[PartKey, list[Piece]] = defaultdict(list)
        for piece in pieces:
            key = _key(piece)
            if self._done.get(key, {}).get(piece.part.part) == hash(piece.part.frame):
                taken.outcomes[piece.at] = _alone(piece)
            else:
                fresh[key].append(piece)
        kept = await self._store.keep(
            [_held(key, one) for key, some in fresh.items() for one in some], now_us
        )
        for key, some in fresh.items():
            self._put(key, some, kept[key], taken, now_s)
        return taken

    async def settle(self, keys: Sequence[PartKey]) -> None:
        """What these messages say is durable."""
        if keys:
            await self._store.drop(keys)

    def chase(self, now_s: float) -> Iterator[tuple[Speaker, bytes]]:
        """What to say to whom about messages that wait for a part."""
        for key, one in list(self._open.items()):
            if one.due_s > now_s:
                continue
            joining, session = one.speaker.protocol.joining, one.speaker.session
            assert joining is not None
            one.asked += 1
            if one.asked > self._patience.asks:
                del self._open[key]
                yield one.speaker, joining.failed(one.frames, session)
                continue
            one.due_s = now_s + self._patience.wait_s * (one.asked + 1)
            missing = [number for number in range(1, one.parts + 1) if number not in one.frames]
            yield one.speaker, joining.again(one.frames, missing, one.asked, session)

    async def given_up(self, now_us: int) -> list[tuple[PartKey, Terminal, Outcome]]:
        """Messages that will not become whole, read as far as they go."""
        older = await self._store.older(now_us - round(self._patience.keep_s * 1e6))
        by_key: dict[PartKey, list[HeldPart]] = defaultdict(list)
        for one in older:
            by_key[one.key].append(one)
        return [(key, some[0].terminal, _as_far(some)) for key, some in by_key.items()]

    def _put(
        self, key: PartKey, pieces: list[Piece], held: Held, taken: Taken, now_s: float
    ) -> None:
        last = pieces[-1]
        if len(held.frames) < last.part.parts:
            # Whoever sends a part again waits for an answer to it, and would wait for ever.
            taken.outcomes.update(
                {one.at: _alone(one) for one in pieces if one.part.part in held.repeated}
            )
            self._open.pop(key, None)
            due_s = now_s + self._patience.wait_s
            self._open[key] = _Open(last.speaker, held.frames, last.part.parts, due_s)
            if len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
            return
        spoken, session = last.speaker.protocol, last.speaker.session
        taken.outcomes[last.at] = whole(spoken, held.frames, last.part.part, session)
        taken.whole.append(key)
        self._open.pop(key, None)
        self._done[key] = {number: hash(frame) for number, frame in held.frames.items()}
        if len(self._done) > _MOST_DONE:
            self._done.popitem(last=False)


def _key(piece: Piece) -> PartKey:
    terminal = piece.terminal
    return terminal.protocol, terminal.identity, piece.part.kind, piece.part.first


def _held(key: PartKey, piece: Piece) -> HeldPart:
    return HeldPart(key, piece.terminal, piece.part.parts, piece.part.part, piece.part.frame)


def _alone(piece: Piece) -> Outcome:
    joining = piece.speaker.protocol.joining
    assert joining is not None
    return Outcome(replies=[joining.alone(piece.part.frame, piece.speaker.session)])


def _as_far(parts: Sequence[HeldPart]) -> Outcome:
    frames = {one.part: one.frame for one in parts}
    outcome = whole(named(parts[0].key[0]), frames, max(frames), Session())
    outcome.media = [structs.replace(one, complete=False) for one in outcome.media]
    missing = [str(number) for number in range(1, parts[0].parts + 1) if number not in frames]
    outcome.fault = f"part {', '.join(missing[:20])} of {parts[0].parts} never came"
    return outcome
