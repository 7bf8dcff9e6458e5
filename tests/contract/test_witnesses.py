"""Witnesses: a real time stamping authority, a real chain; and what their receipts are worth."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evm_chain import Chain, chaining
from milepost.notary.anchoring import WitnessError
from milepost.notary.evm import EvmWitness, compiled
from milepost.notary.tsa import TsaWitness, certificates, request, token_in
from milepost.notary.tsa_token import BadTokenError, check_receipt, check_token
from tsa_server import Authority, stamping

ROOT = hashlib.sha256(b"a root").digest()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


async def test_a_time_stamp_is_had_and_holds(authority: Authority) -> None:
    with stamping(authority) as url:
        receipt = await TsaWitness(url, authority.ca).witness(ROOT)

    stamp = check_receipt(receipt, ROOT, certificates(authority.ca))
    assert stamp.trusted
    assert abs(stamp.time - datetime.now(UTC)) < timedelta(minutes=2)
    assert stamp.authority == "CN=Invented tsa"
    assert not check_receipt(receipt, ROOT, []).trusted


def test_openssl_agrees(authority: Authority, tmp_path: Path) -> None:
    with stamping(authority) as url:
        receipt = asyncio.run(TsaWitness(url).witness(ROOT))
    (tmp_path / "root").write_bytes(ROOT)
    (tmp_path / "token").write_bytes(b64decode(receipt["token"]))

    command = ["openssl", "ts", "-verify", "-data", "root", "-in", "token", "-token_in"]
    done = subprocess.run(
        [*command, "-CAfile", str(authority.ca)], cwd=tmp_path, capture_output=True, text=True
    )
    assert "Verification: OK" in done.stdout + done.stderr


@pytest.mark.parametrize(("kind", "ess"), [("ec", "sha256"), ("rsa:2048", "sha1")])
def test_other_kinds_of_authorities(tmp_path: Path, kind: str, ess: str) -> None:
    other = Authority(tmp_path, kind=kind, ess=ess)

    token = token_in(other.reply(request(ROOT, 5)))
    assert check_token(token, ROOT, certificates(other.ca), nonce=5).trusted


def test_what_is_changed_does_not_hold(authority: Authority, tmp_path: Path) -> None:
    token = token_in(authority.reply(request(ROOT, 5)))
    known = certificates(authority.ca)

    with pytest.raises(BadTokenError, match="something else"):
        check_token(token, bytes(32), known)
    with pytest.raises(BadTokenError, match="another request"):
        check_token(token, ROOT, known, nonce=6)
    stranger = Authority(tmp_path)
    assert not check_token(token, ROOT, certificates(stranger.ca)).trusted
    at = token.index(hashlib.sha256(ROOT).digest())
    for place in (at + 40, len(token) - 20):
        bad = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        with pytest.raises(BadTokenError):
            check_token(bad, ROOT, known)


@pytest.mark.parametrize("data", [b"", b"<html>", b"\x30\x03\x02\x01\x00"])
def test_what_is_no_token_is_said(data: bytes) -> None:
    with pytest.raises(BadTokenError):
        check_token(data, ROOT, [])
    with pytest.raises(BadTokenError):
        token_in(data)


def test_a_refusal_is_said(authority: Authority) -> None:
    bad = request(ROOT, 5).replace(bytes.fromhex("608648016503040201"), b"\x60" * 9)

    with pytest.raises((BadTokenError, subprocess.CalledProcessError)):
        token_in(authority.reply(bad))


async def test_nobody_there_is_a_witness_error() -> None:
    with pytest.raises(WitnessError):
        await TsaWitness("http://127.0.0.1:9/").witness(ROOT)
    with pytest.raises(WitnessError):
        await EvmWitness("http://127.0.0.1:9/", "0x" + "11" * 20, None).witness(ROOT)


async def test_a_chain_remembers_a_root(tmp_path: Path) -> None:
    chain, key = Chain(), tmp_path / "key"
    key.write_text(chain.key)
    with chaining(chain) as url:
        contract = await EvmWitness(url, None, key).deploy()
        witness = EvmWitness(url, contract, key)
        assert await witness.seen(ROOT) is None
        receipt = await witness.witness(ROOT)
        again = await witness.witness(ROOT)
        seen = await witness.seen(ROOT)
        with pytest.raises(WitnessError):
            await witness.witness(bytes(32))  # the contract refuses it

    assert seen is not None
    assert receipt["time"] == again["time"] == seen.isoformat()
    assert receipt["block"] < again["block"]
    assert receipt["contract"] == contract


async def test_without_a_contract_or_key_it_says_what_is_missing(tmp_path: Path) -> None:
    chain = Chain()
    with chaining(chain) as url:
        with pytest.raises(WitnessError, match="anchor_evm_contract"):
            await EvmWitness(url, None, None).witness(ROOT)
        with pytest.raises(WitnessError, match="anchor_evm_key_file"):
            await EvmWitness(url, "0x" + "11" * 20, None).witness(ROOT)


def test_the_contract_is_there_with_its_source() -> None:
    found = compiled()

    assert found["compiler"].startswith("vyper ")
    assert {one["name"] for one in found["abi"]} == {"Anchored", "anchor", "time_of"}
