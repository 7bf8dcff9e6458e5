"""Every rule that scans alone decide, on a running server: it opens, it clears by itself with the
scan that ends it, it is one alert, and it is told in the time of the events.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from journey.running import NOW, Caller, Running, scan
from milepost.domain.event import key_of
from milepost.domain.moment import to_text
from patience import once

pytest_plugins = ["pg"]
HOUR = timedelta(hours=1)


class Story(NamedTuple):
    """`scans`: (hours before now, code). `open_h`: it holds for so long already; None: who knows.

    `ending`: the scan that ends it.
    """

    rule: str
    scans: tuple[tuple[float, str], ...]
    open_h: float | None
    ending: str = "delivered"
    promised_h: float | None = None


STORIES = [
    Story("no_record_after_label", ((80, "info_received.created"),), 8, "picked_up"),
    Story("dwell", ((50, "in_transit.arrived_hub"),), 2, "in_transit.departed_facility"),
    Story("no_movement", ((125, "in_transit.arrived_hub"),), 5, "in_transit.departed_facility"),
    Story("possible_loss", ((15 * 24, "in_transit.arrived_hub"),), 24, "out_for_delivery"),
    Story("customs_hold", ((5, "customs.info_required"),), 5, "customs.released"),
    Story("customs_hold", ((5, "customs.payment_required"),), 5, "in_transit.departed_facility"),
    Story("customs_dwell", ((75, "customs.processing"),), 3, "customs.released"),
    Story("unsigned", ((40, "out_for_delivery"),), 4),
    Story("pickup_overdue", ((20, "available_for_pickup"),), 2),
    Story("pickup_overdue", ((3, "available_for_pickup.overdue"),), 3, "returning"),
    Story("failed_attempts", ((30, "attempt_failed.no_contact"), (6, "attempt_failed.refused")),
          None),
    Story("address_trouble", ((6, "attempt_failed.bad_address"),), 6, "out_for_delivery"),
    Story("address_trouble", ((6, "exception.recipient_moved"),), 6, "returning"),
    Story("promise_broken", ((60, "in_transit.arrived_hub"),), 10, promised_h=10),
    Story("trouble_reported", ((6, "exception.damaged"),), 6),
    Story("expired", ((6, "expired"),), 6, "in_transit.arrived_hub"),
    Story("unmapped_code", ((6, "in_transit.arrived_hub"), (5, "no such code")), 5),
]  # fmt: skip


def test_a_late_scan_moves_an_alert_in_the_list_as_on_the_road(app: Running) -> None:
    me = app.caller()
    number = "MOV8100000009"
    me.scan(
        scan(number, 30, "attempt_failed.no_contact"), scan(number, 6, "attempt_failed.refused")
    )
    first = alert(me, number, "failed_attempts", stands=True)
    me.scan(scan(number, 20, "attempt_failed.bad_address"))
    found = alert(me, number, "failed_attempts", stands=True)
    kept = [
        to_text(one.finding.since_s * 1_000_000, 0)
        for one in app.call(app.milepost.engine.ledger.open_alerts)
        if (one.shipment, one.finding.rule) == (key_of(me.tenant, number), "failed_attempts")
    ]

    assert first
    assert found
    assert found["opened_at"] < first["opened_at"]
    assert kept == [found["opened_at"]]


def settled(app: Running) -> None:
    """All that is due has been judged, by whoever came first."""
    engine = app.milepost.engine
    addressing = next(one.addressing for one in app.milepost.features if hasattr(one, "addressing"))
    app.call(engine.second_look.settle)
    app.call(addressing.cycle)


def alert(me: Caller, number: str, rule: str, *, stands: bool) -> dict[str, Any] | None:
    found = once(
        lambda: {one["rule"]: one for one in me.track(number)["alerts"]},
        lambda found: (rule in found) is stands,
    )
    return found.get(rule)


def cleared(app: Running, number: str, rule: str) -> list[int | None]:
    """When its alerts ended, once that is durable: what is shown may be ahead by a moment."""
    asked = "SELECT cleared_s FROM alert WHERE number = $1 AND rule = $2"
    return once(
        lambda: [row[0] for row in app.sql(asked, number, rule)], lambda found: None not in found
    )


@pytest.mark.parametrize("index", range(len(STORIES)), ids=lambda one: STORIES[one].rule)
def test_it_opens_in_event_time_and_clears_by_itself(app: Running, me: Caller, index: int) -> None:
    story, number = STORIES[index], f"SF78000000{index:05}"
    if story.promised_h is not None:
        until = (NOW - story.promised_h * HOUR).isoformat()
        before = (NOW - 70 * HOUR).isoformat()
        me.register({"number": number, "carrier": "sf", "promised_to": until,
                     "promised_at": before, "ordered_at": before})  # fmt: skip
    # The newest first: the order in which they come in makes no difference.
    for hours, code in reversed(story.scans):
        me.scan(scan(number, hours, code) if "no such" not in code
                else scan(number, hours, None, text="zqx vbn"))  # fmt: skip
    settled(app)
    found = alert(me, number, story.rule, stands=True)
    assert found is not None
    if story.open_h is not None:
        assert found["opened_at"][:16] == (NOW - story.open_h * HOUR).isoformat()[:16]
    for hours, code in story.scans:  # told again: nothing new
        if "no such" not in code:
            assert me.scan(scan(number, hours, code))["duplicates"] == 1
    settled(app)
    me.scan(scan(number, 0.5, story.ending))
    settled(app)
    assert alert(me, number, story.rule, stands=False) is None
    assert cleared(app, number, story.rule) == [int((NOW - 0.5 * HOUR).timestamp())]


@pytest.mark.parametrize("story", [one for one in STORIES if one.ending == "delivered"],
                         ids=lambda one: one.rule)  # fmt: skip
def test_what_had_ended_before_we_heard_of_it_never_opens(
    app: Running, me: Caller, story: Story
) -> None:
    number = f"SF79000000{STORIES.index(story):05}"
    me.scan(scan(number, 0.5, story.ending))
    for hours, code in story.scans:
        me.scan(scan(number, hours, code) if "no such" not in code
                else scan(number, hours, None, text="zqx vbn"))  # fmt: skip
    settled(app)
    assert story.rule not in {one["rule"] for one in me.track(number)["alerts"]}
    rows = app.sql("SELECT 1 FROM alert WHERE number = $1 AND rule = $2", number, story.rule)
    assert rows == []
