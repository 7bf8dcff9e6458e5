"""What the bits of an RFID tag say. Invented: company prefix 6901234 is nobody's here."""

from __future__ import annotations

import pytest
from epcis_events import CAGE, PARCEL

from milepost.epcis.tags import urn_of_tag


@pytest.mark.parametrize(
    ("tag", "urn"),
    [
        ("3135A537C800000011000000", PARCEL),
        ("0x3335a537c80c0e400000004d", CAGE),
        ("3435a537c80000000000022b", "urn:epc:id:giai:6901234.555"),
        ("3035a537c861a84000000009", "urn:epc:id:sgtin:6901234.100001.9"),
        # The one that GS1's Tag Data Standard works through.
        ("30 74257BF7194E4000001A85", "urn:epc:id:sgtin:0614141.812345.6789"),
    ],
)
def test_an_epc_in_hexadecimal(tag: str, urn: str) -> None:
    assert urn_of_tag(tag) == urn


@pytest.mark.parametrize(
    "tag",
    ["", "E280", "z" * 24, "3135a537c8000000110000", "3e35a537c800000011000000",
     "313fffffffffffffffffffff", "3123ffffffffffffffffffff", "f" * 24],
)  # fmt: skip
def test_what_is_no_epc(tag: str) -> None:
    assert urn_of_tag(tag) is None
