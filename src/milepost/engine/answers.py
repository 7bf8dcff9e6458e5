"""Answers kept ready: a road that is asked for again is not folded again.

An answer is forgotten when a commit touches anything it rests on. One that was being read while
that happened is not kept at all, since the reader may have seen the journal from before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from msgspec import Struct

from milepost.domain.track import Track

MOST = 20_000
# What time alone changes is announced by the clock's own commits; this bounds what is left.
GOOD_FOR_S = 30
_encode = msgspec.json.Encoder().encode


class Question(NamedTuple):
    """Who asks for what; `private` answers have personal data in them."""

    tenant: int
    number: str
    private: bool


class Answer(Struct):
    """A road, and its JSON once somebody has asked for that."""

    track: Track
    rests_on: tuple[int, ...]
    until_s: int
    edition: int = 0
    body: bytes | None = None

    def json(self) -> bytes:
        if self.body is None:
            self.body = _encode(self.track)
        return self.body


class Reading(Struct, eq=False):
    """A question whose answer is being read. `stale`: something it rests on has changed since."""

    rests_on: tuple[int, ...]
    stale: bool = False


class Answers:
    """The newest answers, each by its question. Keys are those of roads, parcels and facts."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Question, Answer] = OrderedDict()
        self._resting: dict[int, set[Question]] = {}
        self._readings: dict[int, set[Reading]] = {}
        self._edition = 0

    def find(self, question: Question, now_s: int) -> Answer | None:
        answer = self._kept.get(question)
        if answer is None:
            return None
        if answer.until_s <= now_s or answer.edition != self._edition:
            self._drop(question)
            return None
        self._kept.move_to_end(question)
        return answer

    def begin(self, rests_on: Iterable[int]) -> Reading:
        """Before the journal is read."""
        reading = Reading(tuple(set(rests_on)))
        for key in reading.rests_on:
            self._readings.setdefault(key, set()).add(reading)
        return reading

    def end(
        self, reading: Reading, question: Question, track: Track | None, now_s: int
    ) -> Answer | None:
        """After it: the answer, kept unless it is stale. Also to be called when reading failed."""
        for key in reading.rests_on:
            waiting = self._readings.get(key)
            if waiting is not None:
                waiting.discard(reading)
                if not waiting:
                    del self._readings[key]
        if track is None:
            return None
        answer = Answer(track, reading.rests_on, now_s + GOOD_FOR_S, self._edition)
        if not reading.stale:
            self._keep(question, answer)
        return answer

    def forget(self, keys: Iterable[int]) -> None:
        """These roads, parcels or facts have changed."""
        if not self._resting and not self._readings:
            return
        for key in keys:
            for reading in self._readings.get(key, ()):
                reading.stale = True
            for question in tuple(self._resting.get(key, ())):
                self._drop(question)

    def clear(self) -> None:
        """Something that every answer may rest on has changed: a policy, a notice."""
        # To drop them all at once would take longer than anybody should wait.
        self._edition += 1
        for waiting in self._readings.values():
            for reading in waiting:
                reading.stale = True

    def _keep(self, question: Question, answer: Answer) -> None:
        self._drop(question)
        self._kept[question] = answer
        for key in answer.rests_on:
            self._resting.setdefault(key, set()).add(question)
        if len(self._kept) > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, question: Question) -> None:
        answer = self._kept.pop(question, None)
        if answer is None:
            return
        for key in answer.rests_on:
            questions = self._resting[key]
            questions.discard(question)
            if not questions:
                del self._resting[key]
