"""Facts and alarms of assets in a real PostgreSQL: the newest of each, in whatever order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import permutations

import pytest

from milepost.engine.devices import Told
from milepost.engine.telemetry import Fact
from milepost.stores.postgres.asset_facts import PostgresFacts
from milepost.stores.postgres.pool import Pool

pytest_plugins = ["pg"]
T0 = 1_790_000_000_000_000
MIN = 60_000_000
TOLD = (
    Told("truck:1", T0, {"odometer_m": 100, "ignition": True}, ("sos",)),
    Told("truck:1", T0 + MIN, {"odometer_m": 200}, ()),
    Told("truck:1", T0 + 2 * MIN, {"fuel_ml": 5}, None),
)
NEWEST = {
    "odometer_m": Fact(T0 + MIN, 200),
    "ignition": Fact(T0, True),
    "fuel_ml": Fact(T0 + 2 * MIN, 5),
    "alarms": Fact(T0 + MIN, []),
}


@pytest.fixture
async def facts(store_url: str) -> AsyncIterator[PostgresFacts]:
    async def url() -> str:
        return store_url

    pool = Pool(url)
    yield PostgresFacts(pool)
    await pool.close()


async def test_reports_of_one_group_and_of_many_come_to_the_same(facts: PostgresFacts) -> None:
    for tenant, order in enumerate(permutations(TOLD), 1):
        for one in order:
            await facts.record(tenant, [one], T0)
        assert await facts.facts(tenant, "truck:1") == NEWEST
        (alarm,) = await facts.alarms(tenant, "truck:1", T0, T0 + MIN, 10)
        assert (alarm.alarm, alarm.from_us, alarm.until_us) == ("sos", T0, T0)
    for tenant, order in enumerate(permutations(TOLD), 11):
        await facts.record(tenant, order, T0)
        await facts.record(tenant, order[:2], T0)
        assert await facts.facts(tenant, "truck:1") == NEWEST


async def test_what_comes_late_changes_only_what_it_is_newer_in(facts: PostgresFacts) -> None:
    """Beside another asset whose facts are newer throughout."""
    await facts.record(1, TOLD, T0)
    late = Told("truck:1", T0 + MIN // 2, {"odometer_m": 150, "ignition": False}, None)
    other = Told("truck:2", T0, {"odometer_m": 7}, None)
    await facts.record(1, [late, other], T0)

    assert await facts.facts(1, "truck:1") == NEWEST | {"ignition": Fact(T0 + MIN // 2, False)}
    assert await facts.facts(1, "truck:2") == {"odometer_m": Fact(T0, 7)}
    assert await facts.facts(2, "truck:1") == {}
