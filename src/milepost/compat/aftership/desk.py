"""What all calls about trackings share: finding a tracking, its road, and showing it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from milepost.compat.aftership import VENDOR, ids, shape, versions
from milepost.compat.aftership.answering import Asked
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.slugs import UNRECOGNIZED, carrier_for, slug_for
from milepost.compat.core import CompatServices, Watch
from milepost.domain.track import Track
from milepost.engine.resolve import BadScanError

_ALWAYS = ("id", "tracking_number", "slug")


class Desk(Struct, frozen=True):
    """The services, with the questions that several calls ask."""

    services: CompatServices

    async def found(self, asked: Asked) -> Watch:
        """The tracking that the path names, by id or by slug and number. Raises FaultError."""
        if "slug" in asked.path:
            watch = await self._of_number(asked)
        else:
            watch = await self._of_id(asked, asked.path["id"])
        if watch is None:
            raise FaultError(4004)
        return watch

    async def _of_number(self, asked: Asked) -> Watch | None:
        slug = asked.path["slug"].lower()
        if slug != UNRECOGNIZED and carrier_for(self.services.crosswalk, slug) is None:
            raise FaultError(4010)
        found = await self.services.watches.get(asked.tenant, VENDOR, asked.path["number"])
        for watch in found:
            if watch.carrier_code == slug:
                return watch
        # Made without a carrier: it goes by the one that turned out to have it.
        for watch in found:
            if watch.carrier_code is None and await self._goes_by(watch, slug):
                return watch
        return None

    async def _goes_by(self, watch: Watch, slug: str) -> bool:
        track = await self.road(watch)
        carrier = track.carrier if track else None
        return (slug_for(self.services.crosswalk, carrier) or UNRECOGNIZED) == slug

    async def _of_id(self, asked: Asked, text: str) -> Watch | None:
        number = ids.kept_under(asked.tenant, text)
        if number is not None:
            return await self.services.watches.by_id(asked.tenant, VENDOR, number)
        if asked.reaches(versions.layout().own_ids):
            return await self.own(asked.tenant, text)
        if not ids.is_made(text):
            raise FaultError(4015)
        return None

    async def own(self, tenant: int, own_id: str) -> Watch | None:
        """The tracking to which a client gave an id of its own."""
        if not ids.may_be_own(own_id):
            return None
        found = await self.services.watches.page(tenant, VENDOR, limit=1, filters={"id": own_id})
        return found[0] if found else None

    async def road(self, watch: Watch) -> Track | None:
        """The road of a tracking, None where nothing is known yet."""
        try:
            return await self.services.queries.track(watch.tenant, watch.number, private=True)
        except BadScanError:
            return None

    async def newest(self, watch: Watch) -> dict[str, Any]:
        """A tracking as the newest version shows it."""
        return shape.tracking(watch, await self.road(watch), self.view())

    async def shown(self, asked: Asked, watch: Watch) -> dict[str, Any]:
        """A tracking as the version asked shows it, with all or the wanted fields."""
        return self.dressed(asked, await self.newest(watch))

    def dressed(self, asked: Asked, newest: dict[str, Any]) -> dict[str, Any]:
        """The same of a shape made already; changes what is given."""
        shown = versions.older_tracking(newest, asked.version)
        if not (wanted := split(asked.query.get("fields"))):
            return shown
        keep = {*_ALWAYS, *wanted}
        return {name: value for name, value in shown.items() if name in keep}

    def view(self) -> shape.View:
        one = self.services
        return shape.View(one.crosswalk, one.base_url, one.now_us() // 1_000_000)


def split(text: str | None) -> list[str]:
    """The values of a parameter that takes several."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]
