"""The routes of all dialects as one, found by the first words of a path: there are more than a
hundred, and to try one after the other costs more than most answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

_FOUND = "milepost.door"
_NONE: tuple[Match, Scope] = (Match.NONE, {})


def as_one(routes: Sequence[BaseRoute]) -> list[BaseRoute]:
    """The same paths; what is no plain route stays by itself."""
    plain = [one for one in routes if isinstance(one, Route)]
    return [Doors(plain), *(one for one in routes if not isinstance(one, Route))]


class Doors(BaseRoute):
    """Routes by the words that their paths begin with: two, or one where a parameter follows.

    Of several that fit a path, one whose first words are all written out goes first.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes: dict[str, list[Route]] = {}
        for route in routes:
            self.routes.setdefault(_written_out(route.path), []).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """That of the route which fits best; it is remembered for `handle`."""
        if scope["type"] != "http":
            return _NONE
        partial = _NONE
        for route in self._candidates(scope["path"]):
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, {**child, _FOUND: route}
            if match is Match.PARTIAL and partial is _NONE:
                partial = match, {**child, _FOUND: route}
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[_FOUND].handle(scope, receive, send)

    def _candidates(self, path: str) -> Iterable[Route]:
        words = path.lstrip("/").lower().split("/", 2)
        yield from self.routes.get("/".join(words[:2]), ()) if len(words) > 1 else ()
        yield from self.routes.get(words[0], ())


def _written_out(path: str) -> str:
    words = path.strip("/").lower().split("/")[:2]
    return "/".join(words[:1] if "{" in words[-1] else words)
