"""Devices that report over HTTP: one request is one frame, answered once it is stored."""

from __future__ import annotations

import asyncio

from milepost.intake.devices.connection import House
from milepost.intake.devices.decoding import decode
from milepost.intake.devices.protocol import NAMED, Identity, Protocol, Session


class RefusedError(Exception):
    """What a request is answered with instead: `status` of HTTP, and why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Asker:
    """One request, as the gateway sees it."""

    def __init__(self, protocol: Protocol, peer: str) -> None:
        self.protocol, self.peer = protocol, peer
        self.session = Session()
        self.identity: Identity | None = None
        self.proved: set[str] = set()
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def send(self, data: bytes) -> None:
        if not self.answer.done():
            self.answer.set_result(data)

    def close(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(RefusedError(503, "not stored; send it again"))


async def ask(
    house: House, protocol: Protocol, frame: bytes, peer: str, named: str | None = None
) -> bytes:
    """Have a request's content stored; what to answer. Raises RefusedError.

    `named`: the device that the request names outside its body.
    """
    asker = Asker(protocol, peer)
    house.stamp(asker.session)
    if named:
        asker.session.notes[NAMED] = named
    outcome = decode(protocol, frame, asker.session)
    if outcome.fault is not None and not outcome.reports:
        raise RefusedError(400, outcome.fault)
    if outcome.identity is None and not outcome.reports and outcome.replies:
        return outcome.replies[0]  # nothing to keep: an app that is refused sends it for ever
    if outcome.identity is None:
        raise RefusedError(400, "no device is named")
    refusal = outcome.refusal
    house.heard(asker, outcome)
    answer = await asker.answer
    if refusal is not None and answer == refusal:
        raise RefusedError(403, "this device is not known")
    return answer
