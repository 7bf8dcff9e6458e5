"""The route map page that a RouteMapUrl opens: places on a line, drawn without any map service."""

from __future__ import annotations

import math
from datetime import timedelta
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from milepost.compat.core import CompatServices
from milepost.compat.kdniao import VENDOR, clock, faults, maps, query, sign
from milepost.compat.kdniao.asking import read_wanted
from milepost.compat.kdniao.faults import KdniaoError
from milepost.compat.kdniao.states import visible
from milepost.domain.track import Track
from milepost.locale import status_label

# A link that has leaked should not tell of a household for ever.
VALID_FOR = timedelta(days=40)
WIDE, HIGH, EDGE = 640.0, 360.0, 40.0


class RouteMap:
    """`GET /gateway/routeMap`."""

    def __init__(self, services: CompatServices) -> None:
        self._services = services

    async def show(self, request: Request) -> Response:
        """The page, or in its place why not."""
        try:
            track = await self._track(dict(request.query_params))
        except KdniaoError as error:
            return _page(escape(error.reason), 403)
        if track is None or not visible(track):
            return _page(faults.NO_TRACES, 404)
        return _page(_drawn(track), 200)

    async def _track(self, given: dict[str, str]) -> Track | None:
        credential = await self._services.credentials.find(VENDOR, given.get("EBusinessID", ""))
        if credential is None:
            raise KdniaoError(faults.BAD_CREDENTIALS)
        stamp = given.get("Timestamp", "")
        text = sign.verified(
            given.get("RequestData", ""), given.get("DataSign", ""), credential.secrets["ApiKey"],
            more=stamp,
        )  # fmt: skip
        if text is None or not self._fresh(stamp):
            raise KdniaoError(faults.BAD_CREDENTIALS)
        wanted = read_wanted(text)
        return await query.find(self._services, credential.tenant, wanted.number)

    def _fresh(self, stamp: str) -> bool:
        """Whether a time in milliseconds (or seconds) is not too long ago."""
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 13):
            return False
        at_us = int(stamp) * (1_000 if len(stamp) > 10 else 1_000_000)
        return abs(self._services.now_us() - at_us) <= VALID_FOR / timedelta(microseconds=1)


def _drawn(track: Track) -> str:
    stops = maps.coordinates(track)
    points = _projected([at for _, at in stops])
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
        f'<text x="{x + 8:.1f}" y="{y - 8:.1f}">{escape(name)}</text>'
        for (x, y), (name, _) in zip(points, stops, strict=True)
    )
    rows = "".join(
        f"<li><time>{clock.china_time(one.occurred_at)}</time> "
        f"{escape(one.text or status_label(one.sub, 'zh'))}</li>"
        for one in reversed(visible(track))
    )
    return (
        f"<h1>{escape(track.number)} · {escape(status_label(track.status.sub, 'zh'))}</h1>"
        f'<svg viewBox="0 0 {WIDE:.0f} {HIGH:.0f}" role="img" aria-label="运输路线">'
        f'<polyline points="{line}"/>{marks}</svg><ol>{rows}</ol>'
    )


def _projected(points: list[maps.Point]) -> list[tuple[float, float]]:
    """On the canvas, north up; degrees of longitude shrink with the latitude."""
    if not points:
        return []
    shrink = math.cos(math.radians(sum(lat for lat, _ in points) / len(points)))
    east = [lng * shrink for _, lng in points]
    north = [lat for lat, _ in points]
    span = max((max(east) - min(east)) / (WIDE - 2 * EDGE),
               (max(north) - min(north)) / (HIGH - 2 * EDGE), 1e-9)  # fmt: skip
    return [
        (EDGE + (x - min(east)) / span, HIGH - EDGE - (y - min(north)) / span)
        for x, y in zip(east, north, strict=True)
    ]


def _page(body: str, status: int) -> HTMLResponse:
    style = (
        "body{font:15px/1.5 system-ui,sans-serif;max-width:680px;margin:1rem auto;padding:0 1rem}"
        "svg{width:100%;background:#f4f6f8;border-radius:8px}polyline{fill:none;stroke:#2563eb;"
        "stroke-width:2}circle{fill:#2563eb}text{font-size:12px}time{color:#555}"
    )
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head += f'<meta name="robots" content="noindex"><title>运输路线</title><style>{style}</style>'
    page = f'<!doctype html><html lang="zh">{head}<body>{body}</body></html>'
    return HTMLResponse(page, status_code=status, headers={"Referrer-Policy": "no-referrer"})
