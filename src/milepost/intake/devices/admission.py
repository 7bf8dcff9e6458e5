"""Who a terminal is: known, proved, refused. What was asked of the store is remembered a while."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from hmac import compare_digest
from typing import Literal, NamedTuple

from milepost.engine.devices import Terminal, Terminals
from milepost.intake.devices.protocol import Identity, Outcome, Protocol

Verdict = Literal["known", "guarded", "unproved", "unknown"]
_KNOWN_S, _UNKNOWN_S = 120.0, 5.0
_AT_ONCE = 32
_MOST = 200_000


class Answer(NamedTuple):
    """What the store said of a terminal, and until when that is believed."""

    terminal: Terminal | None
    until_s: float


class Book:
    """The terminals by protocol and name; asks the store for those that it does not know."""

    def __init__(self, terminals: Terminals) -> None:
        self._terminals = terminals
        self._answers: dict[tuple[str, str], Answer] = {}

    async def learn(self, asked: Iterable[tuple[str, Identity]], now_s: float) -> None:
        """Have an answer for all of these; asks for many of them at once."""
        missing = {
            (protocol, name)
            for protocol, identity in asked
            for name in (identity.name, *identity.alternatives)
            if not self._fresh((protocol, name), now_s)
        }
        keys = sorted(missing)
        for at in range(0, len(keys), _AT_ONCE):
            some = keys[at : at + _AT_ONCE]
            found = await asyncio.gather(*(self._terminals.find(*key) for key in some))
            for key, terminal in zip(some, found, strict=True):
                until = now_s + (_UNKNOWN_S if terminal is None else _KNOWN_S)
                self._answers[key] = Answer(terminal, until)
        if len(self._answers) > _MOST:
            self._answers = {key: one for key, one in self._answers.items() if one.until_s > now_s}

    def terminal(self, protocol: str, identity: Identity) -> Terminal | None:
        """Who it is by what has been learnt."""
        for name in (identity.name, *identity.alternatives):
            answer = self._answers.get((protocol, name))
            if answer is not None and answer.terminal is not None:
                return answer.terminal
        return None

    def _fresh(self, key: tuple[str, str], now_s: float) -> bool:
        answer = self._answers.get(key)
        return answer is not None and answer.until_s > now_s


def verdict(
    protocol: Protocol, terminal: Terminal | None, outcome: Outcome, proved: set[str]
) -> Verdict:
    """Whether what a terminal says is taken; remembers in `proved` who has authenticated.

    A terminal that has a secret and speaks a protocol that can prove it has to, once a connection.
    Such a one is not handed its secret when it registers: whoever set it puts it into the device.
    """
    if terminal is None:
        return "unknown"
    if terminal.secret is None or not protocol.proves:
        return "known"
    identity = outcome.identity
    if identity is not None and identity.kind == "register":
        return "guarded"
    if identity is not None and identity.kind == "login":
        if compare_digest((identity.secret or "").encode(), terminal.secret.encode()):
            proved.add(terminal.identity)
        else:
            proved.discard(terminal.identity)
    return "known" if terminal.identity in proved else "unproved"
