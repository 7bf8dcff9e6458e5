"""Falls found in real recordings of a thrown parcel: every throw, and none while it rests.

What was thrown when is read off the recordings' own shape, not off the detector: a parcel that is
thrown shows nothing of gravity for as long as it takes to fall, and then lands.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from milepost.sensing.shock import AROUND_US, NOTHING, Burst, joined_shocks, shocks, stretch
from shared import shared

RECORDINGS = {
    "shock_bosch_throw_fragile_20190321.json.gz": 10,
    "shock_bosch_xdk_rough_handling.json.gz": 5,
}
PAUSE_US = 200_000  # between two bursts


def rows_of(name: str) -> list[dict[str, Any]]:
    """The recording is one JSON array after the other, not in order of time."""
    with gzip.open(shared(f"data/{name}"), "rt") as file:
        text = file.read()
    decoder, at, rows = json.JSONDecoder(), 0, []
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        part, at = decoder.raw_decode(text, at)
        rows += part
    return rows


def bursts(name: str) -> Iterator[tuple[str, Burst]]:
    """The stretches of one device that were recorded at its full rate."""
    by_device: dict[str, list[tuple[int, int, int, int]]] = {}
    for row in rows_of(name):
        at = datetime.fromisoformat(row["timestamp"])
        axes = (row["acceleratorX"], row["acceleratorY"], row["acceleratorZ"])
        by_device.setdefault(row["deviceId"], []).append((round(at.timestamp() * 1e6), *axes))
    for device, samples in by_device.items():
        samples.sort()
        cuts = [i for i, (a, b) in enumerate(pairwise(samples), 1) if b[0] - a[0] > PAUSE_US]
        for first, last in pairwise([0, *cuts, len(samples)]):
            yield device, Burst(*zip(*samples[first:last], strict=True))


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_throw_is_found_once(name: str) -> None:
    found = [one for _, burst in bursts(name) for one in shocks(burst)]

    assert [one.kind for one in found] == ["drop"] * RECORDINGS[name]
    # Throws of a hand: half a metre to two and a half.
    assert all(500 < one.height_mm < 2_500 for one in found)
    assert all(b.at_us - a.at_us > 2_000_000 for a, b in pairwise(found))


@pytest.mark.parametrize("samples", [37, 50, 100, 200])
@pytest.mark.parametrize("name", RECORDINGS)
def test_a_throw_across_several_bursts_is_found_once(name: str, samples: int) -> None:
    """Devices send a second at a time: throws lie across the cuts, wherever these are."""
    for shift in range(0, samples, samples // 5):
        found = []
        for _, burst in bursts(name):
            cuts = [0, *range(shift or samples, len(burst.times), samples), len(burst.times)]
            for first, last in pairwise(cuts):
                part = Burst(*(axis[first:last] for axis in burst))
                begin = burst.times[first]
                before = stretch(burst, begin - AROUND_US, begin - 1)
                found += joined_shocks(before, part, NOTHING)

        assert [one.kind for one in found] == ["drop"] * RECORDINGS[name]


@pytest.mark.parametrize("name", RECORDINGS)
def test_nothing_is_invented_while_it_rests(name: str) -> None:
    resting = 0
    for _, burst in bursts(name):
        found = [one.at_us for one in shocks(burst)]
        for first in range(0, len(burst.times), 100):
            part = Burst(*(axis[first : first + 100] for axis in burst))
            spread = max(max(axis) - min(axis) for axis in (part.x, part.y, part.z))
            if spread < 100:
                resting += len(part.times)
                assert not any(part.times[0] <= at <= part.times[-1] for at in found)
    assert resting > 100
