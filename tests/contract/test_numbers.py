"""Every number format of every carrier keeps its own examples."""

from __future__ import annotations

import pytest

from milepost.identify import check_formats, identify, load_formats
from milepost.identify.check import fits
from milepost.identify.model import Format
from milepost.identify.s10 import read_s10

FORMATS = [(slug, one) for slug, row in load_formats().formats.items() for one in row]


def test_all_is_well() -> None:
    assert check_formats() == []


@pytest.mark.parametrize(("slug", "one"), FORMATS, ids=[one.id for _, one in FORMATS])
def test_examples(slug: str, one: Format) -> None:
    for number in one.valid:
        named = [(c.carrier, c.format, c.checksum) for c in identify(number).candidates]
        assert (slug, one.name, "passed" if one.checksum else None) in named
    for number in one.invalid:
        assert not fits(one, number)


def test_s10_operators() -> None:
    numbers = read_s10()
    codes = [(operator.code, operator.services) for operator in numbers.operator]

    assert len(set(codes)) == len(codes)
    assert all(len(code) == 2 and code.isupper() for code, _ in codes)


def test_slugs_are_those_of_the_manifests() -> None:
    assert {"4px", "royal-mail", "ems"} <= set(load_formats().weights)
