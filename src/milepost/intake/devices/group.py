"""Messages that are stored together and answered after that."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from typing import Protocol as Shape

import structlog
from msgspec import Struct

from milepost.domain.telemetry import RfidRead, Sample
from milepost.engine.devices import Medium, Terminal, Told
from milepost.intake.devices.admission import Book, Verdict, verdict
from milepost.intake.devices.connection import Speaker
from milepost.intake.devices.facts import told
from milepost.intake.devices.protocol import Identity, Outcome
from milepost.intake.devices.reassembly import Piece

log = structlog.get_logger()
# Clocks that run ahead further are broken; the spine takes no event beyond it either.
_AHEAD = timedelta(hours=24)
_MOST_STRANGERS = 1_000


class Heard(NamedTuple):
    """One message and when it came."""

    speaker: Speaker
    outcome: Outcome
    received: datetime


class Stranger(Struct):
    """A terminal that nobody has made known, and how often it tried."""

    protocol: str
    identity: str
    peer: str
    first_at: datetime
    last_at: datetime
    times: int = 1


class Counting(Shape):
    """What a group counts."""

    answers: int


class Strangers:
    """The terminals that were refused, the last to come last; the oldest give way."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Stranger] = OrderedDict()

    def __iter__(self) -> Iterator[Stranger]:
        return iter(self._known.values())

    def note(self, protocol: str, identity: str, peer: str, at: datetime) -> None:
        known = self._known.pop((protocol, identity), None)
        if known is None:
            known = Stranger(protocol, identity, peer, at, at, 0)
            log.warning("device_unknown", protocol=protocol, identity=identity, peer=peer)
        known.times, known.last_at, known.peer = known.times + 1, at, peer
        self._known[protocol, identity] = known
        if len(self._known) > _MOST_STRANGERS:
            self._known.popitem(last=False)


class Admitted(NamedTuple):
    """What of a group is taken: samples and what else was told by tenant, card reads, media."""

    samples: dict[int, list[Sample]]
    told: dict[int, list[Told]]
    reads: list[tuple[Terminal, list[RfidRead]]]
    media: list[tuple[Terminal, Medium, datetime]]


class Group:
    """`look` and `admit` may be called again where storing failed: they tell the same again."""

    def __init__(
        self, heard: list[Heard], book: Book, strangers: Strangers, counts: Counting
    ) -> None:
        self._heard, self._book = heard, book
        self._strangers, self._counts = strangers, counts
        self._verdicts: list[Verdict] = []
        self._terminals: list[Terminal | None] = []
        self._whole: dict[int, Outcome] = {}

    def names(self) -> Iterator[tuple[str, Identity]]:
        """Who is in it, by protocol. Notes on each connection who speaks."""
        for speaker, outcome, _ in self._heard:
            if outcome.identity is not None:
                speaker.identity = outcome.identity
            if speaker.identity is not None:
                yield speaker.protocol.name, speaker.identity

    def look(self) -> list[Piece]:
        """Judge who is known and has proved who they are; the parts of messages among theirs."""
        self._verdicts, self._terminals, self._whole = [], [], {}
        speaking: dict[int, Identity] = {}
        for speaker, outcome, _ in self._heard:
            identity = outcome.identity or speaking.get(id(speaker)) or speaker.identity
            if outcome.identity is not None:
                speaking[id(speaker)] = outcome.identity
            terminal = self._terminal(speaker, identity)
            judged = verdict(speaker.protocol, terminal, outcome, speaker.proved)
            self._verdicts.append(judged)
            self._terminals.append(terminal if judged == "known" else None)
        return [
            Piece(at, speaker, terminal, outcome.part)
            for at, ((speaker, outcome, _), terminal) in enumerate(
                zip(self._heard, self._terminals, strict=True)
            )
            if terminal is not None and outcome.part is not None
        ]

    def join(self, outcomes: Mapping[int, Outcome]) -> None:
        """What stands for the parts at some places."""
        self._whole = dict(outcomes)

    def admit(self) -> Admitted:
        """All that those say who are known."""
        found = Admitted(defaultdict(list), defaultdict(list), [], [])
        for at, ((_, outcome, received), terminal) in enumerate(
            zip(self._heard, self._terminals, strict=True)
        ):
            if terminal is not None:
                _admit(found, terminal, self._whole.get(at, outcome), received)
        return found

    def _terminal(self, speaker: Speaker, identity: Identity | None) -> Terminal | None:
        return None if identity is None else self._book.terminal(speaker.protocol.name, identity)

    def answer(self) -> None:
        """Answer all, now that it is stored. Each connection gets its answers in one piece."""
        answers: dict[int, tuple[Speaker, list[bytes]]] = {}
        for at, ((speaker, outcome, received), judged) in enumerate(
            zip(self._heard, self._verdicts, strict=True)
        ):
            replies = _replies(self._whole.get(at, outcome), judged)
            answers.setdefault(id(speaker), (speaker, []))[1].extend(replies)
            self._counts.answers += len(replies)
            if judged == "unknown" and outcome.identity is not None:
                protocol = speaker.protocol.name
                self._strangers.note(protocol, outcome.identity.name, speaker.peer, received)
        for speaker, replies in answers.values():
            if replies:
                speaker.send(b"".join(replies))

    def drop(self) -> None:
        """End the connections: what they sent was not stored, and they shall send it again."""
        for speaker in {id(one.speaker): one.speaker for one in self._heard}.values():
            speaker.close()


def admitted(terminal: Terminal, outcome: Outcome, received: datetime) -> Admitted:
    """What is taken of one message of a known terminal."""
    found = Admitted(defaultdict(list), defaultdict(list), [], [])
    _admit(found, terminal, outcome, received)
    return found


def _replies(outcome: Outcome, judged: Verdict) -> list[bytes]:
    if judged == "known":
        return outcome.replies
    if judged == "guarded":
        return [outcome.guarded] if outcome.guarded else []
    return [outcome.refusal] if outcome.refusal else []


def _admit(found: Admitted, terminal: Terminal, outcome: Outcome, received: datetime) -> None:
    for report in outcome.reports:
        if report.at is None and not report.located:
            report.at = received  # a status without a clock is of now
        if report.at is not None and report.at - received > _AHEAD:
            continue
        sample = report.sample(terminal.asset)
        if sample is not None:
            found.samples[terminal.tenant].append(sample)
        said = told(report, terminal.asset)
        if said is not None:
            found.told[terminal.tenant].append(said)
    if outcome.rfid:
        found.reads.append((terminal, outcome.rfid))
    found.media.extend((terminal, medium, received) for medium in outcome.media)
