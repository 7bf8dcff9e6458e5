"""No subscriber can have us call what only we can reach."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from milepost.channels.guard import Names, RefusedTargetError, check

PRIVATE = [
    "10.1.2.3", "127.0.0.1", "127.9.9.9", "172.16.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1",
    "240.0.0.1", "::1", "fc00::1", "fec0::1", "::7f00:1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
    "2002:a00:1::1",
]  # fmt: skip
NEVER = [
    "169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "ff02::1", "::", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"]


@pytest.mark.parametrize("text", PRIVATE + NEVER)
def test_refused(text: str) -> None:
    with pytest.raises(RefusedTargetError):
        check(ip_address(text), allow_private=False)


@pytest.mark.parametrize("text", NEVER)
def test_refused_even_where_private_ones_are_allowed(text: str) -> None:
    with pytest.raises(RefusedTargetError):
        check(ip_address(text), allow_private=True)


@pytest.mark.parametrize("text", PUBLIC)
def test_taken(text: str) -> None:
    check(ip_address(text), allow_private=False)


@pytest.mark.parametrize("text", PRIVATE)
def test_taken_where_private_ones_are_allowed(text: str) -> None:
    check(ip_address(text), allow_private=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "127.1"])
async def test_the_address_is_checked_however_it_is_written(host: str) -> None:
    names = Names(allow_private=False)
    with pytest.raises(RefusedTargetError):
        await names.addresses(host, 9)
    names.close()


async def test_one_private_address_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def both(*_: object, **__: object) -> list[Any]:
        return [(0, 0, 0, "", (text, 80)) for text in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    names = Names(allow_private=False)
    with pytest.raises(RefusedTargetError):
        await names.addresses("two.example", 80)
    names.close()


async def test_a_name_without_address() -> None:
    names = Names(allow_private=False)
    with pytest.raises(OSError, match="cannot be resolved"):
        await names.addresses("nowhere.invalid", 80)
    names.close()
