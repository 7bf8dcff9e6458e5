from __future__ import annotations

from datetime import UTC, datetime

import pytest

from milepost.demo.network import network, shipments_of
from milepost.demo.placing import Span, phase_of
from milepost.demo.stories import stories


def test_six_stories_with_a_line_in_both_languages() -> None:
    assert len(stories()) == 6
    assert all(story.zh and story.en for story in stories())
    assert len({story.number for story in stories()}) == 6
    assert all(story.number in {leg.number for leg in story.legs} for story in stories())


@pytest.mark.parametrize("hour", [0, 4, 8, 12, 16, 20])
def test_stories_stand_as_told_at_any_hour(hour: int) -> None:
    start = datetime(2027, 2, 11, hour, 40, tzinfo=UTC)
    drawn = shipments_of(seed=hour, span=Span(start, 6, 8), shipments=6)

    for shipment in drawn:
        assert shipment.story is not None
        road = [event for event in shipment.parcels[0].events if event.at <= start]
        assert phase_of(road[-1]) == shipment.story.phase


def test_stories_are_told_with_codes_words_and_offsets() -> None:
    start = datetime(2027, 2, 11, 9, tzinfo=UTC)
    scans = [s for step in network(seed=1, start=start, shipments=6) for s in step.scans]

    assert all(scan.code for scan in scans)
    assert all(scan.text for scan in scans if scan.code != "promise")
    assert all(scan.occurred_at.tzinfo is not None for scan in scans)
