"""A client of 17TRACK against the running application, over raw HTTP as the wire has it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest
from httpx2 import Response

from journey.running import NOW, Caller, Running, running, scan
from milepost.compat.seventeentrack import VENDOR, make_credentials
from milepost.compat.seventeentrack.routes import CALLS
from milepost.engine.dialects import Hook
from patience import until

pytest_plugins = ["pg"]
POST_CN, EMS, USPS, FEDEX, DHL = 3011, 3013, 21051, 100003, 100001
NUMBER = "RR100200300CN"
MOST_WATCHED = 300
NONSENSE: list[Any] = [
    None, True, -1, 0.5, 10**30, "", " ", "-----", "\x00", "A" * 10_000, "१२३४५", {}, [], [[1]],
    {"a": {"b": None}},
]  # fmt: skip


@pytest.fixture(scope="module")
def app(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One that may push to this machine."""
    data = tmp_path_factory.mktemp("data")
    settings = {"allow_private_targets": True, "watched_per_dialect": MOST_WATCHED}
    with running(module_url, data=data, **settings) as started:
        yield started


class Client:
    """What a merchant's code does: POST with a header."""

    def __init__(self, app: Running, me: Caller) -> None:
        self.app, self.me = app, me
        self.token, fields = make_credentials()
        app.call(
            app.milepost.telling.dialects.credentials.add, me.tenant, VENDOR, self.token, fields
        )

    def send(self, call: str, body: Any, version: str = "v2.4", **headers: str) -> Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.app.client.post(
            f"/track/{version}/{call}", content=content, headers={"17token": self.token} | headers
        )

    def ask(self, call: str, *items: Any, version: str = "v2.4") -> dict[str, Any]:
        answer = self.send(call, list(items), version)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["code"] == 0, found
        return found["data"]

    def accepted(self, call: str, *items: Any, version: str = "v2.4") -> list[dict[str, Any]]:
        data = self.ask(call, *items, version=version)
        assert data["rejected"] == []
        return data["accepted"]

    def fault(self, call: str, item: Any) -> int:
        """The code with which the one item is rejected."""
        data = self.ask(call, item)
        assert data["accepted"] == []
        assert data["rejected"][0]["number"] == item.get("number")
        assert data["rejected"][0]["error"]["message"]
        return data["rejected"][0]["error"]["code"]

    def whole_fault(self, call: str, body: Any) -> int:
        """The code with which the whole call fails."""
        answer = self.send(call, body)
        assert answer.status_code == 200
        found = answer.json()
        assert found["data"]["errors"][0]["code"] == found["code"]
        return found["code"]

    def register(self, number: str = NUMBER, carrier: int | None = POST_CN, **more: Any) -> Any:
        return self.accepted("register", {"number": number, "carrier": carrier} | more)[0]

    def listed(self, **filters: Any) -> list[dict[str, Any]]:
        return self.list(**filters)["data"]["accepted"]

    def list(self, **filters: Any) -> dict[str, Any]:
        answer = self.send("gettracklist", filters)
        assert answer.status_code == 200, answer.text
        assert answer.json()["code"] == 0, answer.text
        return answer.json()

    def info(self, number: str = NUMBER, **more: Any) -> dict[str, Any]:
        return self.accepted("gettrackinfo", {"number": number} | more)[0]

    def moves(self, number: str = NUMBER, carrier: str = "china-post") -> None:
        """Three scans, the newest "out for delivery" an hour ago."""
        self.me.scan(
            scan(number, 50, "picked_up", carrier=carrier, text="Collected at the counter"),
            scan(number, 30, "in_transit.departed_country", carrier=carrier),
            scan(number, 1, "out_for_delivery", carrier=carrier),
        )


@pytest.fixture
def client(app: Running, me: Caller) -> Client:
    return Client(app, me)


class Hooked:
    """A merchant's webhook on a real socket."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        hooked = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                hooked.got.append((headers, body))
                self.send_response(hooked.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing on the test's output."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/17track"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count: int) -> list[dict[str, Any]]:
        """The bodies, once so many have come."""
        until(lambda: len(self.got) >= count)
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def hooked(app: Running, client: Client) -> Iterator[Hooked]:
    found = Hooked()
    hook = Hook(tenant=client.me.tenant, dialect=VENDOR, url=found.url)
    app.call(app.milepost.telling.dialects.hooks.add, hook)
    yield found
    found.server.shutdown()
    found.server.server_close()


def later(app: Running, days: float) -> None:
    app.clock.now = NOW + timedelta(days=days)


class TestDoor:
    @pytest.mark.parametrize("token", ["", "0123456789ABCDEF"])
    def test_a_bad_key(self, client: Client, token: str) -> None:
        answer = client.send("gettrackinfo", [{"number": NUMBER}], **{"17token": token})

        assert answer.status_code == 401
        assert answer.json()["code"] == -18010002
        assert answer.json()["data"]["errors"][0]["code"] == -18010002

    @pytest.mark.parametrize("path", ["v2.4/nothing", "v9/register", "v2.4/", "v2.4/register/x"])
    def test_an_unknown_path(self, client: Client, path: str) -> None:
        answer = client.app.client.post(f"/track/{path}", headers={"17token": client.token})

        assert answer.status_code == 404
        assert answer.json()["code"] == 404

    def test_every_call_is_a_post(self, client: Client) -> None:
        answer = client.app.client.get("/track/v2.4/getquota", headers={"17token": client.token})

        assert answer.status_code == 405
        assert answer.json()["code"] == 405

    @pytest.mark.parametrize("path", ["/track/v2/GetQuota", "/TRACK/V2.2/getquota"])
    def test_paths_in_any_case(self, client: Client, path: str) -> None:
        answer = client.app.client.post(path, content=b"[]", headers={"17token": client.token})

        assert answer.status_code == 200
        assert answer.json()["data"]["quota_remain"] > 0

    @pytest.mark.parametrize(
        "body", [b"[{", b"\xff", b"{}", b"[]", b"[1]", b"null", b"", b"[" * 5000]
    )
    def test_what_is_no_array_of_numbers(self, client: Client, body: bytes) -> None:
        assert client.whole_fault("register", body) == -18010013

    def test_forty_numbers_and_no_more(self, client: Client) -> None:
        items = [{"number": f"RR1000{n:05d}CN", "carrier": POST_CN} for n in range(41)]

        assert client.whole_fault("register", items) == -18010014
        assert client.whole_fault("getRealTimeTrackInfo", items[:2]) == -18010014
        assert len(client.accepted("register", *items[:40])) == 40

    def test_another_tenant_sees_nothing(self, app: Running, client: Client) -> None:
        client.register()
        client.moves()

        assert Client(app, app.caller()).fault("gettrackinfo", {"number": NUMBER}) == -18019902

    @pytest.mark.parametrize("call", sorted(CALLS))
    def test_nonsense_is_answered_in_their_shape(self, client: Client, call: str) -> None:
        for name in ("number", "carrier", "carrier_old", "carrier_new", "items", "tag", "page_no"):
            for value in NONSENSE:
                item = {"number": NUMBER} | {name: value}
                for body in ([item], item):
                    answer = client.send(call, body)
                    assert answer.status_code == 200, (body, answer.text)
                    assert isinstance(answer.json()["code"], int)
        answer = client.send(call, b'[{"number": "RR\\ud800", "tag": "\\ud800"}]')
        assert answer.status_code == 200


class TestRegister:
    def test_what_is_accepted(self, client: Client) -> None:
        found = client.register(tag="T-1", lang="en", email="a@shop.example")

        assert found == {
            "origin": 2,
            "number": NUMBER,
            "carrier": POST_CN,
            "email": "a@shop.example",
            "lang": "en",
            "tag": "T-1",
        }

    def test_the_carrier_is_detected(self, client: Client) -> None:
        found = client.register("1Z999AA10123456784", None)

        assert (found["carrier"], found["origin"]) == (100002, 1)

    def test_scans_tell_the_carrier(self, client: Client) -> None:
        client.moves("4400112233", "dhl")

        assert client.register("4400112233", None)["carrier"] == DHL

    def test_some_are_rejected(self, client: Client) -> None:
        client.register()
        data = client.ask(
            "register",
            {"number": NUMBER, "carrier": POST_CN, "tag": "again"},
            {"number": "RR100200301CN", "carrier": str(EMS)},
            {"number": "RR100200302CN", "carrier": 999999999},
            {"number": "1234"},
            {"carrier": POST_CN},
            {"number": "RR 100/CN", "carrier": POST_CN},
            {"number": "ZZZZZZZZZZZZZZZZZZZ"},
            {"number": "RR100200303CN", "auto_detection": False},
            {"number": "RR100200304CN", "carrier": POST_CN, "tag": {"a": 1}},
            {"number": "SF1002003004005", "carrier": 100012},
        )

        assert [one["number"] for one in data["accepted"]] == ["RR100200301CN"]
        codes = [one["error"]["code"] for one in data["rejected"]]
        assert codes == [
            -18019901, -18019910, -18010012, -18010010, -18010012, -18019903, -18019903,
            -18010015, -18010020,
        ]  # fmt: skip
        assert (data["rejected"][0]["tag"], data["rejected"][0]["carrier"]) == ("again", POST_CN)
        assert [one["carrier"] for one in data["rejected"][2:4]] == [0, POST_CN]
        assert "1234" in data["rejected"][2]["error"]["message"]

    def test_the_same_number_twice_in_a_call(self, client: Client) -> None:
        data = client.ask("register", *[{"number": NUMBER, "carrier": POST_CN}] * 2)

        assert len(data["accepted"]) == 1
        assert data["rejected"][0]["error"]["code"] == -18019901

    def test_only_postal_operators_hand_over(self, client: Client) -> None:
        assert client.fault(
            "register", {"number": NUMBER, "carrier": FEDEX, "final_carrier": USPS}
        ) == -18010016  # fmt: skip
        client.register(final_carrier=USPS)
        assert client.listed()[0]["final_carrier"] == USPS

    def test_the_rest_of_milepost_knows_it(self, client: Client) -> None:
        client.register(order_no="O-77", destination_country="US")
        found = client.me.track(NUMBER)

        assert (found["order_number"], found["carrier"]) == ("O-77", "china-post")
        assert found["destination"]["country"] == "US"


class TestRead:
    def test_nothing_is_known_yet(self, client: Client) -> None:
        assert client.fault("gettrackinfo", {"number": NUMBER}) == -18019902
        client.register()
        assert client.fault("gettrackinfo", {"number": NUMBER}) == -18019909

    def test_a_road(self, client: Client) -> None:
        client.register(tag="T-1", phone_number_last_4="0042")
        client.moves()
        found = client.info(carrier=POST_CN)
        info = found["track_info"]

        assert (found["number"], found["carrier"], found["tag"]) == (NUMBER, POST_CN, "T-1")
        assert found["phone_number_last_4"] == "0042"
        assert info["latest_status"]["sub_status"] == "OutForDelivery_Other"
        assert info["latest_event"]["time_utc"] == "2026-11-20T11:00:00Z"
        assert len(info["milestone"]) == 9
        (provider,) = info["tracking"]["providers"]
        assert provider["provider"]["key"] == POST_CN
        assert [one["stage"] for one in provider["events"]] == [
            "OutForDelivery", "Departure", "PickedUp",
        ]  # fmt: skip
        assert provider["events"][-1]["description"] == "Collected at the counter"

    def test_a_scan_that_came_before_its_registration_counts(self, client: Client) -> None:
        client.moves()
        client.register()

        assert client.info()["track_info"]["latest_status"]["status"] == "OutForDelivery"

    def test_v22(self, client: Client) -> None:
        client.accepted(
            "register", {"number": NUMBER, "carrier": POST_CN, "param": "0042"}, version="v2.2"
        )
        client.moves()
        (found,) = client.accepted("GetTrackInfo", {"number": NUMBER}, version="v2.2")

        assert found["param"] == "0042"
        assert "phone_number" not in found

    def test_the_wrong_carrier(self, client: Client) -> None:
        client.register()

        assert client.fault("gettrackinfo", {"number": NUMBER, "carrier": EMS}) == -18019902
        assert client.fault("gettrackinfo", {"number": NUMBER, "carrier": "x"}) == -18019910

    def test_two_carriers_of_one_number(self, client: Client) -> None:
        client.register()
        client.register(carrier=EMS)
        client.moves()

        assert client.fault("gettrackinfo", {"number": NUMBER}) == -18019810
        assert client.info(carrier=str(EMS))["carrier"] == EMS

    def test_a_number_however_it_is_spelt(self, client: Client) -> None:
        client.register("rr-100200300-cn")
        client.moves()

        assert client.info()["number"] == "rr-100200300-cn"

    def test_a_time_without_a_zone(self, client: Client) -> None:
        client.register("QX100200300", 190999)
        client.me.scan(
            {"number": "QX100200300", "occurred_at": "2026-11-19T10:00:00", "code": "picked_up"}
        )
        found = client.info("QX100200300")["track_info"]["latest_event"]

        assert (found["time_iso"], found["time_utc"]) == (None, None)
        assert found["time_raw"] == {"date": "2026-11-19", "time": "10:00:00", "timezone": None}

    @pytest.mark.parametrize("level", [0, 1, "Standard", "Instant", None])
    def test_in_real_time_without_registration(self, client: Client, level: Any) -> None:
        client.moves()
        item = {"number": NUMBER, "carrier": POST_CN, "cacheLevel": level}
        (found,) = client.accepted("getrealtimetrackinfo", item)

        assert found["track_info"]["latest_status"]["status"] == "OutForDelivery"

    def test_in_real_time_it_may_fail(self, client: Client) -> None:
        call, one = "getRealTimeTrackInfo", {"number": NUMBER}

        assert client.fault(call, one) == -18019909
        assert client.fault(call, one | {"carrier": 999999999}) == -18019910
        assert client.fault(call, one | {"cacheLevel": 7}) == -18010015

    def test_the_quota(self, client: Client) -> None:
        client.register()
        quota = client.send("getquota", []).json()["data"]

        assert (quota["quota_used"], quota["today_used"]) == (1, 1)
        assert (quota["quota_total"], quota["quota_remain"]) == (MOST_WATCHED, MOST_WATCHED - 1)


class TestChange:
    def test_the_carrier(self, client: Client) -> None:
        client.register()
        one = {"number": NUMBER, "carrier_old": POST_CN, "carrier_new": EMS}
        assert client.fault("changecarrier", one) == -18019808
        client.moves()

        assert client.fault("changecarrier", {"number": NUMBER}) == -18019801
        assert (
            client.fault("changecarrier", {"number": NUMBER, "carrier_old": POST_CN}) == -18019804
        )
        assert client.fault("changecarrier", one | {"carrier_old": USPS}) == -18019805
        assert client.fault("changecarrier", one | {"carrier_new": POST_CN}) == -18019803
        assert client.fault("changecarrier", one | {"carrier_new": 999999999}) == -18019802
        assert client.fault("changecarrier", one | {"number": "RR100200399CN"}) == -18019902
        (found,) = client.accepted("changecarrier", one)
        assert (found["number"], found["carrier_new"]) == (NUMBER, EMS)
        assert client.info()["carrier"] == EMS

    def test_not_to_one_that_is_registered_as_well(self, client: Client) -> None:
        client.register()
        client.register(carrier=EMS)
        client.moves()
        one = {"number": NUMBER, "carrier_old": POST_CN, "carrier_new": EMS}

        assert client.fault("changecarrier", one) == -18019809

    def test_five_times(self, client: Client) -> None:
        client.register()
        client.moves()
        keys = [POST_CN, EMS, USPS, FEDEX, DHL, POST_CN, EMS]
        steps = [
            {"number": NUMBER, "carrier_old": old, "carrier_new": new}
            for old, new in pairwise(keys)
        ]
        for step in steps[:5]:
            client.accepted("changecarrier", step)

        assert client.fault("changecarrier", steps[5]) == -18019807
        assert client.listed()[0]["carrier_change_count"] == 5

    def test_only_the_last_mile(self, client: Client) -> None:
        client.register()
        client.moves()
        one = {"number": NUMBER, "carrier_old": POST_CN, "final_carrier_new": USPS}
        client.accepted("changecarrier", one)

        assert client.listed()[0]["final_carrier"] == USPS
        assert client.info()["carrier"] == POST_CN

    def test_what_is_known_with_it(self, client: Client) -> None:
        client.register(tag="before")
        nested = {"number": NUMBER, "carrier": POST_CN, "items": {"tag": "after", "remark": "R"}}
        assert client.accepted("changeinfo", nested) == [{"number": NUMBER, "carrier": POST_CN}]
        client.accepted("changeinfo", {"number": NUMBER, "order_no": "O-9"})
        (row,) = client.listed()

        assert (row["tag"], row["remark"], row["order_no"]) == ("after", "R", "O-9")
        assert client.fault("changeinfo", {"number": NUMBER, "items": {}}) == -18019811
        assert client.fault("changeinfo", {"number": "RR100200399CN"}) == -18019902


class TestLifecycle:
    def test_stop_and_retrack_once(self, client: Client) -> None:
        one = {"number": NUMBER, "carrier": POST_CN}
        client.register()
        assert client.fault("retrack", one) == -18019904
        assert client.accepted("stoptrack", one) == [one]
        assert client.fault("stoptrack", one) == -18019906
        (row,) = client.listed()
        assert (row["tracking_status"], row["stop_track_reason"]) == ("Stopped", "ByRequest")
        assert row["stop_track_time"] == "2026-11-20T12:00:00Z"

        assert client.accepted("retrack", one) == [one]
        (row,) = client.listed()
        assert (row["tracking_status"], row["is_retracked"]) == ("Tracking", True)
        assert (row["stop_track_time"], row["stop_track_reason"]) == (None, None)
        client.accepted("stoptrack", one)
        assert client.fault("retrack", one) == -18019905

    def test_the_carrier_of_a_stopped_number_stays(self, client: Client) -> None:
        client.register()
        client.moves()
        client.accepted("stoptrack", {"number": NUMBER})
        one = {"number": NUMBER, "carrier_old": POST_CN, "carrier_new": EMS}

        assert client.fault("changecarrier", one) == -18019806

    def test_delete(self, client: Client) -> None:
        client.register()
        client.moves()
        client.accepted("deletetrack", {"number": NUMBER})

        assert client.fault("gettrackinfo", {"number": NUMBER}) == -18019902
        assert client.listed() == []
        client.register()
        assert client.info()["track_info"]["latest_status"]["status"] == "OutForDelivery"

    def test_after_thirty_quiet_days_tracking_stops(self, app: Running, client: Client) -> None:
        client.register()
        client.moves()
        later(app, 29.9)
        assert client.info()["track_info"]["latest_status"]["status"] == "OutForDelivery"
        later(app, 30)
        assert client.info()["track_info"]["latest_status"]["sub_status"] == "Expired_Other"
        (row,) = client.listed(tracking_status="Stopped")

        assert (row["stop_track_reason"], row["package_status"]) == ("Expired", "Expired")
        assert row["stop_track_time"] == "2026-12-20T12:00:00Z"

    def test_fifteen_days_after_the_delivery(self, app: Running, client: Client) -> None:
        client.register()
        client.me.scan(scan(NUMBER, 2, "delivered", carrier="china-post"))
        later(app, 14.9)
        assert client.listed()[0]["tracking_status"] == "Tracking"
        later(app, 15)
        (row,) = client.listed()

        assert (row["tracking_status"], row["package_status"]) == ("Stopped", "Delivered")

    def test_forgotten_after_ninety_days(self, app: Running, client: Client) -> None:
        client.register()
        client.accepted("stoptrack", {"number": NUMBER})
        later(app, 91)

        assert client.fault("gettrackinfo", {"number": NUMBER}) == -18019902
        client.register()


class TestList:
    def test_pages(self, client: Client) -> None:
        numbers = [f"RR2000{n:05d}CN" for n in range(43)]
        items = [{"number": one, "carrier": POST_CN} for one in numbers]
        client.accepted("register", *items[:40])
        client.accepted("register", *items[40:])
        first, second = client.list(), client.list(page_no=2)

        assert first["page"] == {"data_total": 43, "page_total": 2, "page_no": 1, "page_size": 40}
        both = first["data"]["accepted"] + second["data"]["accepted"]
        assert [one["number"] for one in both] == numbers
        assert client.list(page_no=3)["data"]["accepted"] == []
        newest = client.listed(order_by="RegisterTimeDesc")
        assert newest[0]["number"] == numbers[-1]

    def test_filters(self, app: Running, client: Client) -> None:
        client.register(order_no="O-1")
        app.clock.now = NOW + timedelta(hours=1)
        client.register("RR100200305CN", EMS)
        client.moves()
        both = f"{NUMBER},RR100200305CN"

        assert [one["number"] for one in client.listed(number=both)] == both.split(",")
        assert [one["carrier"] for one in client.listed(carrier=EMS)] == [EMS]
        assert [one["order_no"] for one in client.listed(package_status="OutForDelivery")] == [
            "O-1"
        ]
        assert [one["number"] for one in client.listed(package_status="NotFound")] == [
            "RR100200305CN"
        ]
        late = client.listed(register_time_from="2026-11-20T12:30:00Z")
        assert [one["carrier"] for one in late] == [EMS]
        assert len(client.listed(track_time_from="2026-11-20T12:30:00Z")) == 1
        assert [one["carrier"] for one in client.listed(order_by="TrackTimeDesc")] == [POST_CN, EMS]
        assert client.listed(push_status="Success") == []
        assert client.listed(tracking_status="Stopped") == []
        assert client.listed(number="nothing-like-it") == []

    def test_what_cannot_be_asked(self, client: Client) -> None:
        assert client.whole_fault("gettracklist", {"tracking_status": "Lost"}) == -18010015
        assert client.whole_fault("gettracklist", {"package_status": "Lost"}) == -18010015
        assert client.whole_fault("gettracklist", {"page_no": 0.5}) == -18010015
        numbers = ",".join(f"RR2000{n:05d}CN" for n in range(201))
        assert client.whole_fault("gettracklist", {"number": numbers}) == -18010014
        assert client.whole_fault("gettracklist", b"[1]") == -18010013

    def test_a_row(self, client: Client) -> None:
        client.register(tag="T-1")
        client.moves()
        (row,) = client.listed()

        assert row["register_time"] == "2026-11-20T12:00:00Z"
        assert row["latest_event_time"] == "2026-11-20T11:00:00+00:00"
        assert row["pickup_time"] == "2026-11-18T10:00:00Z"
        assert (row["data_origin"], row["push_status"]) == ("Api", "NotPushed")
        assert (row["package_status"], row["days_of_transit"]) == ("OutForDelivery", 2)


class TestPush:
    def test_a_change_is_pushed_and_signed(self, client: Client, hooked: Hooked) -> None:
        client.register(tag="T-1")
        client.moves()
        said = hooked.wait(1)[-1]
        headers, body = hooked.got[-1]

        assert headers["sign"] == hashlib.sha256(body + b"/" + client.token.encode()).hexdigest()
        assert headers["content-type"] == "application/json"
        assert said["event"] == "TRACKING_UPDATED"
        assert (said["data"]["number"], said["data"]["tag"]) == (NUMBER, "T-1")
        assert said["data"]["track_info"]["latest_status"]["status"] == "OutForDelivery"

    def test_what_is_pushed_is_what_can_be_asked(self, client: Client, hooked: Hooked) -> None:
        client.register()
        client.moves()
        hooked.wait(1)

        assert hooked.wait(1)[-1]["data"] == client.info()

    def test_what_is_known_at_registration_is_pushed(self, client: Client, hooked: Hooked) -> None:
        client.moves()
        client.register()

        assert hooked.wait(1)[0]["data"] == client.info()

    def test_what_was_not_sent_was_not_pushed(self, client: Client, hooked: Hooked) -> None:
        one = {"number": "RR100200306CN", "carrier": POST_CN}
        client.accepted("register", one, {"number": NUMBER, "carrier": POST_CN})
        client.moves()
        hooked.wait(1)
        pushed = {"push_status": "Success"}
        until(lambda: client.listed(**pushed))

        assert [row["number"] for row in client.listed(**pushed)] == [NUMBER]
        (row,) = client.listed(number=one["number"])
        assert (row["push_status"], row["push_time"]) == ("NotPushed", None)

    def test_push_again(self, client: Client, hooked: Hooked) -> None:
        one = {"number": NUMBER, "carrier": POST_CN}
        client.moves()
        client.register()
        hooked.wait(1)
        assert client.accepted("push", one) == [one]

        assert hooked.wait(2)[1]["event"] == "TRACKING_UPDATED"

    def test_no_webhook_is_set(self, client: Client) -> None:
        client.register()
        client.moves()

        assert client.fault("push", {"number": NUMBER}) == -18010204

    def test_stopped(self, client: Client, hooked: Hooked) -> None:
        client.register()
        client.accepted("stoptrack", {"number": NUMBER})

        assert hooked.wait(1) == [
            {
                "event": "TRACKING_STOPPED",
                "data": {"number": NUMBER, "carrier": POST_CN, "param": None, "tag": ""},
            }
        ]

    def test_the_clock_stops_it_without_being_asked_for_it(
        self, app: Running, client: Client, hooked: Hooked
    ) -> None:
        client.register()
        client.moves()
        hooked.wait(1)
        later(app, 31)
        until(lambda: "TRACKING_STOPPED" in [json.loads(body)["event"] for _, body in hooked.got])
