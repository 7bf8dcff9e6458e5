"""Trucks with their newest position, for the network page and its script."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from starlette.responses import JSONResponse, Response

from milepost.pages.console.visit import Visit
from milepost.pages.headers import HEADERS

MOST = 60


async def trucks_of(visit: Visit) -> list[dict[str, Any]]:
    """Those that have told where they are: `asset`, `name`, `position` as the API tells it."""
    answer = await visit.call("GET", f"/v1/assets?kind=truck&limit={MOST}")
    found = list(answer.body.get("assets", [])) if answer.ok else []
    paths = [f"/v1/assets/{quote(one['asset'], safe='')}/positions?limit=1" for one in found]
    answers = await asyncio.gather(*(visit.call("GET", path) for path in paths))
    return [
        {
            "asset": one["asset"],
            "name": one["label"] or one["asset"].partition(":")[2],
            "position": answer.body["positions"][-1],
        }
        for one, answer in zip(found, answers, strict=True)
        if answer.ok and answer.body["positions"]
    ]


async def positions(visit: Visit) -> Response:
    """`/console/network/trucks`: [asset, longitude, latitude, course or null where it stands]."""
    rows = [
        [
            one["asset"], one["position"]["lon"], one["position"]["lat"],
            one["position"]["course_deg"] if one["position"]["speed_m_s"] else None,
        ]
        for one in await trucks_of(visit)
    ]  # fmt: skip
    return JSONResponse(rows, 200, HEADERS)
