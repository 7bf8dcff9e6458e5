"""Kuaidi100's own paths."""

from __future__ import annotations

from starlette.routing import Route

from milepost.compat.core import CompatServices
from milepost.compat.kuaidi100 import faults, label, query, recognise, stdio, subscribe
from milepost.compat.kuaidi100.answering import Handler, route
from milepost.compat.kuaidi100.faults import RefusedError

_BOTH = ("GET", "POST")
# What of Kuaidi100 its tracking clients know of, but is no tracking.
_BESIDE = ("/reachable.do", "/pickupCode/{call}", "/logistics/monitor/api/{call}")
_STDIO: dict[str, Handler] = {
    "queryTrace": stdio.query_trace,
    "autoNumber": stdio.auto_number,
    "estimateTime": stdio.estimate_time,
    "estimateTimeWithLogistic": stdio.estimate_time,
    "estimatePrice": stdio.estimate_price,
}


def routes(services: CompatServices) -> list[Route]:
    """Every path of the dialect."""
    return [
        route("/poll/query.do", query.query, services),
        route("/poll/maptrack.do", query.map_track, services),
        route("/poll", subscribe.poll, services),
        route("/pollmap", subscribe.poll_map, services),
        route("/autonumber/auto", recognise.auto_number, services, methods=_BOTH),
        route("/label/order", label.order, services, refuse=label.refuse),
        *(
            route(f"/stdio/{name}", handler, services, methods=_BOTH, refuse=stdio.refuse)
            for name, handler in _STDIO.items()
        ),
        *(route(path, _nothing, services, methods=_BOTH, refuse=label.refuse) for path in _BESIDE),
        # Behind all the others: a call that there is not is told so in the vendor's words.
        route("/stdio/{call}", _nothing, services, methods=_BOTH, refuse=stdio.refuse),
        route("/poll/{call}", _nothing, services, methods=_BOTH),
    ]


async def _nothing(_: CompatServices, __: dict[str, str]) -> None:
    raise RefusedError(faults.INCOMPLETE)
