"""Addresses of other countries: parts, postal codes against regions and towns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.addresses import Address, Checked, check
from milepost.addresses.postcodes import formats, spelt
from milepost.addresses.reasons import MEANINGS


def codes(checked: Checked) -> list[str]:
    return [one.code for one in checked.reasons]


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("77 Elm St, Springfield, IL 62701, USA", "", ("US", "US-IL", "Springfield", "62701")),
        ("77 Elm St Apt 4, Austin TX 78701-1234", "", ("US", "US-TX", "Austin", "78701-1234")),
        ("77 Elm St Springfield IL 62701", "US", ("US", "US-IL", "Springfield", "62701")),
        ("9 Bank St, Ottawa ON K1P 5N2", "", ("CA", "CA-ON", "Ottawa", "K1P 5N2")),
        ("9 High Street\nLeeds\nLS1 4AP", "GB", ("GB", None, "Leeds", "LS1 4AP")),
        ("Lindenweg 9, 80331 München, Deutschland", "", ("DE", None, "München", "80331")),
        ("9 rue du Lac, 69003 Lyon", "FR", ("FR", None, "Lyon", "69003")),
        ("〒530-0001 大阪府大阪市北区梅田9-9", "", ("JP", "JP-27", "大阪市", "530-0001")),
        (
            "Rua Verde, 99, São Paulo - SP, 01310-200",
            "BR",
            ("BR", "BR-SP", "São Paulo", "01310-200"),
        ),
        ("9 George St, Sydney NSW 2000", "AU", ("AU", "AU-NSW", "Sydney", "2000")),
        ("Kerkstraat 9, 1017 GA Amsterdam", "NL", ("NL", None, "Amsterdam", "1017 GA")),
    ],
)
def test_parts(text: str, country: str, expected: tuple[str | None, ...]) -> None:
    found = check(Address(text=text, country=country))
    parts = found.parts

    assert (parts.country, parts.code, parts.city, parts.postal_code) == expected
    assert parts.street
    assert found.verdict == "good", found.reasons


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("77 Elm St, Springfield, CA 62701", "US", "postal_code_not_in_region"),
        ("77 Elm St, Boston, IL 62701", "US", "postal_code_not_in_city"),
        ("77 Elm St, Sprngfield, IL 62701", "US", "city_lookalike"),
        ("77 Elm St, Springfield, IL", "US", "postal_code_missing"),
        ("77 Elm St, Springfield, IL 00000", "US", "postal_code_unknown"),
        ("Elm St, Springfield, IL 62701", "US", "number_missing"),
        ("9 Bank St, Ottawa BC K1P 5N2", "CA", "postal_code_not_in_region"),
        ("9 Bank St, Ottawa ON k1p5n2", "CA", "postal_code_spelling"),
        ("Lindenweg 9, 10117 München", "DE", "postal_code_not_in_city"),
        ("9 rue du Lac, 69003 Paris", "FR", "postal_code_not_in_city"),
        ("〒530-0001 東京都渋谷区渋谷9-9", "JP", "postal_code_not_in_region"),
        ("9 George St, Sydney VIC 2000", "AU", "postal_code_not_in_region"),
        ("asdfgh", "US", "placeholder"),
        ("Nowhere 9", "", "country_missing"),
        ("Nowhere 9", "Atlantis", "country_unknown"),
        ("Kiekut 9", "LU", "country_unchecked"),
    ],
)
def test_what_is_wrong_is_named(text: str, country: str, code: str) -> None:
    assert code in codes(check(Address(text=text, country=country)))


def test_fields() -> None:
    found = check(
        Address(
            street="9 Lake Rd",
            city="Cupertino",
            region="Californa",
            postal_code="95014",
            country="US",
        )
    )
    assert codes(found) == ["region_lookalike"]
    assert found.repaired == "9 Lake Rd, Cupertino California 95014, US"


@pytest.mark.parametrize("country", sorted(formats()))
def test_spelling_is_stable(country: str) -> None:
    """A code in the country's spelling is spelt the same again."""
    for code in (
        "12345",
        "K1P5N2",
        "SW1A1AA",
        "01310200",
        "1234567",
        "1017ga",
        "123-4567",
        "00950",
    ):
        once = spelt(country, code)
        assert once is None or spelt(country, once) == once


@given(st.text(max_size=80), st.sampled_from(["", "US", "CN", "JP", "DE", "GB", "??"]), st.text())
def test_nothing_raises(text: str, country: str, phone: str) -> None:
    found = check(Address(text=text, country=country, phone=phone[:40]))

    assert 0 <= found.score_pm <= 1000
    assert all(one.code in MEANINGS for one in found.reasons)


@given(st.text("省市区县路号街道浙江杭州西湖0123 ,张三", max_size=40))
def test_nothing_raises_in_chinese(text: str) -> None:
    assert 0 <= check(Address(text=text)).score_pm <= 1000


def test_spanish_codes_tell_the_community() -> None:
    wrong = check(Address(text="Calle Inventada 5, 28013 Barcelona", country="ES"))
    right = check(Address(text="Calle Inventada 5, 08013 Barcelona", country="ES"))

    assert [one.code for one in wrong.reasons] == ["postal_code_not_in_city"]
    assert not right.reasons


def test_a_floor_is_not_the_street() -> None:
    found = check(Address(text="Flat B, 12/F, 200 Made Up Road, Wan Chai, Hong Kong", country="HK"))

    assert found.parts.street == "200 Made Up Road"


@pytest.mark.parametrize(("country", "code"), [
    ("HR", "HR"), ("Croatia", "HR"), ("克罗地亚", "HR"), ("Kroatien", "HR"), ("Georgia", "GE"),
    ("ZZ", None), ("Narnia", None), ("EU", None),
])  # fmt: skip
def test_any_country_of_the_world_is_one_and_nothing_else(country: str, code: str | None) -> None:
    found = check(Address(text="Ilica 12, 10000 Zagreb", country=country))

    assert found.parts.country == code
    assert [one.code for one in found.reasons] == [
        "country_unchecked" if code else "country_unknown"
    ]
