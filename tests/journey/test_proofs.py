"""Proofs over HTTP: each tenant's own, checked without the server; checkpoints and witnesses."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from evm_chain import Chain, chaining
from journey.running import Caller, Running, running, scan
from milepost.cli.anchor import anchor_group
from milepost.cli.verify import verify_command
from milepost.notary.evm import EvmWitness
from milepost.notary.proof import check, read_proof
from patience import until
from shared import ROOT
from tsa_server import Authority, stamping

pytest_plugins = ["pg"]
NUMBER = "SF1000000021"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(module_url: str, data: Path) -> Iterator[Running]:
    with running(module_url, data=data) as started:
        yield started


def events(me: Caller, number: str = NUMBER) -> list[str]:
    return [one["id"] for one in me.track(number)["events"]]


def proof_of(me: Caller, event: str, query: str = "") -> dict[str, Any]:
    answer = me.get(f"/v1/proofs/events/{event}{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def held(found: dict[str, Any]) -> Any:
    return check(read_proof(json.dumps(found).encode()))


def offline(tmp_path: Path, *documents: object, options: tuple[str, ...] = ()) -> Any:
    paths = []
    for number, document in enumerate(documents):
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(document))
    words = [*map(str, paths), *options, "--json"]
    done = CliRunner().invoke(verify_command, words)
    return done.exit_code, json.loads(done.stdout)


def test_every_event_of_a_road_is_proven(me: Caller) -> None:
    me.scan(*[scan(NUMBER, hours=hours) for hours in range(1, 8)])
    me.scan(scan(NUMBER, hours=0.5, code="delivered"))

    for event in events(me):
        found = held(proof_of(me, event))
        assert found.event == event
        assert found.leaf.tenant == me.tenant
    assert proof_of(me, event, f"?number={NUMBER}") == proof_of(me, event)


def test_a_body_is_given_where_it_is_asked_for(me: Caller) -> None:
    me.scan(scan(NUMBER, text="Left the invented depot"))
    [event] = events(me)

    assert proof_of(me, event)["body"] is None
    found = proof_of(me, event, "?body=true")
    assert held(found)
    assert b"invented depot" in read_proof(json.dumps(found).encode()).body  # type: ignore[operator]


def test_another_tenant_has_no_proof_of_it(app: Running, me: Caller) -> None:
    me.scan(scan(NUMBER))
    [event] = events(me)
    stranger = app.caller()
    stranger.scan(scan("SF1000000022"))

    assert stranger.get(f"/v1/proofs/events/{event}").status_code == 404
    assert stranger.get(f"/v1/proofs/events/{event}?number={NUMBER}").status_code == 404
    page = stranger.get("/v1/proofs/checkpoints").json()
    assert [one["origin"].split("/")[1] for one in page["logs"]] == [str(stranger.tenant)]


@pytest.mark.parametrize("event", ["0" * 16, "xyz", "0x12345678901234", "A" * 16, "1" * 17])
def test_no_event_no_proof(me: Caller, event: str) -> None:
    me.scan(scan(NUMBER))
    assert me.get(f"/v1/proofs/events/{event}").status_code == 404


def test_a_bad_number_is_said(me: Caller) -> None:
    assert me.get(f"/v1/proofs/events/{'0' * 16}?number=%20").status_code == 422


def test_checkpoints_are_listed_and_made_when_there_is_something_new(me: Caller) -> None:
    assert me.get("/v1/proofs/checkpoints").json()["logs"] == []
    me.scan(scan(NUMBER))
    [made] = me.post("/v1/proofs/checkpoints").json()["checkpoints"]
    assert me.post("/v1/proofs/checkpoints").json()["checkpoints"] == []
    me.scan(scan(NUMBER, hours=2))
    [second] = me.post("/v1/proofs/checkpoints").json()["checkpoints"]

    page = me.get("/v1/proofs/checkpoints?limit=1").json()
    assert (made["size"], second["size"]) == (1, 2)
    assert page["checkpoints"] == [second]
    assert page["logs"][0]["latest"] == second
    rest = me.get(f"/v1/proofs/checkpoints?cursor={page['next']}").json()
    assert (rest["checkpoints"], rest["next"]) == ([made], None)


def test_signing_needs_the_scope_to_write(app: Running) -> None:
    reader = app.caller(scopes=["read"])
    assert reader.post("/v1/proofs/checkpoints").status_code == 403


def test_a_kept_checkpoint_is_led_to(me: Caller, tmp_path: Path) -> None:
    me.scan(*[scan(NUMBER, hours=hours) for hours in range(1, 6)])
    [kept] = me.post("/v1/proofs/checkpoints").json()["checkpoints"]
    (tmp_path / "kept.txt").write_text(kept["note"])
    me.scan(scan(NUMBER, hours=0.5), scan(NUMBER, hours=0.6))
    newest = next(iter(me.track(NUMBER)["events"][::-1]))["id"]
    event = proof_of(me, newest)
    consistency = me.get("/v1/proofs/consistency?from=5").json()
    options = ("--checkpoint", str(tmp_path / "kept.txt"), "--key", event["key"])

    code, answer = offline(tmp_path, event, consistency, options=options)
    assert (code, answer["ok"], answer["key_given"]) == (0, True, True)
    code, answer = offline(tmp_path, event, options=options)
    assert (code, "consistency" in answer["error"]) == (1, True)
    code, answer = offline(tmp_path, event | {"index": 0})
    assert code == 1
    other = "milepost-0+"
    assert offline(tmp_path, event, options=("--key", other))[0] == 1


@pytest.mark.parametrize("query", ["from=9", "from=2&to=1", "from=-1", "to=1", "from=0&to=99"])
def test_sizes_that_are_none_are_refused(me: Caller, query: str) -> None:
    me.scan(scan(NUMBER))
    assert me.get(f"/v1/proofs/consistency?{query}").status_code == 422


def test_nothing_committed_no_log(app: Running) -> None:
    assert app.caller().get("/v1/proofs/consistency?from=0").status_code == 404


def test_an_event_that_was_changed_is_not_proven(app: Running, me: Caller) -> None:
    me.scan(scan(NUMBER))
    app.sql("UPDATE journal SET at_us = at_us + 1 WHERE tenant = $1", me.tenant)

    answer = me.get(f"/v1/proofs/events/{events(me)[0]}")
    assert (answer.status_code, "verify" in answer.json()["detail"]) == (409, True)
    app.sql("UPDATE journal SET at_us = at_us - 1 WHERE tenant = $1", me.tenant)


def test_checkpoints_are_made_by_the_clock(app: Running, me: Caller) -> None:
    me.scan(scan(NUMBER))
    app.clock.now += timedelta(hours=1)

    found = until(lambda: me.get("/v1/proofs/checkpoints").json()["checkpoints"])
    assert found[0]["size"] == 1


def test_sm3_for_those_who_need_it(store_url: str, tmp_path: Path) -> None:
    with running(store_url, data=tmp_path, notary_suite="sm3") as app:
        me = app.caller()
        me.scan(scan(NUMBER), scan(NUMBER, hours=3))
        found = proof_of(me, events(me)[0])

    assert found["suite"] == "sm3"
    assert held(found)
    assert strangers(found, tmp_path).returncode == 0


def test_witnesses_receipts_come_with_the_proof(
    app: Running, me: Caller, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me.scan(scan(NUMBER))
    authority, chain, key = Authority(tmp_path / "tsa"), Chain(), tmp_path / "key"
    key.write_text(chain.key)
    given = {"DATA": str(data), "DATABASE": app.url, "ANCHOR_EVM_KEY_FILE": str(key)}
    with stamping(authority) as tsa, chaining(chain) as evm:
        contract = asyncio.run(EvmWitness(evm, None, key).deploy())
        given |= {"ANCHOR_TSA_URL": tsa, "ANCHOR_TSA_CA": str(authority.ca)}
        given |= {"ANCHOR_EVM_URL": evm, "ANCHOR_EVM_CONTRACT": contract}
        for name, value in given.items():
            monkeypatch.setenv(f"MILEPOST_{name}", value)
        done = CliRunner().invoke(anchor_group, ["now", "--json"])
        assert done.exit_code == 0, done.output
        again = CliRunner().invoke(anchor_group, ["now", "--json"])
        seen = asyncio.run(EvmWitness(evm, contract, None).seen(
            bytes.fromhex(json.loads(done.stdout)["root"])
        ))  # fmt: skip

    receipts = json.loads(done.stdout)["receipts"]
    assert [one["kind"] for one in receipts] == ["rfc3161", "evm"]
    assert receipts[1]["time"] == seen.isoformat()  # type: ignore[union-attr]
    assert json.loads(again.stdout)["receipts"] == []
    found = proof_of(me, events(me)[0])
    assert found["anchor"]["receipts"] == receipts
    code, answer = offline(tmp_path, found, options=("--tsa-ca", str(authority.ca)))
    assert code == 0, answer
    assert answer["proofs"][0]["witnesses"][0]["trusted"] is True
    found["anchor"]["receipts"][0]["token"] = "AAAA"
    assert offline(tmp_path, found)[0] == 1


def test_without_a_witness_it_says_so(app: Running, data: Path) -> None:
    words = ["now", "--data", str(data), "--database", app.url]
    done = CliRunner().invoke(anchor_group, words)

    assert done.exit_code == 1
    assert "MILEPOST_ANCHOR_TSA_URL" in done.output


def test_the_key_is_printed_for_others(app: Running, me: Caller, data: Path) -> None:
    done = CliRunner().invoke(anchor_group, ["key", "--data", str(data)])

    assert done.stdout.strip() == me.get("/v1/proofs/checkpoints").json()["key"]


def strangers(found: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    """The check of docs/proof.md, which knows nothing of Milepost."""
    page = (ROOT / "docs" / "proof.md").read_text("utf-8")
    code = re.search(r"^```python no-test\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert code
    (folder / "proof.json").write_text(json.dumps(found))
    command = [sys.executable, "-c", code[1]]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_stranger_can_check_a_proof_from_the_docs_alone(me: Caller, tmp_path: Path) -> None:
    me.scan(*[scan(NUMBER, hours=hours / 2) for hours in range(1, 12)])
    for event in events(me)[::5]:
        found = proof_of(me, event, "?body=true")
        done = strangers(found, tmp_path)
        assert done.returncode == 0, done.stderr
        assert event in done.stdout
    for name, value in (("index", found["index"] - 1), ("leaf", found["leaf"][:-8] + "AAAAAAA="),
                        ("body", "AAAA"), ("path", found["path"][:-1])):  # fmt: skip
        assert strangers({**found, name: value}, tmp_path).returncode != 0, name
    assert strangers({**found, "checkpoint": found["checkpoint"].replace("number 1", "number 7")},
                     tmp_path).returncode != 0  # fmt: skip
