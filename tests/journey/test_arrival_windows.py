"""The arrival as people see it: a promise while it can hold, then what is likely."""

from __future__ import annotations

from datetime import datetime

from journey.running import Caller, at, scan

pytest_plugins = ["pg"]
moment = datetime.fromisoformat

HANGZHOU = {"city": "Hangzhou", "country": "CN"}
CHENGDU = {"city": "Chengdu", "country": "CN"}


def test_a_broken_promise_gives_way_to_a_guess(me: Caller) -> None:
    numbers = ("SF700022", "SF700023")
    for number, promised in zip(numbers, (-30, 20), strict=True):
        me.register({"number": number, "carrier": "sf", "origin": HANGZHOU, "destination": CHENGDU})
        me.scan(
            scan(number, 60, "picked_up", estimated_to=at(promised)),
            scan(number, 50, "in_transit.departed_origin"),
        )
    kept, broken = (me.track(number) for number in numbers)

    assert kept["arrival"]["source"] == "carrier_promise"
    assert moment(kept["arrival"]["latest"]) == moment(at(-30))
    arrival = broken["arrival"]
    assert arrival["guess"]
    times = [moment(arrival[name]) for name in ("earliest", "likely", "latest")]
    assert times == sorted(times)
    assert times[0] >= moment(at(0))
    assert arrival["late_odds"] == 1
    assert arrival["reason"]
    assert moment(broken["promise"]["latest"]) == moment(at(20))


def test_several_boxes_get_the_window_of_the_last(me: Caller) -> None:
    numbers = ("SF700031", "SF700032", "SF700033")
    boxes = [{"numbers": [{"number": one, "carrier": "sf"}]} for one in numbers]
    me.register({"parcels": boxes, "origin": HANGZHOU, "destination": CHENGDU})
    me.scan(scan(numbers[0], 60, "picked_up"), scan(numbers[0], 2, "delivered"))
    me.scan(scan(numbers[1], 50, "picked_up"), scan(numbers[1], 40, "in_transit.arrived_hub"))
    me.scan(scan(numbers[2], 30, "picked_up"))
    arrival = me.track(numbers[0])["arrival"]

    assert arrival["guess"]
    assert "last of 2 boxes on the road" in arrival["reason"]
