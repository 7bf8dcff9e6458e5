"""Messages that are stored together and answered after that."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from typing import Protocol as Shape

import structlog
from msgspec import Struct

from milepost.domain.telemetry import RfidRead, Sample
from milepost.engine.devices import Terminal
from milepost.intake.devices.admission import Book, Verdict, verdict
from milepost.intake.devices.connection import Speaker
from milepost.intake.devices.protocol import Identity, Outcome

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


class Group:
    """`admit` may be called again where storing failed: it tells the same again."""

    def __init__(
        self, heard: list[Heard], book: Book, strangers: Strangers, counts: Counting
    ) -> None:
        self._heard, self._book = heard, book
        self._strangers, self._counts = strangers, counts
        self._verdicts: list[Verdict] = []
        self.reads: list[tuple[Terminal, list[RfidRead]]] = []

    def names(self) -> Iterator[tuple[str, Identity]]:
        """Who is in it, by protocol. Notes on each connection who speaks."""
        for speaker, outcome, _ in self._heard:
            if outcome.identity is not None:
                speaker.identity = outcome.identity
            if speaker.identity is not None:
                yield speaker.protocol.name, speaker.identity

    def admit(self) -> dict[int, list[Sample]]:
        """The samples by tenant of all that are known and have proved who they are."""
        self._verdicts, self.reads = [], []
        found: dict[int, list[Sample]] = {}
        speaking: dict[int, Identity] = {}
        for speaker, outcome, received in self._heard:
            identity = outcome.identity or speaking.get(id(speaker)) or speaker.identity
            if outcome.identity is not None:
                speaking[id(speaker)] = outcome.identity
            terminal = self._terminal(speaker, identity)
            told = verdict(speaker.protocol, terminal, outcome, speaker.proved)
            self._verdicts.append(told)
            if told == "known" and terminal is not None:
                found.setdefault(terminal.tenant, []).extend(_samples(terminal, outcome, received))
                if outcome.rfid:
                    self.reads.append((terminal, outcome.rfid))
        return {tenant: samples for tenant, samples in found.items() if samples}

    def _terminal(self, speaker: Speaker, identity: Identity | None) -> Terminal | None:
        return None if identity is None else self._book.terminal(speaker.protocol.name, identity)

    def answer(self) -> None:
        """Answer all, now that it is stored. Each connection gets its answers in one piece."""
        answers: dict[int, tuple[Speaker, list[bytes]]] = {}
        for (speaker, outcome, received), told in zip(self._heard, self._verdicts, strict=True):
            replies = _replies(outcome, told)
            answers.setdefault(id(speaker), (speaker, []))[1].extend(replies)
            self._counts.answers += len(replies)
            if told == "unknown" and outcome.identity is not None:
                protocol = speaker.protocol.name
                self._strangers.note(protocol, outcome.identity.name, speaker.peer, received)
        for speaker, replies in answers.values():
            if replies:
                speaker.send(b"".join(replies))

    def drop(self) -> None:
        """End the connections: what they sent was not stored, and they shall send it again."""
        for speaker in {id(one.speaker): one.speaker for one in self._heard}.values():
            speaker.close()


def _replies(outcome: Outcome, told: Verdict) -> list[bytes]:
    if told == "known":
        return outcome.replies
    if told == "guarded":
        return [outcome.guarded] if outcome.guarded else []
    return [outcome.refusal] if outcome.refusal else []


def _samples(terminal: Terminal, outcome: Outcome, received: datetime) -> Iterator[Sample]:
    for report in outcome.reports:
        if report.at is None and not report.located:
            report.at = received  # a status without a clock is of now
        if report.at is not None and report.at - received > _AHEAD:
            continue
        sample = report.sample(terminal.asset)
        if sample is not None:
            yield sample
