"""Writes the letters of channels that speak to people. See `engine.notifying.Letters`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

import structlog
from msgspec import Struct
from msgspec.structs import replace

from milepost.channels import wording
from milepost.domain.track import Track
from milepost.engine.delivery import Message, Subscription
from milepost.engine.mailwords import words_of
from milepost.engine.notifying import (
    BUYER,
    CODE,
    CONFIRM,
    Contact,
    Letter,
    Subscriber,
    Subscribers,
    Unwanted,
    decoded,
    topic_of,
)
from milepost.engine.tokens import Tokens
from milepost.engine.vault import Vault

log = structlog.get_logger()
MOST_A_DAY = 30
# A code is of no use after ten minutes, so it is tried quickly or not at all.
CODE_SCHEDULE_S = (5, 20, 60, 180)
_PLAIN = {"email": "mailto:", "sms": "tel:"}
PageSettings = Mapping[str, Any]


class Settings(Protocol):
    async def of(self, tenant: int, channel: str) -> Mapping[str, Any] | None: ...


class Sources(Struct, kw_only=True):
    """Where a letter's parts come from. `track` gives the masked road, `contacts` what the vault
    knows of the consignee, `code` the one-time code that holds now.
    """

    subscribers: Subscribers
    channel_settings: Settings
    vault: Vault
    tokens: Tokens
    track: Callable[[int, str], Awaitable[Track | None]]
    page_of: Callable[[int], Awaitable[PageSettings]]
    mail_of: Callable[[int], Awaitable[Mapping[str, Any]]]
    contacts: Callable[[int, str], Awaitable[Mapping[str, Contact]]]
    code: Callable[[int, str], Awaitable[str | None]]
    now_us: Callable[[], int]
    base_url: str


class LetterDesk:
    def __init__(self, sources: Sources) -> None:
        self._from = sources

    async def settings(self, tenant: int, channel: str) -> Mapping[str, Any] | None:
        return await self._from.channel_settings.of(tenant, channel)

    async def write(self, subscription: Subscription, message: Message) -> Letter | Unwanted:
        if subscription.dialect != BUYER:
            return await self._to_merchant(subscription, message)
        if message.topic == CODE:
            return await self._code(subscription, message)
        one = await self._from.subscribers.find(subscription.id)
        if one is None:
            return Unwanted("the subscription has ended", gone=True)
        contact = await self._contact(one)
        if contact is None:
            return Unwanted("the address was erased", gone=True)
        if message.topic == CONFIRM:
            return await self._confirm(one, contact)
        return await self._news(one, contact, message)

    async def sent(self, subscription: Subscription, letter: Letter) -> None:
        if subscription.dialect != BUYER or letter.code is not None:
            return
        one = await self._from.subscribers.find(subscription.id)
        if one is not None:
            await self._from.subscribers.count(one.tenant, one.digest, self._day(), 10**6)

    async def _news(self, one: Subscriber, contact: str, message: Message) -> Letter | Unwanted:
        payload = decoded(message)
        topic = topic_of(message.topic, payload)
        if topic is None or topic not in one.topics or not one.confirmed:
            return Unwanted("not among the topics")
        if await self._from.subscribers.sent_on(one.tenant, one.digest, self._day()) >= MOST_A_DAY:
            return Unwanted(f"its address has had {MOST_A_DAY} messages today")
        track = await self._from.track(one.tenant, one.number)
        if track is None:
            return Unwanted("nothing is known of the number")
        window = wording.window(track, one.locale, one.zone, self._now())
        if topic == "window":
            if window is None or window == one.told:
                return Unwanted("the arrival window is as it was told")
            await self._from.subscribers.note_window(one.subscription, window)
        base = await self._base(one, contact)
        letter = wording.news(base, topic, track, payload, window)
        if letter is None:
            return Unwanted("no words for it")
        if one.kind != "email":
            return letter
        return await self._in_own_words(letter, one.tenant, topic, track, window)

    async def _in_own_words(
        self, letter: Letter, tenant: int, topic: str, track: Track, window: str | None
    ) -> Letter:
        """In the store's words where it has some in the reader's language. Whatever is wrong with
        them, the usual ones go out.
        """
        try:
            words = words_of(await self._from.mail_of(tenant), topic, letter.locale)
            if words is None:
                return letter
            return wording.in_own_words(letter, words, track, window)
        except Exception as error:  # a mail matters more than how it is worded
            log.warning("mail_words_unusable", tenant=tenant, topic=topic, error=repr(error))
            return letter

    async def _confirm(self, one: Subscriber, contact: str) -> Letter | Unwanted:
        if one.confirmed:
            return Unwanted("it is confirmed already")
        token = self._from.tokens.token("confirm", one.subscription)
        url = f"{self._from.base_url}/subscriptions/{token}/confirm"
        return wording.confirm(await self._base(one, contact), one.number, url)

    async def _code(self, subscription: Subscription, message: Message) -> Letter | Unwanted:
        tenant, number = subscription.tenant, message.number or ""
        code = await self._from.code(tenant, number)
        found = (await self._from.contacts(tenant, number)).get(subscription.channel)
        if code is None or found is None:
            return Unwanted("the code holds no more")
        payload = decoded(message)
        base = await self._letter(tenant, found.value, str(payload.get("locale", "en")))
        written = wording.code(base, number, code)
        return replace(written, schedule_s=CODE_SCHEDULE_S, urgent=True, holds_s=600)

    async def _to_merchant(self, one: Subscription, message: Message) -> Letter | Unwanted:
        scheme = _PLAIN.get(one.channel, "")
        page = await self._from.page_of(one.tenant)
        languages = page.get("languages")
        locale = languages[0] if isinstance(languages, list) and languages else "en"
        base = await self._letter(one.tenant, one.url.removeprefix(scheme), str(locale))
        url = f"{self._from.base_url}/console/shipments/{quote(message.number or '', safe='')}"
        return replace(wording.to_merchant(base, message), url=url)

    async def _contact(self, one: Subscriber) -> str | None:
        kept = await self._from.vault.get(one.tenant, [one.reference])
        value = kept.get(one.reference, {}).get(one.kind)
        return value if isinstance(value, str) else None

    async def _base(self, one: Subscriber, contact: str) -> Letter:
        token = self._from.tokens.token("stop", one.subscription)
        letter = await self._letter(one.tenant, contact, one.locale)
        return replace(
            letter,
            url=f"{self._from.base_url}/t/{quote(one.number, safe='')}?lang={letter.locale}",
            unsubscribe_url=f"{self._from.base_url}/subscriptions/{token}/stop",
        )

    async def _letter(self, tenant: int, to: str, locale: str) -> Letter:
        page = await self._from.page_of(tenant)
        return wording.blank(to, locale, page)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._from.now_us() / 1e6, UTC)

    def _day(self) -> int:
        return self._from.now_us() // 86_400_000_000
