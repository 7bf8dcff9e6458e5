"""All dialects' routes as one: found by their first words, with the same outcome as one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace
from typing import Any, cast

from starlette.routing import Match, Route

from milepost.compat.core.discovery import all_dialects, routes
from milepost.compat.core.doors import Doors

SERVICES = cast("Any", SimpleNamespace(base_url="http://x", credentials=None, limiter=None))
FILLINGS = ("x", "trackings", "2026-07", "query.do", "batch", "all_updated", "v2.4", "a b")
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS")


def doors() -> Doors:
    made = [one for one in routes(SERVICES) if isinstance(one, Doors)]
    assert len(made) == 1
    return made[0]


def paths(plain: list[Route]) -> Iterator[str]:
    for route, filling in product(plain, FILLINGS):
        path = re.sub(r"{[^}]*}", filling, route.path)
        yield from (path, path + "/", "/" + path, path.upper(), path + "/more", path + "//")
    yield from ("/", "//", "/v1", "/v1/track/x", "/poll/", "/tracking")


def one_by_one(plain: list[Route], scope: dict[str, Any]) -> Route | None:
    partial = None
    for route in plain:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return route
        if match is Match.PARTIAL:
            partial = partial or route
    return partial


def test_what_is_found_is_what_would_be_found_one_by_one() -> None:
    found = doors()
    # In their own order: a dialect's routes stay together.
    plain = [route for part in all_dialects().values() for route in part.routes(SERVICES)]
    order = {(one.path, *sorted(one.methods or ())): place for place, one in enumerate(
        cast("list[Route]", plain))}  # fmt: skip
    every = sorted(
        (route for several in found.routes.values() for route in several),
        key=lambda one: order[one.path, *sorted(one.methods or ())],
    )
    assert len(every) == len(plain) > 100

    for path, method in product(set(paths(every)), METHODS):
        scope = {"type": "http", "path": path, "method": method, "root_path": ""}
        match, child = found.matches(scope)
        wanted = one_by_one(every, scope)
        assert child.get("milepost.door") is wanted, (path, method)
        assert (match is Match.NONE) == (wanted is None)


def test_a_websocket_is_not_for_them() -> None:
    assert doors().matches({"type": "websocket", "path": "/poll"}) == (Match.NONE, {})
