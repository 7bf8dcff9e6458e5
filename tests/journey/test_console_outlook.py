"""Where shipments go and when they come, for the console's list: kept behind their changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from journey.running import NOW, Caller, Running, scan
from milepost.stores.postgres.console.outlook_query import OutlookFilter
from milepost.stores.postgres.console.outlooks import Listed
from patience import once, until

pytest_plugins = ["pg"]


def announce(me: Caller, number: str, city: str, country: str, days: float, **more: Any) -> None:
    promised = (NOW + timedelta(days=days)).isoformat()
    me.register({"number": number, "carrier": "sf", "promised_to": promised,
                 "destination": {"city": city, "country": country}, **more})  # fmt: skip
    me.scan(scan(number))


def outlooks(app: Running) -> Any:
    return next(one.services.outlooks for one in app.milepost.features if hasattr(one, "worrying"))


def listed(app: Running, me: Caller, **wanted: Any) -> list[Listed]:
    return list(app.call(outlooks(app).list, me.tenant, OutlookFilter(**wanted)))


def numbers(found: list[Listed]) -> list[str]:
    return [one.shipment.number for one in found]


def settled(app: Running, me: Caller, wanted: int) -> None:
    app.written()
    until(lambda: len(listed(app, me)) == wanted)


def furnish(app: Running, me: Caller, mark: str) -> Callable[[int], str]:
    def number(one: int) -> str:
        return f"SF67{mark}{one:08d}"

    announce(me, number(1), "Berlin", "DE", 3)
    announce(me, number(2), "Bern", "CH", 1)
    announce(me, number(3), "Lyon", "FR", 2)
    settled(app, me, 3)
    return number


def test_by_arrival_by_town_and_by_country(me: Caller, app: Running) -> None:
    number = furnish(app, me, "01")

    assert numbers(listed(app, me, soonest=True)) == [number(2), number(3), number(1)]
    assert set(numbers(listed(app, me, toward="Ber"))) == {number(1), number(2)}
    assert numbers(listed(app, me, toward="ber", soonest=True)) == [number(2), number(1)]
    assert numbers(listed(app, me, country="FR")) == [number(3)]
    assert listed(app, me, toward="%") == []
    assert numbers(listed(app, me, country="FR", carrier="sf", main="in_transit")) == [number(3)]
    assert listed(app, me, country="FR", main="delivered") == []
    assert numbers(listed(app, me, text=number(3), soonest=True)) == [number(3)]
    before_s = int((NOW + timedelta(days=2, hours=1)).timestamp())
    assert numbers(listed(app, me, comes_before_s=before_s, soonest=True)) == [number(2), number(3)]


def test_pages_follow_each_other(me: Caller, app: Running) -> None:
    number = furnish(app, me, "02")
    for wanted in ({"soonest": True}, {}, {"toward": "b"}):
        whole = listed(app, me, **wanted)
        first = listed(app, me, limit=1, **wanted)
        rest = listed(app, me, after=first[0].position, **wanted)
        assert numbers(first + rest) == numbers(whole)
    assert number(1) in numbers(listed(app, me, toward="b"))


def test_what_has_arrived_comes_no_more_and_others_see_nothing(me: Caller, app: Running) -> None:
    number = furnish(app, me, "03")
    me.scan(scan(number(2), 0.5, "delivered"))
    found = once(lambda: numbers(listed(app, me, soonest=True)), lambda one: number(2) not in one)

    assert found == [number(3), number(1)]
    assert number(2) in numbers(listed(app, me))
    assert listed(app, app.caller()) == []


def test_a_sweep_finds_what_was_missed(me: Caller, app: Running) -> None:
    number = furnish(app, me, "04")
    app.sql("DELETE FROM outlook WHERE tenant = $1", me.tenant)
    assert listed(app, me) == []

    looking = next(
        one.looking_ahead for one in app.milepost.features if hasattr(one, "looking_ahead")
    )
    looking.sweep()
    assert number(1) in once(lambda: numbers(listed(app, me)), lambda one: len(one) == 3)
