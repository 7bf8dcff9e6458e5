"""Links for the merchant's own messages: who opens one sees the pick-up code."""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct

from milepost.domain.moment import to_text
from milepost.engine.resolve import BadScanError
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError
from milepost.wiring.feature import Context, Feature
from milepost.wiring.pages import links_of


class BuyerLink(Struct):
    """`url` shows the page with what is personal until `expires_at`."""

    url: str
    token: str
    expires_at: str


class BuyerLinks(Feature):
    def __init__(self, context: Context) -> None:
        self._queries = context.engine.queries
        self._links = links_of(context.settings, context.now_us)
        settings = context.settings
        self._base = settings.home

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                method="POST",
                path="/v1/track/{number}/link",
                handler=self._link,
                summary="A signed link to the buyer's page, for the consignee only",
                scope="write",
                answer=BuyerLink,
                answers=(404, 422),
                tag="track",
            )
        ]

    async def _link(self, call: Call) -> BuyerLink:
        number = call.path("number")
        try:
            track = await self._queries.track(call.caller.tenant, number)
        except BadScanError as error:
            raise ProblemError(422, str(error)) from None
        if track is None:
            raise ProblemError(404, f"Nothing is known of the number '{number[:64]}' yet.")
        token, until = self._links.token(call.caller.tenant, track.number)
        url = f"{self._base}/t/{quote(track.number, safe='')}?k={token}"
        return BuyerLink(url, token, to_text(until * 1_000_000, 0))


def open_feature(context: Context) -> Feature:
    return BuyerLinks(context)
