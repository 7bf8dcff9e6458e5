"""What buyers do on the care page becomes cases; what is the consignee's alone needs six digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from evidence_files import jpeg_with_position
from http_gateway import Gateway
from journey.running import NOW, Caller, Clock, Running, running, scan
from smtp_server import SmtpServer

pytest_plugins = ["pg"]
_NUMBERS = count(1)
MAIL = "consignee@example.org"


@pytest.fixture(scope="module")
def app(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("care")
    given: dict[str, Any] = {"data": data, "allow_private_targets": True, "public_burst": 10_000}
    with running(module_url, Clock(), **given) as started:
        care = next(one for one in started.milepost.features if hasattr(one, "limiter"))
        care.limiter.__init__(1_000.0, 10_000)
        yield started


@pytest.fixture
def me(app: Running) -> Iterator[Caller]:
    app.clock.now = NOW
    caller = app.caller()
    app.call(app.milepost._know_tenants)
    caller.client.cookies.clear()
    yield caller
    caller.client.cookies.clear()


@pytest.fixture
def smtp(me: Caller) -> Iterator[SmtpServer]:
    """The tenant's mail server."""
    with SmtpServer() as server:
        settings = {"host": "127.0.0.1", "port": server.port, "security": "none",
                    "sender": "post@teahouse.example"}  # fmt: skip
        answer = me.client.put(
            "/v1/channels/email", json={"settings": settings}, headers=me.headers
        )
        assert answer.status_code == 200, answer.text
        yield server


def parcel_of(me: Caller, code: str, hours: float = 2, **consignee: Any) -> str:
    number = f"SF8{next(_NUMBERS):011}"
    if consignee:
        me.register({"number": number, "carrier": "sf", "consignee": consignee})
    me.scan(scan(number, hours, code))
    return number


def act(me: Caller, number: str, **form: Any) -> Any:
    return me.client.post(f"/t/{number}/care", data=form)


def code(me: Caller, number: str, given: str | None = None, **headers: str) -> Any:
    return me.client.post(
        f"/t/{number}/code", data={"code": given} if given else {}, headers=headers,
        follow_redirects=False,
    )  # fmt: skip


def digits_of(server: SmtpServer, wanted: int = 1) -> str:
    found = re.search(r"^\s+(\d{6})\s*$", server.count(wanted)[-1].part("plain"), re.MULTILINE)
    assert found is not None
    return found[1]


def cases_of(me: Caller, number: str) -> list[dict[str, Any]]:
    """Those that the buyer opened."""
    found = me.get("/v1/cases", params={"number": number}).json()["cases"]
    return [one for one in found if one["case"]["side"] == "buyer"]


def test_a_report_is_checked_at_once_and_opened_once(me: Caller) -> None:
    number = parcel_of(me, "delivered")
    form = {"action": "report", "problem": "not_received", "wish": "refund", "text": "Nothing."}
    answer = act(me, number, **form)
    assert answer.status_code == 200
    assert "By the record it has been delivered" in answer.text
    assert "no signature and no photograph" in answer.text

    (line,) = cases_of(me, number)
    case = line["case"]
    assert (case["kind"], case["side"], case["opened_by"]) == ("report", "buyer", "visitor")
    assert case["fields"] == {"problem": "not_received", "wish": "refund"}
    steps = me.get(f"/v1/cases/{line['id']}").json()["steps"]
    assert [one["action"] for one in steps] == ["opened", "checked"]

    assert "We have that already" in act(me, number, **form).text
    assert len(cases_of(me, number)) == 1
    assert act(me, number, action="report", problem="nonsense").status_code == 422
    assert act(me, number, action="nonsense").status_code == 422
    assert act(me, "SF9000000000", **form).status_code == 404


def test_a_second_delivery_needs_the_digits_and_the_72_hours(
    app: Running, me: Caller, smtp: SmtpServer
) -> None:
    number = parcel_of(me, "attempt_failed.no_contact", 10, email=MAIL, name="Ada Example")
    form = {"action": "again", "day": "2026-11-22", "part_of_day": "evening"}
    assert act(me, number, **form).status_code == 403
    assert cases_of(me, number) == []

    assert code(me, number).headers["location"].endswith("care?code=sent#proof")
    digits = digits_of(smtp)
    assert smtp.mails[0].to == [MAIL]
    opened = code(me, number, digits)
    assert opened.status_code == 303
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert f"Path=/t/{number}" in cookie
    assert act(me, number, **form).status_code == 200
    (line,) = cases_of(me, number)
    assert line["case"]["kind"] == "second_delivery"
    assert line["case"]["opened_by"] == "consignee"
    assert line["case"]["fields"] == {"day": "2026-11-22", "part_of_day": "evening"}
    assert line["case"]["waits_for"] == "carrier"

    app.clock.now = NOW + timedelta(hours=60)
    assert code(me, number, digits).headers["location"].endswith("code=wrong#proof")
    code(me, number)
    code(me, number, digits_of(smtp, 2))
    app.clock.now = NOW + timedelta(hours=63)
    assert act(me, number, **form).status_code == 409
    assert "72 hours after the attempt are over" in me.client.get(f"/t/{number}/care").text


def test_a_new_address_goes_to_the_vault_and_nowhere_else(
    app: Running, me: Caller, smtp: SmtpServer
) -> None:
    number = parcel_of(me, "in_transit.arrived_hub", email=MAIL)
    code(me, number)
    code(me, number, digits_of(smtp))
    form = {"action": "change", "what": "to_address", "address": "7 Secret Lane", "city": "Leeds",
            "phone": "+44 7700 900123"}  # fmt: skip
    assert act(me, number, **form | {"address": ""}).status_code == 422
    assert act(me, number, **form).status_code == 200
    (line,) = cases_of(me, number)
    assert line["case"]["kind"] == "address_change"
    assert line["case"]["fields"]["city"] == "Leeds"
    assert "Secret Lane" not in str(me.get(f"/v1/cases/{line['id']}").json())
    rows = app.sql("SELECT t::text AS line FROM case_step t")
    assert "Secret Lane" not in str([row["line"] for row in rows])


def test_receipt_and_rating_close_themselves_unless_something_is_wrong(
    me: Caller, smtp: SmtpServer
) -> None:
    number = parcel_of(me, "delivered", email=MAIL)
    assert act(me, number, action="rate", stars="5", words="Kind courier").status_code == 200
    assert act(me, number, action="receipt", condition="good").status_code == 403
    code(me, number)
    code(me, number, digits_of(smtp))
    assert act(me, number, action="receipt", condition="good").status_code == 200
    found = {one["case"]["kind"]: one["case"] for one in cases_of(me, number)}
    assert found["rating"]["outcome"] == found["receipt"]["outcome"] == "noted"
    assert found["receipt"]["opened_by"] == "consignee"

    other = parcel_of(me, "delivered", email=MAIL)
    act(me, other, action="rate", stars="1")
    (line,) = cases_of(me, other)
    assert line["case"]["outcome"] is None
    assert act(me, other, action="change", what="neighbour").status_code == 403


def test_five_tries_ten_minutes_and_one_use(app: Running, me: Caller, smtp: SmtpServer) -> None:
    number = parcel_of(me, "in_transit.arrived_hub", email=MAIL)
    code(me, number)
    digits = digits_of(smtp)
    wrong = f"{(int(digits) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert code(me, number, wrong, accept="application/json").status_code == 403
    assert code(me, number, digits, accept="application/json").status_code == 403

    second = parcel_of(me, "in_transit.arrived_hub", email=MAIL)
    code(me, second)
    digits = digits_of(smtp, 2)
    app.clock.now += timedelta(minutes=10)
    assert code(me, second, digits, accept="application/json").status_code == 403

    third = parcel_of(me, "in_transit.arrived_hub", email=MAIL)
    code(me, third)
    digits = digits_of(smtp, 3)
    assert code(me, second, digits, accept="application/json").status_code == 403
    good = code(me, third, digits, accept="application/json")
    assert good.status_code == 200
    assert good.json()["token"]
    assert code(me, third, digits, accept="application/json").status_code == 403


def test_what_is_answered_tells_nothing_and_codes_are_few(
    app: Running, me: Caller, smtp: SmtpServer
) -> None:
    known, nobody = (
        parcel_of(me, "in_transit.arrived_hub", email=MAIL),
        parcel_of(me, "in_transit.arrived_hub"),
    )
    answers = [code(me, one, accept="application/json") for one in (known, nobody, "SF000000001")]
    assert {(one.status_code, one.text) for one in answers} == {(202, '{"said":"sent"}')}
    named = me.client.post(f"/t/{nobody}/code", data={"email": "thief@example.org"})
    assert named.status_code == 200
    smtp.count(1)
    for minute in range(1, 30):
        app.clock.now = NOW + timedelta(minutes=minute * 11)
        code(me, known)
    app.call(_settle, app)
    assert {tuple(one.to) for one in smtp.mails} == {(MAIL,)}
    assert len(smtp.mails) <= 10


async def _settle(app: Running) -> None:
    import asyncio

    await asyncio.sleep(0.3)
    await app.milepost.telling.announcer.drain_once()


def test_the_digits_go_by_text_message_where_there_is_no_mail(me: Caller) -> None:
    with Gateway() as gateway:
        settings = {
            "url": f"{gateway.url}/send?from={{{{sender}}}}", "sender": "Tea & Co",
            "headers": {"X-Api-Key": "gateway-secret"},
            "body": '{"to": "{{to}}", "text": "{{text}}"}',
        }  # fmt: skip
        answer = me.client.put("/v1/channels/sms", json={"settings": settings}, headers=me.headers)
        assert answer.status_code == 200, answer.text
        assert "gateway-secret" not in answer.text
        number = parcel_of(me, "in_transit.arrived_hub", phone="07700 900123", country="GB")
        code(me, number)
        (sent,) = gateway.count(1)
        assert sent.json["to"] == "+447700900123"
        assert sent.path == "/send?from=Tea%20%26%20Co"
        assert sent.headers["x-api-key"] == "gateway-secret"
        digits = re.search(r"\b\d{6}\b", sent.json["text"])
        assert digits is not None
        assert code(me, number, digits[0], accept="application/json").status_code == 200


def test_the_pages_pickup_code_opens_by_the_same_digits(me: Caller, smtp: SmtpServer) -> None:
    number = f"YT8{next(_NUMBERS):012}"
    me.register({"number": number, "carrier": "yto", "consignee": {"email": MAIL}})
    me.scan(scan(number, 1, "available_for_pickup", carrier="yto",
                 text="【测试驿站】包裹已到站，凭取件码 5-2-8817 取件"))  # fmt: skip
    page = me.client.get(f"/t/{number}?lang=en").text
    assert "5-2-8817" not in page
    me.client.post(f"/t/{number}", data={}, follow_redirects=False)
    answer = me.client.post(f"/t/{number}", data={"code": digits_of(smtp)}, follow_redirects=False)
    assert "5-2-8817" in me.client.get(answer.headers["location"]).text

    code(me, number)
    assert code(me, number, digits_of(smtp, 2)).status_code == 303
    assert "5-2-8817" in me.client.get(f"/t/{number}?lang=en").text


def test_forms_of_other_sites_are_refused(me: Caller) -> None:
    number = parcel_of(me, "delivered")
    form = {"action": "report", "problem": "damaged"}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        for path in ("care", "subscribe", "code"):
            answer = me.client.post(f"/t/{number}/{path}", data=form, headers=headers)
            assert answer.status_code == 403
    assert cases_of(me, number) == []
    fine = {"sec-fetch-site": "same-origin", "origin": "null"}
    assert me.client.post(f"/t/{number}/care", data=form, headers=fine).status_code == 200


def test_nobody_elses_token_helps(app: Running, me: Caller) -> None:
    number = parcel_of(me, "in_transit.arrived_hub")
    other = parcel_of(me, "in_transit.arrived_hub")
    token = me.post(f"/v1/track/{other}/link").json()["token"]
    form = {"action": "change", "what": "neighbour"}
    assert me.client.post(f"/t/{number}/care?k={token}", data=form).status_code == 403
    token = me.post(f"/v1/track/{number}/link").json()["token"]
    assert me.client.post(f"/t/{number}/care?k={token}", data=form).status_code == 200
    assert cases_of(me, number)[0]["case"]["kind"] == "delivery_change"


def test_a_faulty_form_names_its_field_in_the_readers_language(me: Caller) -> None:
    number = parcel_of(me, "delivered")

    said = me.client.post(f"/t/{number}/care?lang=de", data={"action": "report"})

    assert said.status_code == 422
    assert "Was stimmt nicht." in said.text
    assert "problem." not in said.text.partition('id="answer"')[2].partition("</section>")[0]


def test_the_footprint_goes_leg_by_leg(me: Caller) -> None:
    number = f"SF8{next(_NUMBERS):011}"
    for hours, city in ((30, "Shenzhen"), (20, "Wuhan"), (2, "Beijing")):
        place = {"city": city, "country": "CN"}
        code = "delivered" if city == "Beijing" else "in_transit.arrived_hub"
        me.scan(scan(number, hours, code, place=place))

    page = me.client.get(f"/t/{number}/care?lang=ar&units=metric").text
    card = page.partition('id="carbon"')[2]

    assert "DEFRA 2025" in card
    assert card.count("<b>") >= 3
    assert "غرام" in card
    assert "+5" in card


def test_the_parcels_page_sends_its_code_in_its_own_language(me: Caller, smtp: SmtpServer) -> None:
    number = parcel_of(me, "attempt_failed", email="ana@example.org")
    me.client.cookies.clear()

    asked = me.client.post(f"/t/{number}?lang=de", follow_redirects=False)

    assert asked.headers["location"] == f"/t/{number}?code=sent&lang=de"
    mail = smtp.count(1)[0]
    assert mail.message["Content-Language"] == "de"
    assert len(digits_of(smtp)) == 6


def test_who_proved_himself_sees_whose_turn_his_requests_are(me: Caller, smtp: SmtpServer) -> None:
    number = parcel_of(me, "attempt_failed", email="ana@example.org")
    act(me, number, action="report", problem="damaged")
    assert "Your requests" not in me.client.get(f"/t/{number}/care").text

    code(me, number)
    code(me, number, digits_of(smtp))
    answer = act(me, number, action="receipt", condition="good").text

    assert "Your requests" in answer
    assert "with the shop" in answer
    assert ">done<" in answer
    assert "The shop answers you" not in answer


def test_photographs_come_with_a_report_of_the_consignee(me: Caller) -> None:
    """They are evidence of the shipment and stand in the case; a stranger's are not taken."""
    number = parcel_of(me, "delivered")
    form = {"action": "report", "problem": "damaged", "wish": "refund"}
    files = [("pictures", (f"{n}.jpg", jpeg_with_position(), "image/jpeg")) for n in range(4)]
    files[0] = ("pictures", ("notes.txt", b"no picture", "image/jpeg"))
    stranger = parcel_of(me, "delivered")
    assert me.client.post(f"/t/{stranger}/care", data=form, files=files).status_code == 200
    assert cases_of(me, stranger)[0]["case"]["attachments"] == []
    assert "pictures" not in me.client.get(f"/t/{number}/care").text

    token = me.post(f"/v1/track/{number}/link").json()["token"]
    home = f"/t/{number}/care?k={token}"
    assert 'type="file"' in me.client.get(home).text
    answer = me.client.post(home, data=form, files=files)
    assert "could not be taken: 3.jpg, notes.txt." in answer.text

    (line,) = cases_of(me, number)
    shipment = me.track(number)["shipment"]
    kept = me.get(f"/v1/shipments/{shipment}/evidence").json()["evidence"]
    assert set(line["case"]["attachments"]) == {one["reference"] for one in kept}
    assert [(one["kind"], one["actor"]) for one in kept] == [("photograph", "consignee")] * 2

    later = me.client.post(home, data=form, files=files[1:2])
    assert "We have that already" in later.text
    (line,) = cases_of(me, number)
    assert len(line["case"]["attachments"]) == 3
