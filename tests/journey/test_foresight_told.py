"""What foresight rests on, and how long customs takes, as an operator asks for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from journey.running import NOW, Caller, Running
from patience import until

pytest_plugins = ["pg"]
HOUR = timedelta(hours=1)
PORT = {"name": "São Paulo", "city": "São Paulo", "country": "BR"}


def cleared(number: str, hours: float) -> list[dict[str, Any]]:
    """A delivered road that was so long at customs."""
    entered = NOW - timedelta(days=9)
    steps = {
        "picked_up": -24 * HOUR, "customs.processing": 0 * HOUR,
        "customs.released": hours * HOUR, "delivered": (hours + 9) * HOUR,
    }  # fmt: skip
    return [
        {"number": number, "carrier": "upu", "code": code, "place": PORT,
         "occurred_at": (entered + after).isoformat()}
        for code, after in steps.items()
    ]  # fmt: skip


def test_what_it_rests_on_and_the_curve_of_customs(app: Running, me: Caller) -> None:
    empty = me.get("/v1/foresight").json()
    assert (empty["roads"], empty["model"], empty["drift"]) == (0, None, [])
    assert me.get("/v1/foresight/customs", params={"country": "BR"}).status_code == 404

    me.scan(*[one for place in range(40)
              for one in cleared(f"LX{place:09d}BR", 12 + 3 * place)])  # fmt: skip
    until(lambda: me.get("/v1/foresight").json()["roads"] >= 40)
    until(lambda: me.get("/v1/foresight/customs", params={"country": "BR"}).status_code == 200)
    curve = me.get("/v1/foresight/customs", params={"country": "br", "port": "Sao Paulo"}).json()

    assert curve["of"] == "port"
    assert 30 <= curve["evidence"] <= 40
    shares = [one["share"] for one in curve["held"]]
    assert shares == sorted(shares, reverse=True)
    assert 0 < curve["p50_days"] < curve["p90_days"] < 10
    assert me.get("/v1/foresight/customs", params={"country": "Brazil"}).status_code == 422
