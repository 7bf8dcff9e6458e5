"""A delivery becomes a vendor's push: whose secret signs, what counts as taken, when it ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from milepost.compat.core import Change, Outgoing
from milepost.compat.core.sending import Delegate, DialectChannel
from milepost.domain.track import StatusView, Track
from milepost.engine.delivery import Due, Message, Subscription
from milepost.engine.dialects import Credential, Hook, Watch
from milepost.engine.retrying import outcome_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SUBSCRIPTION = Subscription(
    id=7, tenant=1, channel="x", url="https://shop/", secrets=("",), events=("a",), number=None,
    active=True, disabled_why=None, failing_since=None, created_at=NOW,
)  # fmt: skip
TRACK = Track(
    number="AB1234", carrier=None, shipment="0", order_number=None, milestones=[], arrival=None,
    status=StatusView(main="delivered", sub="delivered", since=None, because=[]), legs=[],
    parcels=[], alerts=[], events=[],
)  # fmt: skip


class Pushing:
    """A dialect that sends what it is given."""

    RETRY_S = (5, 50)
    TOPICS = ("shipment.event_added",)
    SECRET = "key"
    nothing = False

    def request(self, watch: Watch, track: Track, change: Change, now_us: int) -> Outgoing | None:
        told = {"secret": watch.secret, "hook": watch.options.get("hook"), "topic": change.topic}
        body = json.dumps(told | change.payload).encode()
        url = watch.callback or ""
        return None if self.nothing else Outgoing(url=url, headers={}, body=body)

    def acknowledged(self, status: int, body: bytes) -> bool:
        return body == b"ok"

    def ends(self, watch: Watch, track: Track) -> bool:
        return track.status.main == "delivered"


class Stores:
    """Watches, hooks and credentials of one tenant."""

    def __init__(self, watch: Watch | None, hook: Hook | None = None) -> None:
        self.watch, self.hook = watch, hook
        self.saved: list[Watch] = []
        self.sent: list[Outgoing] = []
        self.answer: tuple[int | None, bytes, str | None] = (200, b"ok", None)

    async def by_id(self, tenant: int, dialect: str, watch: int) -> Watch | None:
        return self.watch if self.watch and self.watch.id == watch else None

    async def get(self, tenant: int, dialect: str, number: str) -> list[Watch]:
        return [self.watch] if self.watch else []

    async def find(self, dialect: str, public_id: str) -> Credential | None:
        return next((o for o in await self.of_tenant(1, dialect) if o.public_id == public_id), None)

    async def page(self, tenant: int, dialect: str, **_: Any) -> list[Watch]:
        return [self.watch] if self.watch else []

    async def save(self, watch: Watch) -> None:
        self.saved.append(watch)

    async def of_subscription(self, tenant: int, subscription: int) -> Hook | None:
        return self.hook

    async def of_tenant(self, tenant: int, dialect: str) -> list[Credential]:
        made = [("first", "key-1"), ("second", "key-2")]
        return [
            Credential(tenant=1, tenant_name="me", dialect="x", public_id=name,
                       secrets={"key": key}, key=1)
            for name, key in made
        ]  # fmt: skip

    async def post(self, request: Outgoing) -> tuple[int | None, bytes, str | None]:
        self.sent.append(request)
        return self.answer

    async def track(self, tenant: int, number: str) -> Track | None:
        return TRACK

    def channel(self, push: Pushing | None = None) -> DialectChannel:
        delegate = Delegate(
            watches=self, hooks=self, credentials=self, track=self.track, post=self.post,
            now_us=lambda: 1, check_url=lambda _: None,
        )  # type: ignore[arg-type]  # fmt: skip
        return DialectChannel("x", push or Pushing(), delegate)


def watch(**more: Any) -> Watch:
    return Watch(**({"tenant": 1, "dialect": "x", "number": "AB1234", "id": 3} | more))


def message(**payload: Any) -> Message:
    topic = "test" if not payload else "shipment.event_added"
    return Message("msg_1", topic, "AB1234", NOW, json.dumps(payload).encode())


async def sent(stores: Stores, told: Message) -> dict[str, Any]:
    await stores.channel().send(SUBSCRIPTION, told)
    return dict(json.loads(stores.sent[-1].body))


async def test_the_nearest_secret_signs() -> None:
    hook = Hook(tenant=1, dialect="x", url="https://shop/", secret="hook", options={"a": 1})
    news = message(watch=3, change={"number": "AB1234"})

    assert (await sent(Stores(watch(secret="own")), news))["secret"] == "own"
    assert (await sent(Stores(watch()), news))["secret"] == "key-1"
    assert (await sent(Stores(watch(account="second")), news))["secret"] == "key-2"
    told = await sent(Stores(watch(), hook), news)
    assert (told["secret"], told["hook"], told["number"]) == ("hook", {"a": 1}, "AB1234")


async def test_taken_and_ended() -> None:
    stores = Stores(watch())
    answer = await stores.channel().send(SUBSCRIPTION, message(watch=3))

    assert answer.error is None
    assert stores.sent[0].url == "https://shop/"
    assert [(one.active, one.stopped_us) for one in stores.saved] == [(False, 1)]


async def test_not_as_the_vendor_asks_for() -> None:
    stores = Stores(watch())
    stores.answer = (200, b"fine\x00", None)

    answer = await stores.channel().send(SUBSCRIPTION, message(watch=3))

    assert answer.error is not None
    assert (answer.code, answer.response, answer.schedule_s) == (200, "fine", (5, 50))
    assert stores.saved == []


async def test_the_vendors_schedule_and_then_no_more() -> None:
    stores = Stores(watch())
    stores.answer = (None, b"", "away")
    answer = await stores.channel().send(SUBSCRIPTION, message(watch=3))

    def after(attempts: int) -> tuple[str, float | None]:
        due = Due(1, attempts, SUBSCRIPTION, message(watch=3))
        outcome = outcome_of(due, answer, NOW, lambda: 0.0)
        wait = outcome.next_at and (outcome.next_at - NOW).total_seconds()
        return outcome.state, wait

    assert [after(attempts) for attempts in range(3)] == [
        ("pending", 5.0), ("pending", 50.0), ("failed", None),
    ]  # fmt: skip


async def test_nothing_is_sent_for_what_nobody_watches() -> None:
    stopped = Stores(watch(active=False))
    silent = Pushing()
    silent.nothing = True

    for stores, push in ((Stores(None), None), (stopped, None), (Stores(watch()), silent)):
        answer = await stores.channel(push).send(SUBSCRIPTION, message(watch=3))
        assert (answer.error, stores.sent) == (None, [])
        assert answer.response.startswith("not sent")


async def test_asked_for_although_stopped_and_test_fire() -> None:
    stopped = Stores(watch(active=False))
    asked = Message("msg_1", "watch.pushed", "AB1234", NOW, b'{"watch":3}')

    await stopped.channel().send(SUBSCRIPTION, asked)
    assert len(stopped.sent) == 1
    fired = Stores(watch())
    assert (await sent(fired, message()))["topic"] == "test"
