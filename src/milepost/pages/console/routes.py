"""The addresses of the console."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from milepost.pages.console import (
    acts,
    analytics,
    board,
    brand,
    cases,
    connections,
    importing,
    liability,
    live,
    network,
    notices,
    palette,
    people,
    policies,
    recommend,
    sending,
    shipment,
    shipments,
    tenants,
    views,
    worries,
)  # fmt: skip
from milepost.pages.console.access.forgotten import Forgotten
from milepost.pages.console.access.oidc.flow import ByProvider
from milepost.pages.console.access.sign_in import SignIn
from milepost.pages.console.account import Account
from milepost.pages.console.desk import Desk
from milepost.pages.console.services import Services
from milepost.pages.console.visit import Page

_SMALL = 500
_MOST_LOGO = 256 * 1024
_MOST_FILE = 32 * 1024 * 1024
Serve = Callable[[Request], Awaitable[Response]]


def routes(services: Services) -> list[BaseRoute]:
    """Every page; see `docs/console.md`."""
    desk = Desk(services)
    packed = [Middleware(GZipMiddleware, minimum_size=_SMALL)]

    def at(path: str, handler: Serve, method: str = "GET") -> Route:
        return Route(f"/console{path}", handler, methods=[method], middleware=packed)

    def get(path: str, page: Page, needs: str = "viewer") -> Route:
        return at(path, desk.guarded(page, needs))

    def post(path: str, page: Page, needs: str, most: int | None = None) -> Route:
        given = {} if most is None else {"most_bytes": most}
        return at(path, desk.guarded(page, needs, **given), "POST")

    sign_in, account = SignIn(desk), Account()
    provider, forgotten = ByProvider(desk, sign_in), Forgotten(desk, sign_in)
    return [
        at("/sign-in", sign_in.show),
        at("/sign-in", sign_in.take, "POST"),
        at("/sign-in/forgotten", forgotten.show),
        at("/sign-in/forgotten", forgotten.take, "POST"),
        at("/sign-in/provider", provider.begin),
        at("/sign-in/provider/back", provider.come_back),
        post("/account/unbind", provider.unbind, "viewer"),
        post("/sign-out", lambda visit: sign_in.leave(visit.request), "viewer"),
        get("", worries.show),
        get("/shipments", shipments.show),
        get("/shipments/{number}/raw", shipment.raw),
        get("/shipments/{number}/liability", liability.show),
        get("/shipments/{number}/liability.pdf", liability.paper),
        post("/shipments/{number}/personal", shipment.personal, "agent"),
        post("/shipments/{number}/evidence", shipment.evidence, "agent"),
        get("/shipments/{number:path}", shipment.show),
        get("/find", palette.find),
        Route("/console/live", desk.guarded(live.listen), methods=["GET"]),
        post("/act", acts.act, "agent"),
        post("/undo", acts.undo, "agent"),
        post("/views", views.save, "viewer"),
        post("/views/delete", views.drop, "viewer"),
        get("/account", account.show),
        post("/account", account.set_password, "viewer"),
        post("/account/sessions", account.end_others, "viewer"),
        get("/cases", board.show),
        post("/cases", cases.add, "agent"),
        get("/cases/new", cases.new, "agent"),
        get("/cases/{id}", cases.show),
        post("/cases/{id}", cases.step, "agent"),
        get("/policies", policies.show),
        post("/policies", policies.save, "manager"),
        post("/policies/exceptions", policies.add_exception, "manager"),
        post("/policies/exceptions/delete", policies.drop_exception, "manager"),
        get("/subscriptions", sending.subscriptions),
        post("/subscriptions", sending.subscribe, "manager"),
        post("/subscriptions/change", sending.change_subscription, "manager"),
        get("/deliveries", sending.deliveries),
        post("/deliveries/replay", sending.replay, "manager"),
        get("/deliveries/{id}", sending.delivery),
        get("/connections", connections.show),
        post("/connections", connections.add, "manager"),
        post("/connections/change", connections.change, "manager"),
        get("/recommend", recommend.show),
        post("/recommend/tariffs", recommend.save_tariffs, "manager", recommend.MOST_TARIFFS),
        get("/notices", notices.show),
        post("/notices", notices.add, "manager"),
        post("/notices/end", notices.end, "manager"),
        post("/notices/feeds", notices.feed, "manager"),
        get("/users", people.users, "admin"),
        post("/users", people.add_user, "admin"),
        post("/users/change", people.change_user, "admin"),
        get("/tenants", tenants.show, "admin"),
        post("/tenants", tenants.add, "admin"),
        get("/keys", people.keys, "admin"),
        post("/keys", people.add_key, "admin"),
        post("/keys/revoke", people.revoke_key, "admin"),
        get("/audit", people.audit, "manager"),
        get("/brand", brand.show, "manager"),
        post("/brand", brand.save, "manager", _MOST_LOGO),
        get("/brand/logo", brand.logo, "manager"),
        post("/brand/mail", brand.save_mail, "manager"),
        get("/import", importing.show, "manager"),
        post("/import", importing.take, "manager", _MOST_FILE),
        get("/import/{id}", importing.job, "manager"),
        post("/import/{id}", importing.begin, "manager"),
        get("/import/{id}/refused", importing.refused, "manager"),
        get("/network", network.show),
        get("/network/trucks", network.positions),
        # It comes piece by piece and packs itself.
        Route("/console/analytics", desk.guarded(analytics.show), methods=["GET"]),
        get("/analytics/{report}", analytics.report),
        get("/analytics/{report}/shipments", analytics.behind),
        get("/analytics/{report}/file", analytics.file),
    ]
