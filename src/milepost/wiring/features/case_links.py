"""Cases that the carrier's people answer over a link, without an account."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

from starlette.routing import BaseRoute

from milepost.api import case_links
from milepost.engine.cases.carrier_side import CarrierSide
from milepost.engine.evidence.links import EvidenceLinks
from milepost.pages.carrier_side import CarrierPage
from milepost.stores.postgres.cases import PostgresCases
from milepost.stores.sealer import MASTER_KEY
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features.cases import CaseFeature


class CaseLinkFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._links = EvidenceLinks(_key(context), "case")
        self._store = PostgresCases(context.pool)
        self._page = CarrierPage(self._side, self._opened)

    def endpoints(self) -> Sequence[Endpoint]:
        home = self._context.settings.home
        rooms = case_links.LinkRooms(self._store, self._links, self._context.now_us, home)
        return case_links.endpoints(rooms)

    def routes(self) -> Sequence[BaseRoute]:
        return self._page.routes()

    def _side(self) -> CarrierSide:
        cases = self._context.feature(CaseFeature)
        return CarrierSide(cases.desk, self._store, cases.vault)

    def _opened(self, token: str) -> tuple[int, int] | None:
        """(tenant, case) of a link that still holds."""
        named = self._links.opens(token, self._context.now_us() // 1_000_000)
        return None if named is None else (named[0], int(named[1]))


def _key(context: Context) -> bytes:
    master = (context.settings.data / MASTER_KEY).read_bytes()
    return hmac.digest(master, b"milepost case links", sha256)


def open_feature(context: Context) -> Feature:
    return CaseLinkFeature(context)
