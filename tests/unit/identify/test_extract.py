from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milepost.identify import extract_numbers


def test_a_pasted_list() -> None:
    text = "SF1704422690318\n  7621 3304 4177 25 \r\nrr704152368de, ORDER-20417\n\nSF1704422690318"

    assert extract_numbers(text) == [
        "SF1704422690318",
        "76213304417725",
        "RR704152368DE",
        "ORDER20417",
    ]


def test_a_mail() -> None:
    text = (
        "Dear Ms Lindqvist, order 100233481 of 2026-11-02 (EUR 1,299.00) is on its way.\n"
        "Track RR 7041 5236 8 DE or call +1 (555) 010-2030 in 2026.\n"
        "https://example.org/track?number=YT7702318846205113&lang=en"
    )

    assert extract_numbers(text) == ["RR704152368DE", "YT7702318846205113"]


def test_a_chat_in_chinese() -> None:
    text = "您好，单号：ＪＴ5140033728861，电话13800000000，请查收；另一个76213304417725。"

    assert extract_numbers(text) == ["JT5140033728861", "76213304417725"]


def test_a_table_row_keeps_only_the_number() -> None:
    assert extract_numbers("771204436650918\tdelivered\tShanghai") == ["771204436650918"]


@given(st.text())
def test_never_raises(text: str) -> None:
    assert len(set(extract_numbers(text))) == len(extract_numbers(text))
