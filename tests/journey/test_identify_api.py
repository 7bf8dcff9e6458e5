"""Whose number is it? What a tenant ships with tells, and only to that tenant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from journey.running import Caller, Running

pytest_plugins = ["pg"]

TWELVE = "417593028640"


def best(seen: dict[str, Any]) -> str:
    return str(seen["candidates"][0]["carrier"])


def ask(caller: Caller, number: str, **query: str) -> Any:
    answer = caller.get(f"/v1/identify/{number}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_tenants_own_history_tells_apart_what_many_carriers_use(app: Running, me: Caller) -> None:
    other = app.caller()
    assert ask(me, TWELVE)["ambiguous"]
    me.register([{"number": f"4200000{at:05}", "carrier": "ane"} for at in range(60)])
    app.written()
    app.clock.now += timedelta(minutes=2)

    seen = ask(me, TWELVE)

    assert (best(seen), seen["ambiguous"]) == ("ane", False)
    assert ask(other, TWELVE)["ambiguous"]
    assert best(ask(me, "YT8830017724506")) == "yto"


def test_a_country_is_a_hint(me: Caller) -> None:
    def likely(seen: Any) -> float:
        return max(one["probability"] for one in seen["candidates"] if one["carrier"] == "sf")

    assert likely(ask(me, TWELVE, country="cn")) > 2 * likely(ask(me, TWELVE))


def test_many_numbers_at_once_in_their_order(me: Caller) -> None:
    given = [
        "jt 6860 4711 65575",
        "",
        "ＳＦ４０２８８１７７３５１２０",
        "hello",
        "1ZQ4T7V80312345676",
    ]
    answer = me.post("/v1/identify", {"numbers": given})

    assert answer.status_code == 200, answer.text
    seen = answer.json()["numbers"]
    assert [best(one) if one["candidates"] else None for one in seen][:3] == ["jt", None, "sf"]
    assert seen[1]["problems"] == ["empty"]
    assert [set(one) for one in seen] == [{"number", "ambiguous", "candidates", "problems"}] * 5
    assert set(seen[0]["candidates"][0]) == {
        "carrier", "format", "probability", "checksum", "business_type", "country",
    }  # fmt: skip


def test_too_many_or_none_are_refused(me: Caller) -> None:
    for numbers in ([], ["1"] * 1001, "YT8830017724506"):
        assert me.post("/v1/identify", {"numbers": numbers}).status_code in (400, 422)
