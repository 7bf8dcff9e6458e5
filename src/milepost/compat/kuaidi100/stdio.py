"""The reads under /stdio, which Kuaidi100 made for assistants. Its errors are a bare `message`."""

from __future__ import annotations

from typing import Any

from starlette.responses import PlainTextResponse, Response

from milepost.compat.core import CompatServices
from milepost.compat.kuaidi100 import (
    VENDOR,
    access,
    area,
    asking,
    clock,
    faults,
    label,
    phones,
    query,
    recognise,
    shape,
    statuses,
)
from milepost.compat.kuaidi100.faults import RefusedError
from milepost.domain.track import Track


def refuse(fault: tuple[str, str]) -> dict[str, Any]:
    """A fault as /stdio tells it."""
    return {"message": fault[1]}


async def query_trace(services: CompatServices, given: dict[str, str]) -> Any:
    """`GET /stdio/queryTrace`."""
    credential = await access.by_key(services, given.get("key", ""))
    number = asking.number_of(given.get("kuaidiNum", ""), faults.INCOMPLETE)
    track = await query.road(services, credential.tenant, number, None)
    phone = given.get("phone", "")
    await phones.check_for(services, credential.tenant, number, track.carrier, phone)
    answer = _trace(services, track)
    return _markdown(answer) if given.get("responseFormat") == "markdown" else answer


def _trace(services: CompatServices, track: Track) -> dict[str, Any]:
    slug = track.carrier or ""
    info = shape.route_info(track, shape.View())
    ends = [(info[side] or area.NOWHERE)["name"] for side in ("from", "to")]
    return {
        "kuaidiCom": services.crosswalk.code_of(VENDOR, slug) or "",
        "kuaidiName": services.crosswalk.names(slug)[1],
        "kuaidiNum": track.number,
        "state": statuses.name(statuses.state(track.status.sub)),
        "fromTo": " -> ".join(ends),
        "data": [
            {
                "time": clock.wall(event.occurred_at, event.place),
                "status": statuses.name(statuses.status_code(event.sub)),
                "context": event.text or statuses.name(statuses.status_code(event.sub)),
            }
            for event in reversed(shape.standing(track))
        ],
    }


def _markdown(answer: dict[str, Any]) -> Response:
    lines = [
        f"- **快递公司**：{answer['kuaidiName']}",
        f"- **快递单号**：{answer['kuaidiNum']}",
        f"- **物流状态**：{answer['state']}",
        f"- **起点->目的地**：{answer['fromTo']}",
        "",
        "| 时间 | 状态 | 详情 |",
        "| --- | --- | --- |",
    ]
    cells = ((one["time"], one["status"], one["context"]) for one in answer["data"])
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/markdown")


async def auto_number(services: CompatServices, given: dict[str, str]) -> dict[str, Any]:
    """`GET /stdio/autoNumber`."""
    await access.by_key(services, given.get("key", ""))
    number = given.get("kuaidiNum") or given.get("num") or ""
    found = recognise.companies(services.crosswalk, number)
    if not found:
        raise RefusedError(faults.NOT_RECOGNISED)
    names = ("lengthPre", "comCode", "name")
    return {"data": [{name: str(row[name]) for name in names} for row in found]}


async def estimate_time(services: CompatServices, given: dict[str, str]) -> dict[str, Any]:
    """`GET /stdio/estimateTime` and `/stdio/estimateTimeWithLogistic`."""
    await access.by_key(services, given.get("key", ""))
    return label.estimated(services, dict(given))


async def estimate_price(services: CompatServices, given: dict[str, str]) -> dict[str, Any]:
    """`GET /stdio/estimatePrice`: who carries it and how far. No tariff is known here, so
    `combos` is empty rather than invented.
    """
    await access.by_key(services, given.get("key", ""))
    com = given.get("kuaidicom", "").lower()
    slug = services.crosswalk.slug_of(VENDOR, com)
    if slug is None:
        raise RefusedError(faults.NO_SUCH_COMPANY)
    if not (given.get("sendAddr") and given.get("recAddr")):
        raise RefusedError(faults.INCOMPLETE)
    return {
        "kuaidicom": com,
        "kuaidiName": services.crosswalk.names(slug)[1],
        "from": given["sendAddr"],
        "to": given["recAddr"],
        "weight": given.get("weight") or "1",
        "combos": [],
    }
