"""EPC URNs and Digital Links say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.epcis.indexing import pattern_of
from milepost.epcis.keys import BadKeyError, check_digit
from milepost.epcis.link import canonical, check, sscc_of, to_urn
from milepost.epcis.urn import to_link

PAIRS = [
    ("urn:epc:id:sgtin:6901234.012345.A%2F1", "01/06901234123456/21/A%2F1"),
    ("urn:epc:id:sscc:6901234.0000000017", "00/069012340000000177"),
    ("urn:epc:id:sgln:6901234.00001.0", "414/6901234000016"),
    ("urn:epc:id:sgln:6901234.00001.G7", "414/6901234000016/254/G7"),
    ("urn:epc:id:pgln:6901234.00002", "417/6901234000023"),
    ("urn:epc:id:grai:6901234.12345.77", "8003/0690123412345677"),
    ("urn:epc:id:giai:6901234.T%2F1", "8004/6901234T%2F1"),
    ("urn:epc:id:gsrn:6901234.0000000123", "8018/690123400000001237"),
    ("urn:epc:id:gdti:6901234.00001.D-5", "253/6901234000016D-5"),
    ("urn:epc:id:sgcn:6901234.00001.12", "255/690123400001612"),
    ("urn:epc:id:cpi:6901234.AB-1.99", "8010/6901234AB-1/8011/99"),
    ("urn:epc:id:ginc:6901234.C77", "401/6901234C77"),
    ("urn:epc:id:gsin:6901234.000000001", "402/69012340000000016"),
    ("urn:epc:id:itip:6901234.012345.01.02.Z9", "8006/069012341234560102/21/Z9"),
    ("urn:epc:id:upui:6901234.012345.U)1", "01/06901234123456/235/U%291"),
    ("urn:epc:class:lgtin:6901234.012345.L.1", "01/06901234123456/10/L.1"),
    ("urn:epc:idpat:sgtin:6901234.012345.*", "01/06901234123456"),
]


@pytest.mark.parametrize(("urn", "path"), PAIRS)
def test_a_urn_is_a_link(urn: str, path: str) -> None:
    assert to_link(urn) == f"https://id.gs1.org/{path}"


@pytest.mark.parametrize(("urn", "path"), PAIRS)
def test_a_link_is_a_urn_once_the_company_prefix_is_known(urn: str, path: str) -> None:
    assert to_urn(f"https://id.gs1.org/{path}", 7) == urn


@pytest.mark.parametrize(
    "urn",
    [
        "urn:epc:id:sscc:6901234.000000017",
        "urn:epc:id:sscc:69012.000000000017",
        "urn:epc:id:sscc:6901234.00000000x7",
        "urn:epc:id:sgtin:6901234.012345",
        "urn:epc:id:sgtin:6901234.012345.",
        "urn:epc:id:sgtin:6901234.012345.A/1",
        "urn:epc:id:sgtin:6901234.012345.123456789012345678901",
        "urn:epc:id:lgtin:6901234.012345.L1",
        "urn:epc:class:sgtin:6901234.012345.L1",
        "urn:epc:idpat:sgtin:6901234.012345.A1",
        "urn:epc:id:sgcn:6901234.00001.1x",
        "urn:epc:id:banana:6901234.1",
    ],
)
def test_a_malformed_urn_is_named(urn: str) -> None:
    with pytest.raises(BadKeyError):
        check(urn)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://shop.example.cn/01/06901234123456/22/2A/10/LOT/21/S9",
         "https://id.gs1.org/01/06901234123456/21/S9"),
        ("http://example.cn/a/b/gtin/6901234567892?x=1", "https://id.gs1.org/01/06901234567892"),
        ("https://example.cn/sscc/069012340000000177", "https://id.gs1.org/00/069012340000000177"),
        ("https://example.cn/orders/4711", "https://example.cn/orders/4711"),
        ("https://example.cn/00/12345", "https://example.cn/00/12345"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("geo:30.2,120.1", "geo:30.2,120.1"),
    ],
)  # fmt: skip
def test_links_have_one_form(text: str, expected: str) -> None:
    assert canonical(text) == expected


def test_a_wrong_check_digit_is_named() -> None:
    with pytest.raises(BadKeyError, match="wrong check digit: 8 for 7"):
        check("https://id.gs1.org/00/069012340000000178")


def test_the_number_of_a_container() -> None:
    assert sscc_of("urn:epc:id:sscc:6901234.0000000017") == "069012340000000177"
    assert sscc_of("https://id.gs1.org/01/06901234123456") is None


@given(st.from_regex(r"[0-9]{17}", fullmatch=True), st.integers(6, 12))
def test_containers_go_there_and_back(digits: str, company: int) -> None:
    link = f"https://id.gs1.org/00/{digits}{check_digit(digits)}"

    assert canonical(to_urn(link, company)) == link


@given(st.text(max_size=60))
def test_any_text_has_a_canonical_form(text: str) -> None:
    for given_text in (text, "urn:epc:id:" + text, "https://id.gs1.org/01/" + text):
        once = canonical(given_text)

        assert canonical(once) == once


def test_patterns_find_what_they_name() -> None:
    assert pattern_of("urn:epc:idpat:sscc:6901234.*") is not None
    assert pattern_of("urn:epc:id:sscc:6901234.0000000017") is None
    assert pattern_of("urn:epc:idpat:sscc:(a|b).*") is None
