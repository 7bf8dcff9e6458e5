"""Signatures verify with the reference implementation."""

from __future__ import annotations

import base64
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from milepost.channels.signing import headers_of, key_of, new_secret

BODY = '{"who": "größer 快递"}'.encode()


def test_it_verifies_with_every_secret() -> None:
    keys = [new_secret() for _ in range(3)]
    headers = headers_of(keys, "msg_1", int(time.time()), BODY)
    for key in keys:
        Webhook(key).verify(BODY, headers)


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp"])
def test_whatever_is_changed_breaks_it(change: str) -> None:
    key, now = new_secret(), int(time.time())
    headers = headers_of([key], "msg_1", now, BODY)
    if change != "body":
        headers[change] = {"webhook-id": "msg_2", "webhook-timestamp": str(now - 1)}[change]
    body = BODY + b" " if change == "body" else BODY
    with pytest.raises(WebhookVerificationError):
        Webhook(key).verify(body, headers, json_parse=False)


def test_the_example_of_the_specification_s_form() -> None:
    key = "whsec_" + base64.b64encode(b"k" * 24).decode()
    headers = headers_of([key], "msg_x", 1_700_000_000, b"{}")
    assert headers["webhook-timestamp"] == "1700000000"
    assert headers["webhook-signature"].startswith("v1,")


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "abc", "whsec_***", "whsec_" + "QQ==", "whsec_" + "A" * 100]
)
def test_what_is_no_secret(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        key_of(secret)
