"""No record because the carrier does not answer: said while it is so, to whom it concerns."""

from __future__ import annotations

from journey.compat.serving import Served
from journey.test_polling import Me, hurry, mine, say, upset  # noqa: F401 - fixtures
from patience import until

pytest_plugins = ["pg"]
NUMBER = "1234567811"


def codes(me: Me, number: str) -> list[str]:
    reasons = me.ask("GET", f"/v1/track/{number}/explain?carrier=dhl")["reasons"]
    return [one["code"] for one in reasons]


def test_a_carrier_that_does_not_answer_is_named_until_it_does(mine: Served) -> None:  # noqa: F811
    me, other = Me(mine, "cut off"), Me(mine, "not cut off")
    assert "carrier_down" not in codes(me, NUMBER)
    me.ship(NUMBER, "dhl")
    with upset() as source:
        source.usual = say(503, b"maintenance")
        one = me.connect("dhl", {"api_key": "k"}, base_url=source.url)

        until(lambda: "carrier_down" in codes(me, NUMBER))
        (reason,) = [
            each for each in me.ask("GET", f"/v1/track/{NUMBER}/explain")["reasons"]
            if each["code"] == "carrier_down"
        ]  # fmt: skip
        assert "does not answer" in reason["text"]
        assert "carrier_down" not in codes(other, NUMBER)
        unheard = me.ask("GET", "/v1/track/1234567899?carrier=dhl", status=404)
        assert unheard["errors"]

        source.usual = say(200, b'{"shipments": []}')
        until(lambda: me.connection(one)["state"] == "ok")
        until(lambda: "carrier_down" not in codes(me, NUMBER))
        me.ask("DELETE", f"/v1/connections/{one}")
