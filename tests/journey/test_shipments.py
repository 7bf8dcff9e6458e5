"""Shipments of several numbers, boxes and carriers; lists; who sees what."""

from __future__ import annotations

import pytest

from journey.running import Caller, Running, at, scan

pytest_plugins = ["pg"]


def linked(*pairs: tuple[str, str]) -> dict[str, object]:
    return {"numbers": [{"number": number, "carrier": carrier} for number, carrier in pairs]}


THREE_LEGS = linked(("LX300001CN", "china-post"), ("TRUNK3001", "4px"), ("GLS300001", "gls"))


def test_a_registration_is_an_event_of_its_own(me: Caller) -> None:
    (made,) = me.register({"number": "sf 300000", "carrier": "sf", "order_number": "O-300000"})
    track = me.track("SF300000")

    assert made["numbers"] == ["SF300000"]
    assert track["shipment"] == made["id"]
    assert track["order_number"] == "O-300000"
    assert track["status"]["sub"] == "info_received.created"
    assert [one["source"] for one in track["events"]] == ["merchant"]


def test_to_register_again_is_no_news(me: Caller) -> None:
    one = {"number": "SF300001", "carrier": "sf", "promised_to": at(-48), "ordered_at": at(100)}
    first = me.register(one)
    me.scan(scan("SF300001", 20, "picked_up"))
    again = me.register(one | {"service": "express"})
    track = me.track("SF300001")

    assert first == again
    assert track["status"]["sub"] == "picked_up"
    assert [one["sub"] for one in track["events"]] == ["info_received.created", "picked_up"]
    assert track["service"] == "express"


def test_a_shipment_is_there_by_its_id_at_once(me: Caller) -> None:
    (made,) = me.register({"number": "SF300002"})

    assert me.get(f"/v1/shipments/{made['id']}").json()["number"] == "SF300002"


def test_a_number_that_changes_at_hand_over(me: Caller) -> None:
    me.register({"parcels": [THREE_LEGS], "order_number": "O-3"})
    me.scan(
        scan("LX300001CN", 90, "picked_up", carrier="china-post"),
        scan("LX300001CN", 70, "in_transit.departed_country", carrier="china-post"),
        scan("TRUNK3001", 50, "in_transit.arrived_hub", carrier="4px"),
        scan("GLS300001", 20, "in_transit.arrived_dest_city", carrier="gls"),
        scan("GLS300001", 3, "delivered", carrier="gls"),
    )
    tracks = [me.track(number) for number in ("LX300001CN", "TRUNK3001", "GLS300001")]

    assert {track["shipment"] for track in tracks} == {tracks[0]["shipment"]}
    assert {track["status"]["sub"] for track in tracks} == {"delivered"}
    assert {len(track["events"]) for track in tracks} == {6}
    legs = tracks[0]["legs"]
    assert [leg["number"] for leg in legs] == ["LX300001CN", "TRUNK3001", "GLS300001"]
    assert [leg["carrier"] for leg in legs] == ["china-post", "4px", "gls"]
    assert [leg["started_at"] for leg in legs] == [at(90), at(50), at(20)]
    assert legs[2]["ended_at"] == at(3)
    assert len(tracks[0]["parcels"]) == 1
    assert tracks[0]["carrier"] == "gls"


def test_numbers_that_are_joined_after_their_scans_came(app: Running, me: Caller) -> None:
    numbers = ("LX300001CN", "TRUNK3001", "GLS300001")
    me.scan(*(scan(number, 60 - 10 * n, carrier="gls") for n, number in enumerate(numbers)))
    me.scan(scan("GLS300001", 3, "delivered", carrier="gls"))
    app.written()
    assert len(me.listed()) == 3
    assert me.track("LX300001CN")["status"]["main"] == "in_transit"

    me.register({"parcels": [THREE_LEGS]})
    app.written()
    assert me.listed() == ["LX300001CN"]
    assert me.track("TRUNK3001")["status"]["main"] == "delivered"
    assert len(me.track("TRUNK3001")["events"]) == 4


def test_duplicates_are_known_after_numbers_were_joined(me: Caller) -> None:
    scans = [scan("LX300001CN", 50), scan("GLS300001", 40, carrier="gls")]
    me.scan(*scans)
    me.register({"parcels": [THREE_LEGS]})

    assert me.scan(*scans)["duplicates"] == 2


def test_an_order_over_several_boxes_and_carriers(app: Running, me: Caller) -> None:
    boxes = [linked(("SF300010", "sf")), linked(("DPD300010", "dpd")), linked(("JT300010", "jt"))]
    me.register({"parcels": boxes, "order_number": "O-300010"})
    me.scan(
        scan("SF300010", 5, "delivered"),
        scan("DPD300010", 5, "out_for_delivery", carrier="dpd"),
        scan("JT300010", 5, "exception.damaged", carrier="jt"),
    )
    track = me.track("DPD300010")

    assert [one["numbers"] for one in track["parcels"]] == [
        ["SF300010"],
        ["DPD300010"],
        ["JT300010"],
    ]
    assert [one["status"]["main"] for one in track["parcels"]] == [
        "delivered", "out_for_delivery", "exception",
    ]  # fmt: skip
    assert track["status"]["main"] == "exception", "trouble speaks first"
    app.written()
    assert set(me.listed(text="O-300010")) == {"SF300010", "DPD300010", "JT300010"}
    assert me.track("O-300010")["shipment"] == track["shipment"], "by the order's own number"


def test_an_order_of_several_shipments(app: Running, me: Caller) -> None:
    for number in ("SF300011", "SF300012"):
        me.register({"number": number, "carrier": "sf", "order_number": "#O/300011"})
    asked = {"numbers": ["#O/300011", "SF300012", "#O/300019"]}
    for _ in range(2):  # of what was registered just now no line is written yet
        answer = me.post("/v1/track", asked).json()
        assert [one["number"] for one in answer["tracks"]] == ["SF300011", "SF300012"]
        assert answer["unknown"] == ["#O/300019"]
        assert [one["of_order"] for one in answer["tracks"]] == [["SF300011", "SF300012"], []]
        app.written()
    assert app.caller().post("/v1/track", asked).json()["tracks"] == []


def test_a_number_added_to_a_shipment_later(me: Caller) -> None:
    (made,) = me.register({"parcels": [linked(("LX300020CN", "china-post"))]})
    more = linked(("LX300020CN", "china-post"), ("GLS300020", "gls"))
    assert me.register({"parcels": [more]})[0]["id"] == made["id"]
    more["numbers"].append({"number": "LAST300020"})  # type: ignore[attr-defined]
    assert me.register({"parcels": [more]})[0]["id"] == made["id"]
    me.scan(scan("LAST300020", 1, "delivered", carrier=None))

    assert me.status("LX300020CN") == "delivered"


def test_any_number_of_a_shipment_registers_the_same_shipment(me: Caller) -> None:
    (made,) = me.register({"parcels": [THREE_LEGS]})
    (again,) = me.register({"number": "GLS300001", "promised_to": at(-30)})

    assert again["id"] == made["id"]
    assert me.track("LX300001CN")["arrival"]["latest"] == at(-30)
    for number in made["numbers"]:
        me.scan(scan(number, 2, "out_for_delivery"))
        assert me.status(number) == "out_for_delivery"


def test_a_number_is_never_torn_out_of_its_shipment(me: Caller) -> None:
    me.register({"parcels": [THREE_LEGS]})
    torn = linked(("NEW300030", "sf"), ("TRUNK3001", "4px"))
    answer = me.post("/v1/shipments", {"parcels": [torn]})

    assert answer.status_code == 422
    assert "TRUNK3001" in answer.text
    me.scan(scan("TRUNK3001", 2, "delivered", carrier="4px"))
    assert me.status("LX300001CN") == "delivered"
    assert me.get("/v1/track/NEW300030").status_code == 404


def test_a_carriers_next_number_is_followed(app: Running, me: Caller) -> None:
    # What the connectors' facts say is the same as a registration, but never overrides one.
    from milepost.domain.scan import Facts, LinkedNumber

    registrar = app.milepost.engine.registrar
    me.scan(scan("LX300040CN", 50), scan("GLS300040", 5, "delivered", carrier="gls"))
    for number in ("GLS300040", "x", "HERMES300040"):
        facts = Facts(number="LX300040CN", linked=(LinkedNumber(number=number),))
        app.call(registrar.learn, me.tenant, [facts])

    assert me.status("LX300040CN") == "delivered"
    assert [leg["number"] for leg in me.track("GLS300040")["legs"]] == [
        "LX300040CN", "GLS300040", "HERMES300040",
    ]  # fmt: skip


def test_alerts_of_a_joined_number_do_not_stay_open(app: Running, me: Caller) -> None:
    me.scan(scan("SF300050", 80), scan("DPD300050", 200, carrier="dpd"))
    query = "SELECT number, rule FROM alert WHERE tenant = $1 AND cleared_s IS NULL"
    assert {row["number"] for row in app.sql(query, me.tenant)} == {"SF300050", "DPD300050"}

    me.register({"parcels": [linked(("SF300050", "sf"), ("DPD300050", "dpd"))]})
    me.scan(scan("DPD300050", 1, "out_for_delivery", carrier="dpd"))
    assert app.sql(query, me.tenant) == []
    assert me.track("SF300050")["alerts"] == []


def test_the_list_filters_and_pages(app: Running, me: Caller) -> None:
    me.scan(
        *(scan(f"SF30{n:04d}", 40 - n / 10) for n in range(25)),
        scan("DPD3100", 5, "delivered", carrier="dpd"),
        scan("JT3100", 4, "exception.lost", carrier="jt"),
    )
    app.written()

    assert me.listed(status="delivered") == ["DPD3100"]
    assert me.listed(carrier="jt") == me.listed(trouble="true") == ["JT3100"]
    assert me.listed(text="sf 30-0007") == ["SF300007"]
    seen, cursor = [], None
    while True:
        query = {"limit": "10", **({"cursor": cursor} if cursor else {})}
        page = me.get("/v1/shipments", params=query).json()
        seen += [one["number"] for one in page["shipments"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["JT3100", "DPD3100", *(f"SF30{n:04d}" for n in range(24, -1, -1))]
    line = me.get("/v1/shipments", params={"text": "DPD31"}).json()["shipments"][0]
    assert (line["main"], line["carrier"], line["last_event_at"]) == ("delivered", "dpd", at(5))


def test_by_number_every_shipment_comes_once_while_scans_come(app: Running, me: Caller) -> None:
    me.scan(*(scan(f"YT40{n:04d}", 40 - n / 10, carrier="yto") for n in range(25)))
    app.written()
    seen, cursor = [], ""
    query = {"order": "number", "limit": "10", "carrier": "yto", "text": "YT40"}

    page = me.get("/v1/shipments", params=query).json()
    while True:
        seen += [one["number"] for one in page["shipments"]]
        if page["next"] is None:
            break
        me.scan(
            scan(f"YT40{min(24, len(seen) + 2):04d}", 1, "in_transit.departed_hub", carrier="yto")
        )
        app.written()
        page = me.get("/v1/shipments", params={**query, "cursor": page["next"]}).json()
        cursor = page["next"] or cursor  # the last one that was given

    assert seen == [f"YT40{n:04d}" for n in range(25)]
    other = me.get("/v1/shipments", params={"cursor": cursor})
    assert (other.status_code, other.json()["detail"]) == (
        422, "cursor: not one that this list gave in this order",
    )  # fmt: skip


def test_the_clock_alone_raises_an_alert_and_the_list_shows_it(app: Running, me: Caller) -> None:
    from datetime import timedelta

    me.scan(scan("SF300060", 1))
    app.written()
    assert me.listed(trouble="true") == []

    app.clock.now += timedelta(days=3)
    app.call(app.milepost.engine.clockwork.tick)
    app.written()
    assert me.listed(trouble="true") == ["SF300060"]
    assert "dwell" in {one["rule"] for one in me.track("SF300060")["alerts"]}

    me.scan(scan("SF300060", -71, "out_for_delivery"))
    app.written()
    assert me.listed(trouble="true") == []


@pytest.mark.parametrize("what", ["track", "many", "live", "shipment", "list", "register"])
def test_a_tenant_never_sees_another_ones_data(app: Running, me: Caller, what: str) -> None:
    (made,) = me.register({"number": "SF300070", "order_number": "secret"})
    me.scan(scan("SF300070", 1, "delivered", text="left with the neighbour"))
    app.written()
    other = app.caller()
    if what == "track":
        assert other.get("/v1/track/SF300070").status_code == 404
    elif what == "many":
        answer = other.post("/v1/track", {"numbers": ["SF300070"]}).json()
        assert answer == {"tracks": [], "unknown": ["SF300070"]}
    elif what == "live":
        assert other.get("/v1/track/SF300070/live").status_code == 404
    elif what == "shipment":
        assert other.get(f"/v1/shipments/{made['id']}").status_code == 404
        assert other.get(f"/v1/shipments/{made['id']}").text.count("SF300070") == 0
    elif what == "list":
        assert other.listed() == other.listed(text="secret") == []
    else:
        (theirs,) = other.register({"number": "SF300070"})
        assert theirs["id"] != made["id"]
        assert other.track("SF300070")["order_number"] is None
        assert len(me.track("SF300070")["events"]) == 2
        assert other.scan(scan("SF300070", 1, "delivered"))["duplicates"] == 0


def test_another_tenants_retraction_changes_nothing(app: Running, me: Caller) -> None:
    me.scan(scan("SF300080", 1, "delivered"))
    event = me.track("SF300080")["events"][0]["id"]
    app.caller().scan(scan("SF300080", 0.5, None, retracts=event))

    assert me.status("SF300080") == "delivered"
