"""What buyers and merchants are told by mail, push and text message, and the ports for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec
from msgspec import Struct

from milepost.engine.delivery import Message, Subscription

Kind = Literal["email", "push", "phone"]
# The channel that reaches a contact of each kind.
CHANNEL_OF: dict[Kind, str] = {"email": "email", "push": "webpush", "phone": "sms"}
BUYER_TOPICS = ("on_the_way", "out_for_delivery", "ready", "delivered", "trouble", "window")
# Subscriptions of buyers are kept apart from the merchant's under this name.
BUYER = "buyer"
CONFIRM, CODE = "buyer.confirm", "buyer.code"
_BY_MAIN = {
    "picked_up": "on_the_way", "in_transit": "on_the_way", "customs": "on_the_way",
    "out_for_delivery": "out_for_delivery", "available_for_pickup": "ready",
    "delivered": "delivered", "attempt_failed": "trouble", "exception": "trouble",
    "returning": "trouble", "returned": "trouble", "expired": "trouble",
}  # fmt: skip
_NEEDS = {"window": "shipment.event_added", "trouble": "alert.opened"}


class Contact(Struct, frozen=True):
    """How somebody is reached. `value`: a mail address, a phone number in E.164, or a browser's
    push subscription as JSON.
    """

    kind: Kind
    value: str


class Wish(Struct, frozen=True, kw_only=True):
    """What a buyer wants to be told. `parcels`: keys of all numbers of the shipment."""

    tenant: int
    number: str
    road: int
    parcels: tuple[int, ...]
    contact: Contact
    topics: tuple[str, ...]
    locale: str
    zone: str | None = None


class Subscriber(Struct, frozen=True, kw_only=True):
    """A buyer's subscription as it is kept; the address itself is in the vault.

    `digest` is the blind index of the address. `told`: the window told last, as RFC 3339 text.
    """

    subscription: int
    tenant: int
    number: str
    reference: str
    digest: bytes
    kind: Kind
    topics: tuple[str, ...]
    locale: str
    zone: str | None
    confirmed: bool
    told: str | None = None


class Letter(Struct, frozen=True, kw_only=True):
    """What is said to one person, for any channel to put into its own form.

    `short` says it in one line. `logo`: the store's, as (MIME type, bytes); `site`: its own
    address. `reason`: what is wrong and what to do, where something is. `holds_s`: after so long it
    is of no use. `schedule_s`: waits between tries where the usual ones are too long.
    """

    to: str
    locale: str
    brand: str
    subject: str
    short: str
    lines: tuple[str, ...]
    accent: str | None = None
    logo: tuple[str, bytes] | None = None
    site: str | None = None
    reason: str = ""
    code: str | None = None
    button: str | None = None
    url: str | None = None
    footer: tuple[str, ...] = ()
    unsubscribe: str | None = None
    unsubscribe_url: str | None = None
    urgent: bool = False
    holds_s: int = 3 * 86_400
    schedule_s: tuple[int, ...] | None = None


class Unwanted(Struct, frozen=True):
    """There is nothing to send: `why`. With `gone` there never will be again."""

    why: str
    gone: bool = False


class Letters(Protocol):
    """What a channel that speaks to people asks for."""

    async def write(self, subscription: Subscription, message: Message) -> Letter | Unwanted:
        """What to say to whom."""
        ...

    async def settings(self, tenant: int, channel: str) -> Mapping[str, Any] | None:
        """How the tenant's channel is set up; None where it is not."""
        ...

    async def sent(self, subscription: Subscription, letter: Letter) -> None:
        """It was taken: counted against the day's cap of its address."""
        ...


class Subscribers(Protocol):
    """Buyers' subscriptions."""

    async def add(self, wish: Wish, digest: bytes, reference: str) -> Subscriber | None:
        """A new one, not confirmed; that which is there already; None where a cap is reached."""
        ...

    async def find(self, subscription: int) -> Subscriber | None: ...

    async def confirm(self, subscription: int, topics: Sequence[str]) -> bool: ...

    async def delete(self, subscription: int) -> Subscriber | None: ...

    async def block(self, tenant: int, digest: bytes) -> None:
        """This address wants nothing of this tenant, ever; its subscriptions end."""
        ...

    async def note_window(self, subscription: int, told: str) -> None: ...

    async def count(self, tenant: int, digest: bytes, day: int, most: int) -> bool:
        """Count one message of a day; False where there were `most` already."""
        ...

    async def sent_on(self, tenant: int, digest: bytes, day: int) -> int:
        """How many messages a day has had."""
        ...

    async def enqueue(
        self, subscription: int, topic: str, number: str, payload: bytes, now_us: int
    ) -> None:
        """A message for one subscriber alone, into the delivery queue."""
        ...


def events_for(topics: Sequence[str]) -> tuple[str, ...]:
    """The announcements that a subscription to topics of buyers rests on."""
    needed = {"shipment.status_changed", *(_NEEDS[one] for one in topics if one in _NEEDS)}
    return tuple(sorted(needed))


def topic_of(topic: str, payload: Mapping[str, Any]) -> str | None:
    """What an announcement is to a buyer; None where it is nothing to him.

    Going on from hub to hub is told once, when the parcel sets out.
    """
    if topic == "alert.opened":
        return "trouble" if payload.get("severity") in ("warning", "critical") else None
    if topic == "shipment.event_added":
        return "window"
    if topic != "shipment.status_changed":
        return None
    before = (payload.get("previous") or {}).get("main")
    found = _BY_MAIN.get(payload["status"]["main"])
    if found == "on_the_way" and before not in (None, "pending", "info_received", "unknown"):
        return None
    return found


def decoded(message: Message) -> dict[str, Any]:
    """A message's payload."""
    found = msgspec.json.decode(message.payload)
    return found if isinstance(found, dict) else {}
