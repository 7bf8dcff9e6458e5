"""Kdniao's signature, states, times and pushes, without a server."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, quote, quote_plus, unquote

import msgspec
import pytest

from milepost.compat.core import Change, Watch
from milepost.compat.kdniao import clock, faults, make_credentials, maps, phones, shape, sign
from milepost.compat.kdniao.asking import Address, fields_of, read_wanted
from milepost.compat.kdniao.faults import KdniaoError
from milepost.compat.kdniao.push import Push
from milepost.compat.kdniao.states import TABLE, group, state, state_ex
from milepost.compat.kdniao.waybill import checked_number, shippers
from milepost.domain.place import Place
from milepost.domain.track import Arrival, EventView, Milestone, StatusView, Track

KEY = "secret-key"
NOW = clock.instant("2026-11-20T12:00:00+08:00")


def event(sub: str, at: str = "2026-11-20T10:00:00+08:00", **more: object) -> EventView:
    given = {
        "id": "0" * 16, "occurred_at": at, "time_quality": "exact", "main": sub.partition(".")[0],
        "sub": sub, "text": "文字", "place": None, "next_place": None, "carrier": "yto",
        "source": "api", "number": "YT1", "code": None, "received_at": at,
    }  # fmt: skip
    return EventView(**(given | more))  # type: ignore[arg-type]


def road(*events: EventView, sub: str | None = None) -> Track:
    last = sub or (events[-1].sub if events else "unknown")
    status = StatusView(main=last.partition(".")[0], sub=last, since=None, because=[])
    return Track(
        number="YT1", carrier="yto", shipment="0" * 16, order_number=None, status=status,
        milestones=[], arrival=None, legs=[], parcels=[], alerts=[], events=list(events),
    )  # fmt: skip


def states(track: Track) -> tuple[str, str]:
    code = state_ex(track, track.events, NOW)
    return state(code, track.events), code


@pytest.mark.parametrize(
    ("data", "signature"),
    [
        ('{"LogisticCode":"3967950525457"}', "OTk2ZjQzODY5NjhmMGEzYTc4ODk2YTkzNzU5ZWVhMWQ="),
        ('{"LogisticCode": "3967950525457"}', "MTdmODNlOTgzOWZjYmRmMzI1Y2NmMzhlNzA2ZmVmMjQ="),
    ],
)
def test_known_signatures(data: str, signature: str) -> None:
    assert sign.data_sign(data, KEY) == signature
    assert sign.verified(data, signature, KEY) == data
    assert sign.verified(data + " ", signature, KEY) is None
    assert sign.verified(data, signature, KEY + "x") is None


@pytest.mark.parametrize("encode", [quote, quote_plus, lambda text: quote(text, safe="")])
def test_fields_may_be_encoded_once_more(encode: object) -> None:
    data = '{"LogisticCode": "YT 1", "ShipperName": "\\u5706\\u901a + 圆通 100%"}'
    signature = sign.data_sign(data, KEY)

    assert sign.verified(encode(data), encode(signature), KEY) == data  # type: ignore[operator]
    assert sign.verified(data, encode(signature), KEY) == data  # type: ignore[operator]
    assert sign.verified(encode(data), signature, KEY) == data  # type: ignore[operator]


def test_forms_and_json_bodies_are_read() -> None:
    assert fields_of(b"RequestType=1002&EBusinessID=7&more=1")["RequestType"] == "1002"
    assert fields_of(b'{"RequestType": 1002, "EBusinessID": "7"}')["RequestType"] == "1002"
    assert fields_of(b"{not json") == {}
    assert fields_of(b"\xff\xfe") != {"RequestType": ""}


def test_request_data_in_its_spellings() -> None:
    quoted = read_wanted("{'OrderCode':'','ShipperCode':'sto','LogisticCode':'77'}")
    numbers = read_wanted('{"LogisticCode": 3967950525457, "Sort": 1, "IsNotice": null, "Z": {}}')

    assert (quoted.shipper, quoted.number) == ("STO", "77")
    assert (numbers.number, numbers.descending) == ("3967950525457", True)
    told_nothing = read_wanted('\ufeff{"Sender": [], "Receiver": ""}')
    assert (told_nothing.Sender, told_nothing.Receiver) == (None, None)
    for text in ("", "[]", "null", "{", '{"Receiver": "x"}'):
        with pytest.raises(KdniaoError, match=faults.BAD_DATA):
            read_wanted(text)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", faults.NO_NUMBER),
        ("YT 1234", faults.BAD_NUMBER),
        ("单号123456", faults.BAD_NUMBER),
        ("YT1", faults.BAD_LENGTH),
        ("Y" * 31, faults.BAD_LENGTH),
    ],
)
def test_numbers_that_are_none(number: str, reason: str) -> None:
    with pytest.raises(KdniaoError) as raised:
        checked_number(read_wanted(json.dumps({"LogisticCode": number})))
    assert raised.value.reason == reason


def test_times_are_chinas_wall_clock() -> None:
    assert clock.china_time("2026-11-19T23:30:00+01:00") == "2026-11-20 06:30:00"
    assert clock.china_time("2026-11-19T23:30:00") == "2026-11-19 23:30:00"
    assert clock.local_time("2026-11-19T23:30:00+01:00") == ("2026-11-19 23:30:00", "+01:00")
    assert clock.local_time("2026-11-19T23:30:00") == ("2026-11-19 23:30:00", None)
    assert clock.read("no time") is None


def test_state_is_the_group_of_state_ex() -> None:
    assert states(road(event("picked_up"))) == ("1", "1")
    assert states(road(event("info_received.created"))) == ("1", "10")
    assert states(road(event("out_for_delivery"))) == ("2", "202")
    assert states(road(event("customs.released"))) == ("6", "603")
    assert states(road(event("in_transit.forwarded_new_address"))) == ("5", "5")
    assert states(road()) == ("0", "0")
    assert {group(code) for code in TABLE.back} == set("0123456")


def test_a_problem_sticks_until_the_parcel_is_signed_for() -> None:
    trouble = event("attempt_failed.no_contact")

    assert states(road(trouble, event("out_for_delivery"))) == ("4", "202")
    assert states(road(trouble, event("delivered.after_exception"))) == ("3", "302")


def test_silence_becomes_a_state() -> None:
    def old(sub: str, hours: float) -> Track:
        return road(event(sub, (NOW - timedelta(hours=hours)).isoformat()))

    assert states(old("out_for_delivery", 35)) == ("2", "202")
    assert states(old("out_for_delivery", 37)) == ("4", "402")
    assert states(old("available_for_pickup", 19)) == ("4", "412")
    assert states(old("in_transit.arrived_hub", 119)) == ("2", "204")
    assert states(old("in_transit.arrived_hub", 121)) == ("4", "403")
    assert states(old("delivered", 999)) == ("3", "3")


def test_traces_ascend_unless_asked_otherwise() -> None:
    track = road(
        event("info_received.created", text=None, source="merchant"),
        event("picked_up", "2026-11-18T10:00:00+08:00", place=Place(city="福州", name="福州仓山")),
        event("in_transit.moving", "2026-11-19T10:00:00+08:00", retracted_by="1" * 16),
        event("in_transit.arrived_hub", "2026-11-20T10:00:00+08:00", text=None),
    )

    up = shape.road(track, NOW)
    down = shape.road(track, NOW, newest_first=True)

    assert [one["Action"] for one in up["Traces"]] == ["1", "204"]
    assert up["Traces"][0] == {
        "AcceptTime": "2026-11-18 10:00:00", "AcceptStation": "文字", "Location": "福州",
        "Action": "1", "Remark": "",
    }  # fmt: skip
    assert up["Traces"][1]["AcceptStation"] == "已到达转运中心"
    assert up["Location"] == "福州"
    assert "Reason" not in up
    assert down["Traces"] == up["Traces"][::-1]


def test_no_traces_is_no_error() -> None:
    merchant_only = road(event("info_received.created", text=None, source="merchant"))

    for track in (None, merchant_only):
        found = shape.road(track, NOW)
        assert (found["State"], found["StateEx"], found["Traces"]) == ("0", "0", [])
        assert found["Reason"] == "暂无轨迹信息"


def test_phone_tails() -> None:
    watch = Watch(tenant=1, dialect="kdniao", number="SF1", options={"tails": ["0912"]})

    assert [phones.guarded(one) for one in ("yto", None, "sf", "zto", "kye")] == [
        False, False, True, True, True,
    ]  # fmt: skip
    assert phones.guarded("yto", "sf")  # named wrongly: the road is SF's
    assert phones.may_see(["1234"], [])
    assert phones.may_see([None, "13800000912"], [watch])
    assert not phones.may_see(["1234"], [watch])
    for given, reason in (
        (None, faults.NO_PHONE),
        (" ", faults.NO_PHONE),
        ("12", faults.BAD_PHONE),
    ):
        with pytest.raises(KdniaoError) as raised:
            phones.may_see([given], [watch])
        assert raised.value.reason == reason


def pushed(track: Track, **options: object) -> tuple[dict[str, str], dict[str, object]]:
    watch = Watch(
        tenant=1, dialect="kdniao", number="YT1", carrier_code="YTO", account="1777",
        callback="https://shop.example/push", secret=KEY, options=options,
    )  # fmt: skip
    change = Change(topic="shipment.event_added")
    sent = Push().request(watch, track, change, int(NOW.timestamp() * 1_000_000))
    assert sent is not None
    form = {name: values[0] for name, values in parse_qs(sent.body.decode()).items()}
    return form, json.loads(form["RequestData"])


def test_push_is_signed_and_survives_one_decoding_more() -> None:
    odd = event("delivered", text="100% 签收 + 拍照 %41")
    form, data = pushed(road(odd), kind="1008", callback="back", order_code="A1", sent_as="yt1")

    assert form["RequestType"] == "101"
    assert form["DataSign"] == sign.data_sign(unquote(form["RequestData"]), KEY)
    assert json.loads(unquote(form["RequestData"])) == data
    assert data["Count"] == "1"
    assert data["PushTime"] == "2026-11-20 12:00:00"
    item = data["Data"][0]  # type: ignore[index]
    assert item["Traces"][0]["AcceptStation"] == "100% 签收 + 拍照 %41"
    assert (item["CallBack"], item["OrderCode"], item["LogisticCode"]) == ("back", "A1", "yt1")
    assert (item["State"], item["StateEx"], item["Success"]) == ("3", "3", True)
    assert item["Reason"] == ""


def test_push_kinds() -> None:
    place = Place(name="Here", latitude=26.08, longitude=119.3)
    arrival = Arrival(
        earliest=None, latest="2026-11-22T18:00:00+08:00", probability=None, source="x",
        date_only=False, zone=None, stated_at=None,
    )  # fmt: skip
    track = msgspec.structs.replace(road(event("picked_up", place=place)), arrival=arrival)

    assert pushed(track, kind="8008")[0]["RequestType"] == "102"
    drawn = pushed(track, kind="8005", route_map="https://m/")[1]["Data"][0]  # type: ignore[index]
    assert drawn["Coordinates"] == [{"Location": "Here", "LatAndLng": "26.08000,119.30000"}]
    assert drawn["RouteMapUrl"] == "https://m/"
    assert drawn["EstimatedDeliveryTime"] == "2026-11-22 18:00:00"
    abroad = pushed(track, kind="7108")[1]["Data"][0]  # type: ignore[index]
    assert abroad["Traces"][0]["Timezone"] == "+08:00"


def test_a_map_query_with_both_addresses_has_an_estimate_from_the_pick_up_on() -> None:
    shenzhen = Address(ProvinceName="广东省", CityName="深圳市")
    chengdu = Address(ProvinceName="四川省", CityName="成都市")
    picked_up = Milestone(main="picked_up", at="2026-11-19T17:20:00+08:00", event="0" * 16)
    begun = msgspec.structs.replace(road(event("picked_up")), milestones=[picked_up])
    gone = maps.estimated(begun, shenzhen, chengdu)

    assert gone is not None
    assert "2026-11-21 12:00:00" < gone < "2026-11-23 00:00:00"
    assert maps.estimated(begun, shenzhen, None) is None
    assert maps.estimated(begun, shenzhen, Address(ProvinceName="四川省")) is None
    assert maps.estimated(road(), shenzhen, chengdu) is None
    assert maps.estimated(road(event("delivered")), shenzhen, chengdu) is None
    registered = msgspec.structs.replace(begun, origin=shenzhen.place, destination=chengdu.place)
    assert maps.estimated(registered, None, None) == gone


def test_a_window_without_history_is_no_estimate() -> None:
    wide = Arrival(
        earliest="2026-11-21T00:00:00+08:00", latest="2026-12-05T00:00:00+08:00", probability=0.8,
        source="table", date_only=False, zone=None, stated_at=None, guess=True,
    )  # fmt: skip

    assert shape.estimated(wide) is None
    assert shape.estimated(msgspec.structs.replace(wide, guess=False)) == "2026-12-05 00:00:00"


def test_push_as_bare_json_and_not_at_all() -> None:
    watch = Watch(tenant=1, dialect="kdniao", number="YT1", callback="https://x/y#json", secret=KEY)
    sent = Push().request(watch, road(event("picked_up")), Change(topic="t"), 0)

    assert sent is not None
    assert sent.url == "https://x/y"
    assert json.loads(sent.body)["Data"][0]["StateEx"] in {"1", "403"}
    assert Push().request(watch, road(), Change(topic="t"), 0) is None


def test_an_alert_is_pushed_only_if_it_changes_the_state() -> None:
    watch = Watch(tenant=1, dialect="kdniao", number="YT1", callback="https://x/", secret=KEY)
    alert = Change(topic="alert.opened")
    now_us = int(NOW.timestamp() * 1_000_000)
    silent = road(event("out_for_delivery", (NOW - timedelta(hours=37)).isoformat()))

    assert Push().request(watch, road(event("out_for_delivery")), alert, now_us) is None
    assert Push().request(watch, silent, alert, now_us) is not None


@pytest.mark.parametrize(
    ("status", "body", "taken"),
    [
        (200, b'{"EBusinessID":"1","UpdateTime":"x","Success":true,"Reason":""}', True),
        (200, b'{"success":true}', False),
        (200, b'{"Success":false}', False),
        (200, b'{"Success":"false"}', False),
        (200, b"success", False),
        (200, b"", False),
        (500, b'{"Success":true}', False),
    ],
)
def test_acknowledgement(status: int, body: bytes, taken: bool) -> None:
    assert Push().acknowledged(status, body) is taken


def test_pushing_ends_with_the_road() -> None:
    watch = Watch(tenant=1, dialect="kdniao", number="YT1")

    assert Push().ends(watch, road(event("delivered.recipient")))
    assert Push().ends(watch, road(event("returned")))
    assert not Push().ends(watch, road(event("attempt_failed")))


def test_credentials_and_shippers() -> None:
    business_id, fields = make_credentials()

    assert list(fields) == ["EBusinessID", "ApiKey"]
    assert fields["EBusinessID"] == business_id
    assert len(business_id) <= 10
    assert {"SF", "ZTO", "YTO", "FEDEX", "COLISSIMO"} <= shippers()
