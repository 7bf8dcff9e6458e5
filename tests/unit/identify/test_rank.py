from __future__ import annotations

import random

import pytest
from number_samples import sample

from milepost.identify import Identification, identify, load_formats
from milepost.identify.evaluation import called_share, random_digits
from milepost.identify.formats import build
from milepost.identify.model import CarrierNumbers, Format, Pattern

# Nothing tells these apart but history or a country: another carrier's reading may be likelier.
UNTELLING = {
    "ane-12",
    "best-numeric",
    "china-post-13-other",
    "gls-12",
    "japan-post-12",
    "sagawa-12",
    "sf-12",
    "sto-43",
    "yimidida-12",
    "yunda-13",
    "zto-12",
}


def top(seen: Identification) -> str:
    return seen.candidates[0].carrier if seen.candidates else ""


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("SF1704422690318", "sf"),
        ("YT7702318846205", "yto"),
        ("YT7702318846205113", "yunexpress"),
        ("76213304417725", "zto"),
        ("771204436650918", "sto"),
        ("461190273305588", "yunda"),
        ("JT5140033728861", "jt"),
        ("JDVC20417736502", "jd"),
        ("DPK460912253318", "deppon"),
        ("9870331246105", "china-post"),
        ("UA610933480YP", "yanwen"),
        ("GFUS01447120963358", "gofo"),
    ],
)
def test_formats_without_a_check_digit(number: str, carrier: str) -> None:
    seen = identify(number)

    assert top(seen) == carrier
    assert not seen.ambiguous


def test_a_carrier_is_top_on_its_own_numbers() -> None:
    source = random.Random(11)
    for slug, formats in load_formats().formats.items():
        for one in formats:
            if one.id not in UNTELLING:
                found = [top(identify(sample(one, source))) for _ in range(40)]
                assert found.count(slug) >= 26, (one.id, found)


def test_untelling_formats_are_never_called_with_confidence_for_another() -> None:
    source = random.Random(12)
    for slug, formats in load_formats().formats.items():
        for one in (one for one in formats if one.id in UNTELLING - {"sto-43", "best-numeric"}):
            seen = [identify(sample(one, source)) for _ in range(50)]
            wrong = [s for s in seen if top(s) != slug and not s.ambiguous]
            assert len(wrong) <= 5, (one.id, wrong)


def test_twelve_digits_are_ambiguous() -> None:
    source = random.Random(13)
    seen = [identify("3" + "".join(source.choices("0123456789", k=11))) for _ in range(300)]

    assert sum(one.ambiguous for one in seen) >= 290
    assert all(
        {"sf", "ane"} <= {c.carrier for c in one.candidates} for one in seen if one.ambiguous
    )


def test_random_digits_are_not_called_with_confidence() -> None:
    assert called_share(random_digits(5000, seed=3)) <= 0.01


def test_a_wrong_check_digit_is_no_candidate_and_is_told() -> None:
    seen = identify("RR704152364DE")

    assert seen.candidates == ()
    assert seen.problems == ("check digit does not fit S10",)


@pytest.mark.parametrize(
    ("number", "carrier", "business", "country"),
    [
        ("EE209477155CN", "ems", "ems", "CN"),
        ("LZ550128034CN", "china-post", "tracked_letter", "CN"),
        ("RR704152368DE", "deutsche-post", "registered_letter", "DE"),
        ("UA610933480YP", "yanwen", "untracked_letter", "CN"),
    ],
)
def test_s10(number: str, carrier: str, business: str, country: str) -> None:
    best = identify(number).candidates[0]

    assert (best.carrier, best.format, best.checksum) == (carrier, "S10", "passed")
    assert (best.business_type, best.country) == (business, country)
    assert best.probability > 0.9


@pytest.mark.parametrize(
    ("number", "business"),
    [
        ("ZT440192773305", "international"),
        ("7620C330441772", "cold_chain"),
        ("7620D330441772", "bulky"),
        ("76203304417725", None),
    ],
)
def test_zto_tells_its_business(number: str, business: str | None) -> None:
    best = identify(number).candidates[0]

    assert (best.carrier, best.business_type) == ("zto", business)


def test_history_decides_between_equals() -> None:
    number = "300417725506"

    assert identify(number).ambiguous
    known = identify(number, history={"ane": 900, "ups": 20})
    assert top(known) == "ane"
    assert known.candidates[0].probability > identify(number).candidates[0].probability
    assert top(identify(number, history={"ane": -5.0, "sf": 0.0})) == top(identify(number))


def test_country_is_a_hint() -> None:
    serial = "40012233445"
    number = serial + str(int(serial) % 7)
    japan = {"yamato", "sagawa", "japan-post"}

    plain = sum(c.probability for c in identify(number).candidates if c.carrier in japan)
    hinted = sum(
        c.probability for c in identify(number, country="jp").candidates if c.carrier in japan
    )
    assert hinted > plain


def test_formats_can_be_given() -> None:
    own = Format(id="x", name="X", patterns=(Pattern(r"X\d{5}"),))
    formats = build({"x-post": CarrierNumbers(weight=1, format=(own,))})

    assert top(identify("x 12345", formats=formats)) == "x-post"
    assert identify("SF1704422690318", formats=formats).problems == ("no known format fits",)
