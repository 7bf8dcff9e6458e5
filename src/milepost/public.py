"""What the public pages may see: roads in the masked view, of the tenants that show theirs."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from milepost.api.explain import needs_phone_tail
from milepost.carriers import registry
from milepost.domain.track import Forecast, Track
from milepost.engine.live import Live
from milepost.engine.norecord import Asked, Reason
from milepost.engine.norecord import explain as why_no_record
from milepost.engine.onetime import OneTimeCodes
from milepost.engine.queries import Queries
from milepost.engine.resolve import BadScanError
from milepost.identify import extract_numbers, identify, lone_number
from milepost.locale import LOCALES
from milepost.locale.han import carrier_in_han
from milepost.pages import Brand, ColdChain, Extras, Missing, Yours
from milepost.pages.links import CODE_OPENS_S, Links
from milepost.web.live import woken

# A pasted mail may be long; nobody pastes more than this by hand.
LONGEST_TEXT = 60_000
LONGEST_NUMBER = 64
MOST_NUMBERS = 100
MOST_CANDIDATES = 5


class PublicLookup:
    """See `pages.ports.Lookup`. Tenants are asked in the order in which they were made."""

    def __init__(
        self,
        queries: Queries,
        live: Live,
        tenants: Callable[[], Sequence[int]],
        down: Callable[[int, str], bool] = lambda _tenant, _carrier: False,
    ) -> None:
        self._queries = queries
        self._live = live
        self._tenants = tenants
        self._down = down

    async def track(self, number: str) -> Track | None:
        found = await self._find(number)
        return found[1] if found else None

    async def tenant_of(self, number: str) -> int | None:
        """Whose road the public page shows for a number."""
        found = await self._find(number)
        return found[0] if found else None

    async def private(self, number: str) -> Track | None:
        """The road with the carrier's words verbatim, for those who have proved themselves."""
        tenant = await self.tenant_of(number)
        found = None if tenant is None else await self._queries.find(tenant, number, private=True)
        return None if found is None else found.track

    @property
    def only_tenant(self) -> int | None:
        """The one whose site this is, where there is but one."""
        tenants = self._tenants()
        return tenants[0] if len(tenants) == 1 else None

    async def track_many(self, numbers: Sequence[str]) -> Mapping[str, Track]:
        found = {number: await self.track(number) for number in numbers[:MOST_NUMBERS]}
        return {number: track for number, track in found.items() if track is not None}

    async def forecasts(self, number: str) -> Sequence[Forecast]:
        found = await self._find(number)
        return [] if found is None else await self._queries.forecasts(found[0], found[1].number)

    def explain(self, number: str) -> Missing:
        answer = identify(number)
        candidates = [(one.carrier, one.probability) for one in answer.candidates]
        return Missing(
            number=answer.number,
            ambiguous=answer.ambiguous,
            candidates=tuple(candidates[:MOST_CANDIDATES]),
            problems=tuple(dict.fromkeys(map(_kind_of, answer.problems))),
            reasons=tuple((one.code, one.proposals) for one in self._reasons(number)),
        )

    def _reasons(self, number: str) -> list[Reason]:
        asked = Asked(number=number, needs_phone_tail=needs_phone_tail, down=self._is_down)
        return why_no_record(asked)

    def _is_down(self, carrier: str) -> bool:
        """Whether any of those who are shown asks in vain at present."""
        return any(self._down(tenant, carrier) for tenant in self._tenants())

    def carrier_name(self, slug: str, locale: str) -> str:
        carrier = registry.find(slug)
        if carrier is None:
            return slug
        if not locale.startswith("zh"):
            return carrier.name
        return carrier_in_han(carrier.name_zh or carrier.name, locale)

    def extract(self, text: str) -> list[str]:
        text = text[:LONGEST_TEXT]
        numbers = extract_numbers(text)
        # One word that looks like no known number is still what the reader wants to look up.
        lone = "" if numbers or len(text) > LONGEST_NUMBER else lone_number(text)
        return numbers or ([lone] if lone else [])

    async def live(self, number: str) -> AsyncIterator[None]:
        found = await self._find(number)
        if found is None:
            return
        tenant, number = found[0], found[1].number
        with self._live.watch(lambda: self._queries.roads_of(tenant, number)) as watch:
            while True:
                if await woken(watch.changed):
                    watch.follow()
                    yield None

    async def _find(self, number: str) -> tuple[int, Track] | None:
        for tenant in self._tenants():
            try:
                found = await self._queries.find(tenant, number)
            except BadScanError:
                continue
            if found is not None:
                return tenant, found.track
        return None


def _kind_of(problem: str) -> str:
    for kind in ("check digit", "length", "characters", "format"):
        if kind in problem:
            return kind.replace(" ", "_")
    return "format"


MOST_LOGO_BYTES = 64 * 1024
PageSettings = Mapping[str, Any]


class PublicExtras(Extras):
    """See `pages.ports.Extras`. `settings_of` gives a tenant's page settings; `cold_chain`,
    `codes` and `yours` are None where there are no sensors, no channels and no vault.
    """

    def __init__(
        self,
        lookup: PublicLookup,
        links: Links,
        settings_of: Callable[[int], Awaitable[PageSettings]],
        cold_chain: Callable[[int, str], Awaitable[ColdChain | None]] | None = None,
        codes: OneTimeCodes | None = None,
        yours: Callable[[int, str], Awaitable[Yours]] | None = None,
    ) -> None:
        self._lookup = lookup
        self._links = links
        self._settings_of = settings_of
        self._cold_chain = cold_chain
        self._codes = codes
        self._yours = yours
        self.sends_codes = codes is not None

    async def proves(self, number: str, token: str) -> bool:
        tenant = await self._lookup.tenant_of(number)
        return tenant is not None and self._links.proves(tenant, number, token)

    async def private(self, number: str) -> Track | None:
        return await self._lookup.private(number)

    async def yours(self, number: str) -> Yours:
        tenant = await self._lookup.tenant_of(number) if self._yours else None
        return (
            Yours() if tenant is None or self._yours is None else await self._yours(tenant, number)
        )

    async def send_code(self, number: str, locale: str = "en") -> None:
        tenant = await self._lookup.tenant_of(number)
        if tenant is not None and self._codes is not None:
            await self._codes.send(tenant, await self._usual(number), locale)

    async def redeem(self, number: str, code: str) -> str | None:
        tenant = await self._lookup.tenant_of(number)
        if tenant is None or self._codes is None:
            return None
        if not await self._codes.redeem(tenant, await self._usual(number), code):
            return None
        return self._links.token(tenant, number, CODE_OPENS_S)[0]

    async def _usual(self, number: str) -> str:
        track = await self._lookup.track(number)
        return number if track is None else track.number

    async def brand(self, number: str | None) -> Brand:
        tenant = await self._lookup.tenant_of(number) if number else self._lookup.only_tenant
        return Brand() if tenant is None else brand_of(await self._settings_of(tenant))

    async def cold_chain(self, number: str) -> ColdChain | None:
        tenant = await self._lookup.tenant_of(number) if self._cold_chain else None
        if tenant is None or self._cold_chain is None:
            return None
        return await self._cold_chain(tenant, number)


def brand_of(settings: PageSettings) -> Brand:
    """The brand of page settings `{name, accent, accent_dark, logo, languages, url}`; the logo is
    a data URL of at most 64 kB. What is none of that is left out.
    """
    text = {name: value for name, value in settings.items() if isinstance(value, str) and value}
    languages = settings.get("languages")
    offered = languages if isinstance(languages, list) else []
    url = text.get("url", "")
    return Brand(
        name=text.get("name", "Milepost")[:60],
        accent=text.get("accent"),
        accent_dark=text.get("accent_dark"),
        logo=_logo(text.get("logo", "")),
        languages=tuple(one for one in offered if one in LOCALES),
        url=url if url.startswith("https://") else None,
    )


def _logo(url: str) -> tuple[str, bytes] | None:
    head, _, body = url.partition(";base64,")
    if not head.startswith("data:image/") or len(body) > MOST_LOGO_BYTES * 4 // 3:
        return None
    try:
        return head.removeprefix("data:"), b64decode(body, validate=True)
    except NotBase64Error:
        return None
