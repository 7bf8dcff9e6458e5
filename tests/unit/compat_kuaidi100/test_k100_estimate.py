from __future__ import annotations

from datetime import datetime

import pytest

from milepost.compat.kuaidi100 import clock, estimate

NOW = datetime(2026, 5, 3, 11, 0, tzinfo=clock.BEIJING)
ORDERED = datetime(2026, 5, 3, 9, 0, tzinfo=clock.BEIJING)


@pytest.mark.parametrize(
    ("origin", "destination", "product", "days"),
    [
        ("广东省深圳市南山区", "广东省深圳市福田区", "", 1),
        ("北京市海淀区", "北京朝阳区", "", 1),
        ("广东省深圳市", "广东省广州市", "", 2),
        ("广东省深圳市", "四川省成都市", "", 3),
        ("广东省深圳市", "四川省成都市", "顺丰特快", 2),
        ("广东省深圳市", "西藏拉萨市", "", 5),
        ("广东", "广东", "", 2),
    ],
)
def test_days(origin: str, destination: str, product: str, days: int) -> None:
    assert estimate.days_between(origin, destination, product) == days


def test_no_province_no_estimate() -> None:
    with pytest.raises(estimate.NoRoadError):
        estimate.days_between("somewhere", "四川省成都市")


def test_from_the_order() -> None:
    assert estimate.arrival(ORDERED, 3, [], NOW)[0].isoformat() == "2026-05-06T18:00:00+08:00"


def test_from_the_road_so_far() -> None:
    road = [{"time": "2026-05-02 20:00:00", "status": "揽收"}]
    out = [*road, {"time": "2026-05-03 08:00:00", "status": "派件"}]
    done = [*out, {"time": "2026-05-03 10:00:00", "status": "签收"}]

    assert estimate.arrival(ORDERED, 3, road, NOW)[0].day == 5
    assert estimate.arrival(ORDERED, 3, out, NOW)[0].isoformat() == "2026-05-03T18:00:00+08:00"
    assert estimate.arrival(ORDERED, 3, done, NOW) == (
        datetime(2026, 5, 3, 10, 0, tzinfo=clock.BEIJING),
        True,
    )


def test_what_is_overdue_comes_tomorrow_at_the_earliest() -> None:
    road = [{"time": "2026-04-20 20:00:00", "status": "揽收"}]

    assert estimate.arrival(ORDERED, 3, road, NOW)[0] > NOW
