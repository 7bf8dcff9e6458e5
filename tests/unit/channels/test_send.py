"""One attempt: what is made of every kind of answer, and of none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from msgspec import structs

from milepost.channels import guarded
from milepost.channels.client import Client
from milepost.channels.discovery import Options
from milepost.channels.webhook.send import Webhook
from milepost.engine.delivery import Message, Subscription
from receiver import Receiver, Reply

OPTIONS = Options(allow_private_targets=True)
MESSAGE = Message("msg_1", "test", None, datetime(2026, 3, 1, tzinfo=UTC), b'{"a": 1}')


def subscription(url: str) -> Subscription:
    return Subscription(
        id=1, tenant=1, channel="webhook", url=url, secrets=("whsec_" + "A" * 32,), events=(),
        number=None, active=True, disabled_why=None, failing_since=None,
        created_at=MESSAGE.created_at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "taken", "gone"),
    [(200, True, False), (204, True, False), (299, True, False), (301, False, False),
     (304, False, False), (400, False, False), (410, False, True), (500, False, False)],
)  # fmt: skip
async def test_statuses(status: int, taken: bool, gone: bool) -> None:
    async with Receiver(Reply(status)) as receiver:
        webhook = Webhook(OPTIONS)
        answer = await webhook.send(subscription(receiver.url), MESSAGE)
        await webhook.close()
    assert (answer.code, answer.error is None, answer.gone) == (status, taken, gone)


@pytest.mark.parametrize(
    ("asked", "status", "seconds"),
    [("120", 429, 120), ("7", 503, 7), ("120", 500, None), ("soon", 429, None), ("-5", 503, None)],
)
async def test_retry_after(asked: str, status: int, seconds: int | None) -> None:
    async with Receiver(Reply(status, {"Retry-After": asked})) as receiver:
        webhook = Webhook(OPTIONS)
        answer = await webhook.send(subscription(receiver.url), MESSAGE)
        await webhook.close()
    assert answer.retry_after_s == seconds


async def test_retry_after_as_a_date() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    async with Receiver(Reply(503, {"Retry-After": at})) as receiver:
        webhook = Webhook(OPTIONS)
        answer = await webhook.send(subscription(receiver.url), MESSAGE)
        await webhook.close()
    assert answer.retry_after_s is not None
    assert 85 <= answer.retry_after_s <= 91


async def test_a_long_answer_is_cut_and_a_slow_one_broken_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guarded, "TIMEOUT_S", 0.3)
    async with Receiver() as receiver:
        webhook = Webhook(OPTIONS)
        receiver.next += [Reply(500, body="é".encode() * 500_000), Reply(200, after_s=2)]
        long = await webhook.send(subscription(receiver.url), MESSAGE)
        slow = await webhook.send(subscription(receiver.url), MESSAGE)
        after = await webhook.send(subscription(receiver.url), MESSAGE)
        await webhook.close()
    assert long.response == "é" * 500
    assert slow.error is not None
    assert slow.error.startswith("No answer within")
    assert 250 <= slow.duration_ms < 1_000
    assert after.error is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "http://a.invalid"])
async def test_nobody_there(url: str) -> None:
    webhook = Webhook(OPTIONS)
    answer = await webhook.send(subscription(url), MESSAGE)
    await webhook.close()
    assert answer.code is None
    assert answer.error


async def test_a_certificate_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "TIMEOUT_S", 0.5)
    async with Receiver() as receiver:
        webhook = Webhook(OPTIONS)
        answer = await webhook.send(subscription(receiver.url.replace("http:", "https:")), MESSAGE)
        await webhook.close()
    assert answer.error


def test_targets_spelt_out_are_checked_at_once() -> None:
    strict = Webhook(Options())
    for url in ("http://localhost:8080/x", "https://127.0.0.1/", "https://[::1]/"):
        with pytest.raises(ValueError, match="private"):
            strict.check_target(url)
        Webhook(OPTIONS).check_target(url)
    strict.check_target("https://hooks.example.org/in?x=1")


async def test_connections_are_used_again_and_idle_ones_closed() -> None:
    now = 100.0
    async with Receiver() as receiver, Receiver() as another:
        webhook = Webhook(OPTIONS)
        client = webhook._outward.client = Client(allow_private=True, clock=lambda: now)
        for one in (1, 2, 3):  # whoever calls there
            await webhook.send(structs.replace(subscription(receiver.url), id=one), MESSAGE)
        assert client.connections == 1
        now += 30
        await webhook.send(subscription(another.url), MESSAGE)
        assert [key[2] for key in client._idle] == [another.port]
        await webhook.close()
        assert client.connections == 0
