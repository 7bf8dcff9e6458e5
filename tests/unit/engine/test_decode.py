"""Bodies as senders make them, right and wrong."""

from __future__ import annotations

import pytest

from milepost.engine.decode import NotABatchError, decode_scans

SCAN = b'{"number": "QX1", "occurred_at": "2026-11-20T08:00:00+08:00"}'


@pytest.mark.parametrize("body", [SCAN, b"[%b]" % SCAN, SCAN + b"\n", b"\n%b" % SCAN])
def test_one_scan_is_a_batch_of_one(body: bytes) -> None:
    decoded = decode_scans(body)
    assert [scan.number for _, scan in decoded.scans] == ["QX1"]
    assert not decoded.rejected


@pytest.mark.parametrize("body", [b"", b"{nope", b'{"number": "QX1"', b"[", b"QX1", b"[{]", b"5"])
def test_what_is_no_json_at_all_is_no_batch(body: bytes) -> None:
    with pytest.raises(NotABatchError):
        decode_scans(body)


def test_a_broken_line_among_others_is_told_by_its_place() -> None:
    decoded = decode_scans(SCAN + b"\n{nope\n" + SCAN)
    assert [index for index, _ in decoded.scans] == [0, 2]
    assert [one.index for one in decoded.rejected] == [1]


def test_an_object_that_is_no_scan_is_an_item_of_its_own() -> None:
    assert [one.index for one in decode_scans(b'{"number": 5}').rejected] == [0]
