from __future__ import annotations

import pytest

from milepost.carriers.toolkit.clocks import offset_from_utc
from milepost.carriers.toolkit.times import read_when


@pytest.mark.parametrize(
    ("local", "utc", "expected"),
    [
        ("2026-02-02 09:00:00", "2026-02-02 17:00:00", "2026-02-02T09:00:00-08:00"),
        ("2026-02-02 09:00:00", "2026-02-02T17:00:31Z", "2026-02-02T09:00:00-08:00"),
        ("2026-02-02 09:00:00", "2026-02-02 03:15:00", "2026-02-02T09:00:00+05:45"),
        ("2026-02-03 01:00:00", "2026-02-02 12:00:00", "2026-02-03T01:00:00+13:00"),
        # an offset of its own is never questioned
        ("2026-02-02T09:00:00+01:00", "2026-02-02 17:00:00", "2026-02-02T09:00:00+01:00"),
        # two clocks that cannot be of one moment give no offset
        ("2026-02-02 09:00:00", "2026-02-09 17:00:00", "2026-02-02T09:00:00"),
        ("2026-02-02 09:00:00", "2026-02-02 17:06:00", "2026-02-02T09:00:00"),
        ("2026-02-02 09:00:00", "2026-02-02", "2026-02-02T09:00:00"),
        ("2026-02-02 09:00:00", None, "2026-02-02T09:00:00"),
        (None, "2026-02-02 17:00:00", "2026-02-02T17:00:00+00:00"),
    ],
)
def test_two_clocks_give_the_offset(local: str | None, utc: str | None, expected: str) -> None:
    when = offset_from_utc(read_when(local), read_when(utc))

    assert when is not None
    assert when.at.isoformat() == expected


def test_no_clock_is_no_time() -> None:
    assert offset_from_utc(None, None) is None
