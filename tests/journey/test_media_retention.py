"""Pictures of terminals are removed after so many days, by themselves; younger ones stay."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from journey.running import Clock, running
from patience import until

pytest_plugins = ["pg"]
DAY_US = 86_400_000_000


async def _put(url: str, days: dict[str, int]) -> None:
    connection = await asyncpg.connect(url)
    now_us = Clock().us()
    await connection.executemany(
        "INSERT INTO asset_media (asset, id, at_us, received_us, number, content_type, event, "
        "channel, bytes, complete, sealed) VALUES (1, $1, $2, $3, 1, 'image/jpeg', 0, 1, 1, "
        "true, '\\x00')",
        [(name, now_us - 400 * DAY_US, now_us - age * DAY_US) for name, age in days.items()],
    )
    await connection.close()


@pytest.mark.parametrize(("keep", "left"), [(90, {"young", "middle"}), (7, {"young"})])
def test_media_are_kept_as_long_as_the_setting_says(
    store_url: str, tmp_path: Path, keep: int, left: set[str]
) -> None:
    """It counts from when they came: what a terminal kept back for a year has just come."""
    asyncio.run(_put(store_url, {"young": 1, "middle": 30, "old": 91}))

    with running(store_url, data=tmp_path, media_keep_days=keep) as server:
        until(lambda: {row[0] for row in server.sql("SELECT id FROM asset_media")} == left)
