"""What buyers can do on a parcel's page; see `pages.care`."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from milepost.carbon.estimate import carbon_of
from milepost.carbon.factors import defra_2025
from milepost.carbon.model import Carbon
from milepost.domain.event import key_of
from milepost.domain.track import Track
from milepost.engine.cases.desk import CaseDesk
from milepost.engine.evidence.desk import Detail
from milepost.engine.footprint import stretches_of
from milepost.engine.proven import Asking
from milepost.pages.care import CareRooms, routes
from milepost.pages.links import CODE_OPENS_S, Links
from milepost.public import PublicLookup
from milepost.stores.postgres.cases import PostgresCases
from milepost.web.limits import Limiter
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features.cases import CaseFeature
from milepost.wiring.features.notify import Notify
from milepost.wiring.features.personal import PersonalFeature
from milepost.wiring.pages import extras_of, links_of

# So many forms a second an address may send on average, and at once.
FORMS_PER_S, FORMS_AT_ONCE = 0.2, 20


class LinkProof:
    """See `engine.proven.Proven`: the merchant's signed link, or what a one-time code gave."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def proven(self, request: Asking, tenant: int, number: str) -> bool:
        given = (request.query_params.get("k"), request.cookies.get("k"))
        return any(self._links.proves(tenant, number, token) for token in given if token)


class Care(Feature):
    """`limiter` counts the forms that an address has sent."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.limiter = Limiter(FORMS_PER_S, FORMS_AT_ONCE)
        self._links = links_of(context.settings, context.now_us)
        self._factors = defra_2025()

    def routes(self) -> Sequence[BaseRoute]:
        context = self._context
        engine = context.engine
        lookup = PublicLookup(engine.queries, engine.live, context.shown_tenants)
        notify = context.feature(Notify)
        rooms = CareRooms(
            lookup=lookup, extras=extras_of(context.milepost, lookup), desk=self._desk,
            cases=PostgresCases(context.pool), proven=LinkProof(self._links), codes=notify.codes,
            subscribing=notify.subscribing, limiter=self.limiter, now_us=context.now_us,
            tenant_of=lookup.tenant_of, keys_of=self._keys, reached_by=notify.reached_by,
            contact=notify.contact, token_of=self._token, changed=notify.changed,
            carbon_of=self._carbon, keep_picture=self._keep_picture,
            hosts=frozenset({urlsplit(notify.base_url).netloc}), push_key=notify.push_key,
        )  # fmt: skip
        return routes(rooms)

    def _desk(self) -> CaseDesk:
        return self._context.feature(CaseFeature).desk

    async def _keep_picture(self, tenant: int, road: int, body: bytes, declared: str) -> str:
        desk = self._context.feature(PersonalFeature).desk
        piece = await desk.add(
            tenant, road, "photograph", body, declared, Detail(actor="consignee")
        )
        return piece.reference

    def _keys(self, tenant: int, number: str) -> tuple[int, tuple[int, ...]]:
        """The shipment's own key, under which the vault keeps things, and all others."""
        links = self._context.engine.queries.links_of(tenant, number)
        road = links[0].shipment if links else key_of(tenant, number)
        keys = {key_of(tenant, number)}
        for link in links:
            keys |= {link.parcel, link.road, link.shipment}
        return road, tuple(sorted(keys))

    def _token(self, tenant: int, number: str) -> str:
        return self._links.token(tenant, number, CODE_OPENS_S)[0]

    def _carbon(self, track: Track) -> Carbon | None:
        stretches, unknown = stretches_of(track)
        return carbon_of(stretches, self._factors, unknown=unknown) if stretches else None


def open_feature(context: Context) -> Feature:
    return Care(context)
