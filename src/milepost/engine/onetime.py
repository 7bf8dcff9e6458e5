"""One-time codes: six digits to the consignee's own mail or phone, never to one that is named."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from secrets import randbelow
from typing import Protocol

import msgspec

from milepost.engine.notifying import CODE, Contact, Subscribers
from milepost.engine.tokens import Tokens

DIGITS = 6
HOLDS_US = 600_000_000
# Whoever asks again within a minute is sent nothing new.
AGAIN_AFTER_US = 60_000_000
MOST_A_DAY = 10
_DAY_US = 86_400_000_000


class _Held(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def expires_us(self) -> int: ...


class CodeStore(Protocol):
    """Codes of numbers, one each."""

    async def find(self, tenant: int, number: str, now_us: int) -> _Held | None: ...

    async def put(
        self, tenant: int, number: str, code: str, digest: bytes, expires_us: int
    ) -> None: ...

    async def attempt(self, tenant: int, number: str, now_us: int) -> bytes | None:
        """Count a try, of five at most; what to compare with."""
        ...

    async def use_up(self, tenant: int, number: str, digest: bytes) -> bool: ...


class Lanes(Subscribers, Protocol):
    async def consignee_lane(self, tenant: int, channel: str, number: str) -> int:
        """The subscription through which a consignee is sent codes."""
        ...


class OneTimeCodes:
    """`contacts` gives, by channel, how the consignee can be reached by this tenant."""

    def __init__(
        self,
        store: CodeStore,
        lanes: Lanes,
        tokens: Tokens,
        contacts: Callable[[int, str], Awaitable[Mapping[str, Contact]]],
        now_us: Callable[[], int],
        woken: Callable[[], None],
    ) -> None:
        self._store = store
        self._lanes = lanes
        self._tokens = tokens
        self._contacts = contacts
        self._now_us = now_us
        self._woken = woken

    async def send(self, tenant: int, number: str, locale: str = "en") -> None:
        """Says nothing of whether there was anybody to send to."""
        channel = next(iter(await self._contacts(tenant, number)), None)
        now_us = self._now_us()
        if channel is None or await self._asked_just_now(tenant, number, now_us):
            return
        counted = self._tokens.seal_of("codes", tenant, number)
        if not await self._lanes.count(tenant, counted, now_us // _DAY_US, MOST_A_DAY):
            return
        await self._hold(tenant, number, now_us)
        lane = await self._lanes.consignee_lane(tenant, channel, number)
        # The digits themselves are looked up when they are sent; the queue never has them.
        payload = msgspec.json.encode({"locale": locale})
        await self._lanes.enqueue(lane, CODE, number, payload, now_us)
        self._woken()

    async def current(self, tenant: int, number: str) -> str | None:
        """The digits that hold now."""
        held = await self._store.find(tenant, number, self._now_us())
        return None if held is None else held.code

    async def redeem(self, tenant: int, number: str, code: str) -> bool:
        """Whether these are the digits; true once for each code, and for five tries at most."""
        wanted = await self._store.attempt(tenant, number, self._now_us())
        given = self._digest(tenant, number, code.strip())
        if wanted is None or not hmac.compare_digest(wanted, given):
            return False
        return await self._store.use_up(tenant, number, wanted)

    async def _hold(self, tenant: int, number: str, now_us: int) -> None:
        if await self._store.find(tenant, number, now_us) is not None:
            return
        code = f"{randbelow(10**DIGITS):0{DIGITS}}"
        digest = self._digest(tenant, number, code)
        await self._store.put(tenant, number, code, digest, now_us + HOLDS_US)

    async def _asked_just_now(self, tenant: int, number: str, now_us: int) -> bool:
        held = await self._store.find(tenant, number, now_us)
        return held is not None and now_us < held.expires_us - HOLDS_US + AGAIN_AFTER_US

    def _digest(self, tenant: int, number: str, code: str) -> bytes:
        return self._tokens.seal_of("code", tenant, number, code)
