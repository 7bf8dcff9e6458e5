"""Bad input: a clear error for each item, the rest goes on, and the raw bytes are kept."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from journey.running import Caller, Running, at, scan

pytest_plugins = ["pg"]

GOOD = scan("SF200001", 5)


def rejected(me: Caller, bad: Any) -> str:
    """The error for one bad scan between two good ones, which must both be taken."""
    others = [scan("SF200002", 3), scan("SF200002", 2)]
    answer = me.post("/v1/scans", [others[0], bad, others[1]])
    assert answer.status_code == 202, answer.text
    receipt = answer.json()
    assert receipt["accepted"] == 2
    assert [one["index"] for one in receipt["rejected"]] == [1], receipt
    error: str = receipt["rejected"][0]["error"]
    return error


def raws(app: Running, me: Caller) -> list[bytes]:
    return [one.body for one in app.raws(me.tenant)]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"occurred_at": "1970-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00"}, "occurred_at"),
        ({"occurred_at": "2099-12-31T23:59:59Z"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59-14:00"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59"}, "occurred_at"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": 1_790_000_000}, "occurred_at"),
        ({"occurred_at": None}, "occurred_at"),
        ({"number": 12345}, "number"),
        ({"number": ""}, "number"),
        ({"number": "---"}, "number"),
        ({"number": "A" * 65}, "number"),
        ({"number": "9" * 1_000_000}, "number"),
        ({"text": ["a"]}, "text"),
        ({"text": "字" * 4_001}, "text"),
        ({"code": "c" * 201}, "code"),
        ({"carrier": "sf\x00"}, "carrier"),
        ({"order_number": "o" * 10_000}, "order_number"),
        ({"order_number": "a\x00b"}, "order_number"),
        ({"place": {"city": 7}}, "place"),
        ({"place": "x" * 100_000}, "place"),
        ({"measurements": {"n": 2**70}}, "measurements"),
        ({"measurements": {"text": "m" * 100_000}}, "measurements"),
        ({"measurements": [1]}, "measurements"),
        ({"evidence": ["e" * 100_000]}, "evidence"),
        ({"retracts": "not an id"}, "retracts"),
        ({"retracts": "zzzzzzzzzzzzzzzz"}, "retracts"),
        ({"estimated_to": "9999-12-31T23:59:59-14:00"}, "estimated_to"),
        ({"estimated_to": "0001-01-01T00:00:00+14:00"}, "estimated_to"),
        ({"estimated_to": at(0), "estimated_from": "0001-01-01T00:00:00"}, "estimated_from"),
    ],
)
def test_a_bad_item_is_named_and_the_rest_goes_on(
    me: Caller, change: dict[str, Any], names: str
) -> None:
    assert names in rejected(me, GOOD | change)


@pytest.mark.parametrize("bad", [None, 1, "SF200001", [], {}, {"numbr": "SF1"}, [GOOD], True])
def test_what_is_no_scan_at_all(me: Caller, bad: Any) -> None:
    assert rejected(me, bad)


def test_nesting_without_end_is_one_bad_item(me: Caller) -> None:
    deep = b'{"number":"SF200003","occurred_at":"%s","measurements":{"a":%s}}'
    deep %= at(1).encode(), b"[" * 50_000 + b"]" * 50_000
    body = b"[" + json.dumps(GOOD).encode() + b"," + deep + b"]"
    answer = me.post("/v1/scans", body).json()

    assert answer["accepted"] == 1
    assert [one["index"] for one in answer["rejected"]] == [1]


@pytest.mark.parametrize(
    "bad",
    [
        b'{"number":"SF2\\ud800","occurred_at":"2026-11-20T01:00:00Z"}',
        b'{"number":"SF200003","occurred_at":"2026-11-20T01:00:00Z","measurements":{"a":NaN}}',
        b'{"number":"SF200003","occurred_at":"2026-11-20T01:00:00Z","text":"a\x00b"}',
        b'{"number":"SF200003" "occurred_at":"2026-11-20T01:00:00Z"}',
        b"{'number': None}",
        b'{"number":"SF200003","occurred_at":"2026-11-20T01:00:00Z"]',
        b'{"number":"SF\xff\xff","occurred_at":"2026-11-20T01:00:00Z"}',
    ],
    ids=["surrogate", "NaN", "control", "comma", "quotes", "bracket", "bytes"],
)
def test_what_is_no_json_is_one_bad_item(me: Caller, bad: bytes) -> None:
    good = [json.dumps(scan("SF200002", hours)).encode() for hours in (3, 2)]
    answer = me.post("/v1/scans", b"[%s,%s,%s]" % (good[0], bad, good[1]))

    assert answer.status_code == 202, answer.text
    assert answer.json()["accepted"] == 2
    assert [one["index"] for one in answer.json()["rejected"]] == [1]


@pytest.mark.parametrize("lines", [False, True])
def test_each_item_has_its_own_encoding(me: Caller, lines: bool) -> None:
    texts = ["快件到达【云溪转运中心】", "快件离开【云溪转运中心】"]
    rows = [json.dumps(GOOD | {"text": text}, ensure_ascii=False) for text in texts]
    mixed = [rows[0].encode("gb18030"), rows[1].encode()]
    body = b"\n".join(mixed) if lines else b"[%s]" % b",".join(mixed)
    me.post("/v1/scans", body, "application/x-ndjson" if lines else "application/json")

    assert {one["text"] for one in me.track(GOOD["number"])["events"]} == set(texts)


def test_a_packed_body(app: Running, me: Caller) -> None:
    plain = json.dumps([GOOD]).encode()
    packed = {"Content-Encoding": "gzip"} | me.headers

    def post(body: bytes, headers: dict[str, str] = packed) -> int:
        return me.client.post("/v1/scans", content=body, headers=headers).status_code

    assert post(gzip.compress(plain)) == 202
    assert raws(app, me) == [plain]
    assert post(plain) == 400
    assert post(gzip.compress(plain)[:-4]) == 400
    assert post(gzip.compress(b" " * 17 * 1024 * 1024)) == 413
    assert post(plain, {"Content-Encoding": "br"} | me.headers) == 415


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[", b'[{"number":', b"\xff\xfe", b"[" * 100_000, b"42", b"null"]
)
def test_what_is_no_batch_at_all_is_refused_and_kept(app: Running, me: Caller, body: bytes) -> None:
    answer = me.post("/v1/scans", body)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 400
    assert raws(app, me) == [body]
    unread = app.sql("SELECT place, reason, raw FROM unread WHERE tenant = $1", me.tenant)
    assert [row["place"] for row in unread] == ["body"]


def test_a_text_of_ten_megabytes(app: Running, me: Caller) -> None:
    bad = GOOD | {"text": "x" * 10_000_000}

    assert "text" in rejected(me, bad)
    assert len(raws(app, me)[0]) > 10_000_000


def test_a_body_that_is_too_large_is_refused(me: Caller) -> None:
    answer = me.post("/v1/scans", b" " * (17 * 1024 * 1024))

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_gb18030_from_a_chinese_source(app: Running, me: Caller) -> None:
    road = [
        scan(
            "YT200004",
            5,
            None,
            text="快件到达【云溪转运中心】",
            place="云溪转运中心",
            carrier="yto",
        )
    ]
    body = json.dumps(road, ensure_ascii=False).encode("gb18030")
    answer = me.post("/v1/scans", body, "application/json; charset=gb18030")

    assert answer.json()["accepted"] == 1
    assert me.track("YT200004")["events"][0]["text"] == "快件到达【云溪转运中心】"
    assert raws(app, me) == [body]


def test_bytes_of_no_encoding_cost_one_item_only(me: Caller) -> None:
    good, bad = json.dumps(GOOD).encode(), b'{"number":"SF2\xff\xff\xff00","occurred_at":"%s"}'
    lines = b"\n".join([good, bad % at(1).encode(), json.dumps(scan("SF200005")).encode()])
    answer = me.post("/v1/scans", lines, "application/x-ndjson").json()

    assert answer["accepted"] == 2
    assert [one["index"] for one in answer["rejected"]] == [1]


def test_a_byte_order_mark(me: Caller) -> None:
    assert me.post("/v1/scans", b"\xef\xbb\xbf" + json.dumps([GOOD]).encode()).status_code == 202


def test_raw_bytes_are_kept_as_they_came(app: Running, me: Caller) -> None:
    bodies = [
        b'[ {"number" : "SF200006", "occurred_at":"2026-11-20T01:00:00Z", "extra":1.50e2 } ]\n',
        b'{"number":"SF200006","occurred_at":"2026-11-20T02:00:00Z"}\r\n{bad}\r\n',
    ]
    assert me.post("/v1/scans", bodies[0]).json()["accepted"] == 1
    assert me.post("/v1/scans", bodies[1], "application/x-ndjson").json()["accepted"] == 1

    assert raws(app, me) == bodies


def test_a_number_with_too_many_events(
    app: Running, me: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost.engine.shard.MOST_MARKS", 20)
    first = me.scan(*(scan("SF200007", n / 10) for n in range(15)))
    second = me.scan(*(scan("SF200007", 2 + n / 10) for n in range(15)))

    assert first["accepted"] + second["accepted"] == 20
    assert [one["index"] for one in second["rejected"]] == list(range(5, 15))


@pytest.mark.parametrize("number", ["x", "%00%00%00", "-", "A" * 100, "%ff%fe"])
def test_a_number_that_is_none_is_refused(me: Caller, number: str) -> None:
    for path in (f"/v1/track/{number}", f"/v1/track/{number}/live"):
        answer = me.get(path)
        assert answer.status_code in {404, 422}
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"parcels": []}, 422),
        ({"parcels": [{"numbers": []}]}, 422),
        ({"number": "SF200008", "parcels": [{"numbers": [{"number": "SF200009"}]}]}, 422),
        ({"number": "x"}, 422),
        ({"number": 5}, 422),
        ({"number": "SF200008", "ordered_at": "1970-01-01T00:00:00Z"}, 422),
        ({"number": "SF200008", "promised_to": "9999-12-31T23:59:59-14:00"}, 422),
        ({"number": "SF200008", "order_number": "o" * 10_000}, 422),
        ({"number": "SF200008", "order_number": "a\x00"}, 422),
        ([{"number": "x"}], 422),
    ],
)
def test_a_bad_registration(me: Caller, body: Any, status: int) -> None:
    answer = me.post("/v1/shipments", body)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_bad_registration_costs_no_other(me: Caller) -> None:
    wanted = [{"number": "SF200008"}, {"number": "x"}, {"number": 5}, None, {"number": "SF200009"}]
    answer = me.post("/v1/shipments", wanted)

    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert [one["numbers"] for one in found["shipments"]] == [["SF200008"], ["SF200009"]]
    assert [one["index"] for one in found["rejected"]] == [1, 2, 3]
    assert all(one["error"] for one in found["rejected"])


def test_malformed_json_elsewhere(me: Caller) -> None:
    for path in ("/v1/shipments", "/v1/track"):
        for body in (b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' + b"[" * 100_000):
            answer = me.post(path, body)
            assert answer.status_code in {400, 422}, (path, body[:10], answer.text)


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "x"},
        {"cursor": "WzFlOTksMV0="},
        {"cursor": "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LDFd"},
        {"cursor": "字"},
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"status": "lost"},
        {"text": "a\x00b"},
        {"carrier": "\x00"},
        {"trouble": "perhaps"},
    ],
)
def test_a_bad_query(me: Caller, query: dict[str, Any]) -> None:
    answer = me.get("/v1/shipments", params=query)

    assert answer.status_code == 422, answer.text
    assert answer.json()["status"] == 422


def test_after_all_that_it_still_works(app: Running, me: Caller) -> None:
    me.scan(GOOD)
    app.written()

    assert me.listed() == ["SF200001"]
    assert me.client.get("/healthz").json() == {"status": "ok"}
