"""Channels to people: mail, push and text messages, buyers' subscriptions, one-time codes."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, cast

import msgspec
import phonenumbers
import structlog

from milepost.api.channels import ChannelRooms, ChannelTested, endpoints
from milepost.channels.email.mail import check_address
from milepost.channels.email.send import Email
from milepost.channels.letters import LetterDesk, Sources
from milepost.channels.personal import PersonalChannel
from milepost.channels.sms.gateway import check_phone
from milepost.channels.sms.send import Sms
from milepost.channels.webpush.send import WebPush
from milepost.channels.webpush.vapid import KEY_FILE as VAPID_FILE
from milepost.channels.webpush.vapid import open_vapid
from milepost.engine.notifying import CHANNEL_OF, Contact, Kind, Letter
from milepost.engine.onetime import OneTimeCodes
from milepost.engine.personal import Personal
from milepost.engine.subscribing import Subscribing
from milepost.engine.tokens import Tokens
from milepost.engine.vault import Vault
from milepost.stores.postgres.channelsettings import PostgresChannelSettings, PostgresCodes
from milepost.stores.postgres.console.pages import TenantSettings
from milepost.stores.postgres.notify import PostgresSubscribers
from milepost.web.endpoint import Endpoint
from milepost.wiring.dialects import KEY_FILE
from milepost.wiring.feature import Context, Feature
from milepost.wiring.pages import TenantPages

log = structlog.get_logger()
PRUNE_EVERY_S = 3_600.0
UNCONFIRMED = timedelta(days=2)
_DAY_US = 86_400_000_000


class Notify(Feature):
    """`codes`, `subscribing`, `push_key` and `reached_by` are what pages build on."""

    def __init__(self, context: Context) -> None:
        self._context = context
        settings, pool = context.settings, context.pool
        self.base_url = settings.home
        self.tokens = Tokens(_key_of(context))
        self._pages = TenantPages(pool)
        self._store = PostgresSubscribers(pool, context.engine.follow)
        self._settings = PostgresChannelSettings(pool, context.sealer)
        self._channels = context.milepost.telling.announcer.channels
        woken = context.engine.announced.set
        self.codes = OneTimeCodes(
            PostgresCodes(pool, context.sealer), self._store, self.tokens, self.contacts,
            context.now_us, woken,
        )  # fmt: skip
        self.subscribing = Subscribing(self._store, self.vault, self.tokens, context.now_us, woken)
        vapid = open_vapid(settings.data / VAPID_FILE, _operator(self.base_url))
        self.push_key = vapid.public
        self._connect(vapid)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._prune())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    def endpoints(self) -> Sequence[Endpoint]:
        rooms = ChannelRooms(self._settings, ("email", "sms"), self._check, self._test)
        return endpoints(rooms)

    def vault(self) -> Vault:
        return self._personal().vault

    async def changed(self, _: int) -> None:
        """A subscription has begun: what is announced from now on concerns it."""
        await self._context.milepost.telling.announcer.refresh()

    async def mail(
        self, tenant: int, to: str, locale: str, lines: tuple[str, ...], button: str, path: str
    ) -> bool:
        """One mail to somebody of the tenant itself, at once; whether its server took it."""
        settings = await self._settings.of(tenant, "email")
        if settings is None:
            return False
        letter = Letter(
            to=check_address(to), locale=locale, brand="Milepost", subject=lines[0],
            short=lines[0], lines=lines, button=button, url=f"{self.base_url}{path}", urgent=True,
        )  # fmt: skip
        channel = cast("PersonalChannel", self._channels["email"])
        answer = await channel.deliver(letter, settings, f"console_{token_urlsafe(12)}")
        if answer.error is not None:
            log.warning("mail_not_taken", tenant=tenant, error=answer.error)
        return answer.error is None

    async def contacts(self, tenant: int, number: str) -> dict[str, Contact]:
        """How the consignee can be reached, by channel, mail first; only what is set up."""
        consignee = (await self._personal().parties(tenant, number)).consignee
        ready = await self._settings.channels(tenant)
        found: dict[str, Contact] = {}
        if consignee is not None and consignee.email and "email" in ready:
            with suppress(ValueError):
                found["email"] = Contact("email", check_address(consignee.email))
        if consignee is not None and consignee.phone and "sms" in ready:
            with suppress(ValueError):
                phone = international(consignee.phone, consignee.country)
                found["sms"] = Contact("phone", phone)
        return found

    async def reached_by(self, tenant: int) -> list[Kind]:
        """The kinds of contacts that a tenant can send to."""
        ready = {*await self._settings.channels(tenant), "webpush"}
        return [kind for kind, channel in CHANNEL_OF.items() if channel in ready]

    def contact(self, kind: Kind, value: str) -> Contact:
        """A contact in its usual spelling. Raises ValueError."""
        if kind == "email":
            return Contact(kind, check_address(value))
        if kind == "phone":
            return Contact(kind, check_phone(value))
        self._channels["webpush"].check_target(value)
        return Contact(kind, value)

    def _connect(self, vapid: Any) -> None:
        context = self._context
        desk = LetterDesk(
            Sources(
                subscribers=self._store,
                channel_settings=self._settings,
                vault=_Later(self.vault),
                tokens=self.tokens,
                track=context.engine.queries.track,
                page_of=self._pages.of,
                mail_of=partial(TenantSettings(context.pool).get, name="mail"),
                contacts=self.contacts,
                code=self.codes.current,
                now_us=context.now_us,
                base_url=self.base_url,
            )
        )
        for channel in self._channels.values():
            if isinstance(channel, PersonalChannel):
                channel.letters = desk
            if isinstance(channel, WebPush):
                channel.vapid = vapid

    def _check(self, name: str, settings: Mapping[str, Any]) -> None:
        channel = self._channels[name]
        if isinstance(channel, Email):
            check_address(msgspec.convert(settings, Email.settings_type).sender)
        elif isinstance(channel, Sms):
            channel.check_settings(msgspec.convert(settings, Sms.settings_type))

    async def _test(self, tenant: int, name: str, to: str) -> ChannelTested:
        kind: Kind = "email" if name == "email" else "phone"
        address = self.contact(kind, to).value
        settings = await self._settings.of(tenant, name) or {}
        letter = Letter(to=address, locale="en", brand="Milepost", subject="A test message",
                        short="A test message.", lines=("A test message", "It works."))  # fmt: skip
        channel = cast("PersonalChannel", self._channels[name])
        answer = await channel.deliver(letter, settings, f"test_{self._context.now_us()}")
        return ChannelTested(answer.error is None, answer.code, answer.error, answer.response)

    def _personal(self) -> Personal:
        for feature in self._context.milepost.features:
            found = getattr(feature, "personal", None)
            if isinstance(found, Personal):
                return found
        raise LookupError("there is no vault here")

    async def _prune(self) -> None:
        while True:
            try:
                day = self._context.now_us() // _DAY_US - 1
                await self._store.prune(datetime.now(UTC) - UNCONFIRMED, day)
            except ConnectionError as error:
                log.warning("subscribers_not_pruned", error=repr(error))
            await asyncio.sleep(PRUNE_EVERY_S)


class _Later:
    """The vault of a feature that is opened after this one."""

    def __init__(self, vault: Any) -> None:
        self._vault = vault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vault(), name)


def international(phone: str, country: str | None) -> str:
    """E.164, with the country's code where the number has none. Raises ValueError."""
    try:
        found = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException as error:
        raise ValueError(str(error)) from None
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def _operator(base_url: str) -> str:
    return base_url if base_url.startswith("https://") else "mailto:postmaster@localhost"


def _key_of(context: Context) -> bytes:
    master = (context.settings.data / KEY_FILE).read_bytes()
    return hmac.new(master, b"milepost letters", sha256).digest()


def open_feature(context: Context) -> Feature:
    return Notify(context)
