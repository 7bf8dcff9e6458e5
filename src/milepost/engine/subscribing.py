"""Buyers subscribe: twice asked, capped, and ended by one click."""

from __future__ import annotations

from collections.abc import Callable

from milepost.domain.scan import id_text
from milepost.engine.notifying import CONFIRM, Subscriber, Subscribers, Wish
from milepost.engine.tokens import Tokens
from milepost.engine.vault import Vault

# So many questions "was it you?" an address gets on a day, whoever asks.
MOST_QUESTIONS_A_DAY = 3
_DAY_US = 86_400_000_000


class Subscribing:
    """`changed` is told of a subscription that begins or ends."""

    def __init__(
        self,
        store: Subscribers,
        vault: Callable[[], Vault],
        tokens: Tokens,
        now_us: Callable[[], int],
        woken: Callable[[], None],
    ) -> None:
        self._store = store
        self._vault = vault
        self._tokens = tokens
        self._now_us = now_us
        self._woken = woken

    async def ask(self, wish: Wish) -> bool:
        """Begin. An address is asked first; a browser has been asked by itself already.

        False where a cap is reached, which is not told to whoever asks for an address.
        """
        contact = wish.contact
        digest = self._tokens.blind(wish.tenant, contact.kind, contact.value)
        # Counted first: who has had his questions is left alone, whatever number it is about.
        if contact.kind != "push" and not await self._may_ask(wish.tenant, digest):
            return False
        reference = f"subscriber:{digest.hex()}:{id_text(wish.road)}"
        one = await self._store.add(wish, digest, reference)
        if one is None:
            return False
        fields = {"kind": "subscriber", contact.kind: contact.value}
        await self._vault().keep(wish.tenant, wish.road, reference, fields)
        if contact.kind == "push":
            return await self._store.confirm(one.subscription, wish.topics)
        if not one.confirmed:
            await self._store.enqueue(one.subscription, CONFIRM, wish.number, b"{}", self._now_us())
            self._woken()
        return True

    async def find(self, purpose: str, token: str) -> Subscriber | None:
        """The subscription of a letter's link."""
        known = self._tokens.read(purpose, token)
        return None if known is None else await self._store.find(known)

    async def confirm(self, token: str) -> Subscriber | None:
        """It begins; None for a link that holds no more."""
        one = await self.find("confirm", token)
        if one is None or not await self._store.confirm(one.subscription, one.topics):
            return None
        return one

    async def stop(self, token: str, *, everything: bool = False) -> bool:
        """It ends, or all of this tenant's do and never begin again; once ended stays ended."""
        known = self._tokens.read("stop", token)
        if known is None:
            return False
        one = await self._store.find(known)
        if one is not None and everything:
            await self._store.block(one.tenant, one.digest)
        await self._store.delete(known)
        return True

    async def _may_ask(self, tenant: int, digest: bytes) -> bool:
        counted = self._tokens.seal_of("questions", tenant, digest.hex())
        day = self._now_us() // _DAY_US
        return await self._store.count(tenant, counted, day, MOST_QUESTIONS_A_DAY)
