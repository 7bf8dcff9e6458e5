"""A silence counts from the last scan: who tells of a label has not seen the parcel."""

from __future__ import annotations

from test_foresight_learning import DAY, START, micros, road, taught


def test_a_label_after_the_last_scan_breaks_no_silence() -> None:
    foresight = taught()
    began = START + 30 * DAY
    scans = {0: "picked_up", 2: "in_transit.arrived_hub"}
    now_us = micros(began + 30 * DAY)

    silent = foresight.silence(1, road("SIL1", began, scans), now_us)
    labelled = foresight.silence(
        1, road("SIL1", began, {**scans, 29.9: "info_received.created"}), now_us
    )
    heard = foresight.silence(
        1, road("SIL1", began, {**scans, 29.9: "in_transit.departed_facility"}), now_us
    )

    assert silent is not None
    assert silent.heard_by_now > 0.98
    assert labelled == silent
    assert heard is None or heard.heard_by_now < 0.98


def test_a_road_of_labels_alone_counts_from_the_last_label() -> None:
    began = START + 30 * DAY
    foresight = taught()

    found = foresight.silence(
        1, road("SIL2", began, {0: "info_received.created"}), micros(began + 9 * DAY)
    )

    assert found is None or 0 <= found.heard_by_now <= 1
