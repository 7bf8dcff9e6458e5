"""What is peculiar to each aggregator."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from milepost.carriers.registry import parser
from milepost.domain.place import Place
from milepost.domain.scan import LinkedNumber, ParseContext, Parsed, Scan

CONTEXT = ParseContext(received_at=datetime(2026, 3, 1, tzinfo=UTC))


def read(slug: str, body: Any, context: ParseContext = CONTEXT) -> Parsed:
    parse = parser(slug)
    assert parse is not None
    return parse(body if isinstance(body, bytes) else json.dumps(body).encode(), context)


def codes_of(parsed: Parsed) -> list[str | None]:
    return [scan.code for scan in parsed.scans]


def promise_in(parsed: Parsed) -> Scan | None:
    return next((scan for scan in parsed.scans if scan.code == "promise"), None)


def kdniao(times: list[str], **fields: Any) -> dict[str, Any]:
    traces = [{"AcceptTime": time, "AcceptStation": f"at {time}"} for time in times]
    return {"LogisticCode": "1", "Success": True, "Traces": traces} | fields


class TestKdniao:
    UP = ("2026-01-01 08:00:00", "2026-01-02 08:00:00")

    def test_the_state_is_the_newest_events(self) -> None:
        rising = kdniao([*self.UP], State="3", StateEx="301")
        falling = kdniao([*self.UP[::-1]], State="3", StateEx="301")

        assert codes_of(read("kdniao", rising)) == [None, "301"]
        assert codes_of(read("kdniao", falling)) == ["301", None]

    def test_the_plain_state_where_there_is_no_finer(self) -> None:
        assert codes_of(read("kdniao", kdniao([*self.UP], State="3"))) == [None, "3"]

    @pytest.mark.parametrize("state", [{"State": "4"}, {"State": "0", "StateEx": "0"}, {}])
    def test_a_sticky_or_empty_state_says_nothing(self, state: dict[str, str]) -> None:
        assert codes_of(read("kdniao", kdniao([*self.UP], **state))) == [None, None]

    def test_the_state_is_nobodys_if_an_event_was_unread(self) -> None:
        parsed = read("kdniao", kdniao([*self.UP, "???"], StateEx="301"))

        assert codes_of(parsed) == [None, None]
        assert parsed.unread[0].where == "Traces[2]"

    def test_an_own_action_is_never_replaced(self) -> None:
        body = kdniao([*self.UP], StateEx="402")
        body["Traces"][1]["Action"] = "202"

        assert codes_of(read("kdniao", body)) == [None, "202"]

    @pytest.mark.parametrize("layers", [1, 2])
    @pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
    def test_form_encoded_once_or_twice(self, layers: int, charset: str) -> None:
        text = json.dumps(kdniao([*self.UP], LogisticCode="1", Reason="云"), ensure_ascii=False)
        value = quote(text.encode(charset), safe="")
        for _ in range(layers - 1):
            value = quote(value, safe="")

        assert len(read("kdniao", f"RequestData={value}&RequestType=101".encode()).scans) == 2

    def test_the_form_field_inside_json(self) -> None:
        body = kdniao([*self.UP])

        assert len(read("kdniao", {"RequestData": body}).scans) == 2
        assert len(read("kdniao", {"RequestData": json.dumps(body)}).scans) == 2

    def test_the_own_zone_of_a_cross_border_event(self) -> None:
        body = kdniao([*self.UP])
        body["Traces"][0]["Timezone"] = "-03:00"

        first, second = read("kdniao", body).scans
        assert first.occurred_at.isoformat() == "2026-01-01T08:00:00-03:00"
        assert second.occurred_at.tzinfo is None

    def test_the_number_that_was_asked_for(self) -> None:
        asked = ParseContext(received_at=CONTEXT.received_at, number="ASKED")
        body = kdniao([*self.UP], LogisticCode=None)

        assert {scan.number for scan in read("kdniao", body, asked).scans} == {"ASKED"}
        assert len(read("kdniao", body).unread) == 2

    def test_points_of_the_map(self) -> None:
        body = kdniao([*self.UP], Coordinates=[{"Location": "云溪市", "LatAndLng": "29.5,119.2"}])
        body["Traces"][0]["Location"] = "云溪市"

        place = read("kdniao", body).scans[0].place
        assert place == Place(name="云溪市", latitude=29.5, longitude=119.2)


class TestKuaidi100:
    def result(self, **fields: Any) -> dict[str, Any]:
        rows = [
            {"time": "2026-01-02 08:00:00", "context": "b"},
            {"time": "2026-01-01 08:00:00", "context": "a"},
        ]
        return {"message": "ok", "nu": "1", "com": "yunda", "status": "200", "data": rows} | fields

    def test_the_state_is_the_newest_events(self) -> None:
        assert codes_of(read("kuaidi100", self.result(state="304"))) == ["304", None]

    def test_the_finest_code_of_an_event(self) -> None:
        body = self.result()
        body["data"][0] |= {"status": "签收", "statusCode": "303"}
        body["data"][1] |= {"status": "揽收"}

        assert codes_of(read("kuaidi100", body)) == ["303", "揽收"]

    def test_a_corrected_company_wins(self) -> None:
        push = {"status": "polling", "autoCheck": "1", "comOld": "yunda", "comNew": "shentong"}
        parsed = read("kuaidi100", push | {"lastResult": self.result()})

        assert {scan.carrier for scan in parsed.scans} == {"sto"}

    def test_an_abort_names_the_right_company(self) -> None:
        push = {"status": "abort", "message": "3天查询无记录", "comNew": "zhongtong"}
        parsed = read("kuaidi100", push | {"lastResult": self.result(data=[])})

        assert parsed.errors == ("3天查询无记录 (comNew zhongtong)",)

    def test_the_road_abroad_has_its_own_number(self) -> None:
        push = {"status": "polling", "lastResult": self.result()}
        parsed = read("kuaidi100", push | {"destResult": self.result(nu="9", com="usps")})

        assert [scan.number for scan in parsed.scans] == ["1", "1", "9", "9"]
        assert parsed.facts[0].linked == (LinkedNumber(number="9", carrier="usps"),)

    def test_the_centre_of_an_area_is_longitude_first(self) -> None:
        body = self.result()
        body["data"][0] |= {"areaName": "澜江省,云溪市", "areaCenter": "119.2,29.5"}

        assert read("kuaidi100", body).scans[0].place == Place(
            name="澜江省,云溪市", region="澜江省", city="云溪市", latitude=29.5, longitude=119.2
        )


class TestSeventeenTrack:
    def body(self, *events: dict[str, Any], **track: Any) -> dict[str, Any]:
        provider = {"provider": {"key": 3011}, "events": list(events)}
        info = {"tracking": {"providers": [provider]}} | track
        return {"event": "TRACKING_UPDATED", "data": {"number": "1", "track_info": info}}

    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            (
                {"time_iso": "2026-01-01T08:00:00+08:00", "time_utc": "2026-01-01T00:00:00Z"},
                "2026-01-01T08:00:00+08:00",
            ),
            (
                {"time_iso": "2026-01-01T08:00:00", "time_utc": "2026-01-01T00:00:00Z"},
                "2026-01-01T00:00:00+00:00",
            ),
            (
                {"time_raw": {"date": "2026-01-01", "time": "08:00:00", "timezone": None}},
                "2026-01-01T08:00:00",
            ),
            (
                {"time_raw": {"date": "2026-01-01", "time": "08:00:00", "timezone": "+09:00"}},
                "2026-01-01T08:00:00+09:00",
            ),
        ],
    )
    def test_the_best_time_there_is(self, event: dict[str, Any], expected: str) -> None:
        scan = read("17track", self.body(event)).scans[0]

        assert scan.occurred_at.isoformat() == expected
        assert not scan.date_only

    def test_a_filled_in_midnight_is_a_date(self) -> None:
        raw = {"date": "2026-01-01", "time": None, "timezone": "+08:00"}
        event = {"time_iso": "2026-01-01T00:00:00+08:00", "time_raw": raw}

        assert read("17track", self.body(event)).scans[0].date_only

    def test_a_true_midnight_is_a_time(self) -> None:
        raw = {"date": "2026-01-01", "time": "00:00:00", "timezone": "+08:00"}
        event = {"time_iso": "2026-01-01T00:00:00+08:00", "time_raw": raw}

        assert not read("17track", self.body(event)).scans[0].date_only

    @pytest.mark.parametrize(("source", "promised"), [("Official", True), ("17TRACK", False)])
    def test_only_the_carriers_own_estimate_is_a_promise(self, source: str, promised: bool) -> None:
        estimate = {"source": source, "from": "2026-01-05T00:00:00+01:00", "to": None}
        body = self.body(
            {"time_iso": "2026-01-01T08:00:00+01:00"},
            time_metrics={"estimated_delivery_date": estimate},
        )

        assert (promise_in(read("17track", body)) is not None) == promised

    def test_without_providers_the_latest_event_counts(self) -> None:
        event = {"time_iso": "2026-01-01T08:00:00+08:00", "sub_status": "Delivered_Other"}
        body = self.body(tracking={"providers": []}, latest_event=event)

        assert codes_of(read("17track", body)) == ["Delivered_Other"]


class TestAfterShip:
    def test_the_time_of_noticing_is_not_the_events(self) -> None:
        body = {
            "tracking_number": "1",
            "checkpoints": [{"created_at": "2026-01-01T08:00:00+00:00", "checkpoint_time": None}],
        }
        parsed = read("aftership", body)

        assert not parsed.scans
        assert parsed.unread[0].where == "checkpoints[0]"

    def test_only_the_couriers_own_estimate_is_a_promise(self) -> None:
        own = {"courier_estimated_delivery_date": {"estimated_delivery_date": "2026-01-05"}}
        theirs = {"aftership_estimated_delivery_date": {"estimated_delivery_date": "2026-01-05"}}
        body = {"tracking_number": "1", "checkpoints": []}

        assert promise_in(read("aftership", body | own)) is not None
        assert promise_in(read("aftership", body | theirs)) is None

    def test_last_checkpoint(self) -> None:
        point = {"checkpoint_time": "2026-01-01T08:00:00", "subtag": "InTransit_004"}
        body = {"meta": {"code": 200}, "data": {"tracking_number": "1", "checkpoint": point}}

        assert codes_of(read("aftership", body)) == ["InTransit_004"]
