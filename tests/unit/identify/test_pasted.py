from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.identify import identify


@pytest.mark.parametrize(
    ("text", "number", "carrier"),
    [
        ("https://zto.example/track?billCode=76203304417725", "76203304417725", "zto"),
        ("http://post.example/#nums=RR704152368DE&lang=en", "RR704152368DE", "deutsche-post"),
        ("HTTPS://WWW.UPS.EXAMPLE/1ZROLQJY723Y881A02/details?id=7", "1ZROLQJY723Y881A02", "ups"),
        ("www.dhl.example/a.html?tracking-id=9954683815&submit=1", "9954683815", "dhl"),
        ("https://x.example/t/RR%20704152368+DE?a=1", "RR704152368DE", "deutsche-post"),
        ("https://x.example/t/17", "", ""),
        ("运单号：SF8751420506865", "SF8751420506865", "sf"),
        ("Tracking: YT8330818598811", "YT8330818598811", "yto"),
    ],
)
def test_the_number_in_what_was_pasted(text: str, number: str, carrier: str) -> None:
    seen = identify(text)

    assert [one.carrier for one in seen.candidates[:1]] == ([carrier] if carrier else [])
    assert not number or seen.number == number


def test_two_numbers_are_not_one() -> None:
    assert identify("RR704152368DE, YT8330818598811").candidates == ()


def test_what_is_known_of_the_tenant_counts_there_too() -> None:
    address = "https://x.example/?nu=300817264519"
    plain, ours = identify(address), identify(address, history={"ane": 900})

    assert plain.ambiguous
    assert (ours.candidates[0].carrier, ours.number) == ("ane", "300817264519")


@given(st.text() | st.text().map("https://x.example/{}".format))
def test_never_raises(text: str) -> None:
    identify(text)
