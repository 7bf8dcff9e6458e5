"""What lies ahead of a road: its arrival window, its stops, and what holds it up now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple, Protocol

import msgspec

from milepost.domain.event import Event
from milepost.domain.scan import Facts
from milepost.domain.track import Coming, Forecast, Foreseen, NoticeView, Track
from milepost.domain.whole import Whole
from milepost.engine.forecasts import forecasts
from milepost.engine.foreseen import arrival
from milepost.engine.foresight import Foresight
from milepost.engine.notices import Notices, shown, spot_of
from milepost.engine.roads import Ahead, Roads, coming
from milepost.engine.unfold import whole_of
from milepost.eta.facts import Window


class Asked(NamedTuple):
    """When does the last of these boxes come? `delays_s`: by what notices say how much later."""

    tenant: int
    boxes: Sequence[Whole]
    delays_s: Sequence[int]
    now_us: int


class Owners(Protocol):
    """Other processes, each of which has learned from roads of its own. Raise TimeoutError."""

    def reaches(self, road: int) -> bool:
        """Whether a road has another owner who answers."""
        ...

    async def window(self, road: int, asked: Asked) -> Window | None: ...

    async def forecasts(self, road: int, asked: Asked) -> list[Forecast]: ...


class Prospects:
    """Says so where there is a past to go by. Whoever learns sets `foresight` and `roads`."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self.notices = Notices()
        self.foresight: Foresight | None = None
        self.roads: Roads | None = None
        # Who is asked about roads that are not ours; None where all are.
        self.owners: Owners | None = None

    async def _foreseen(
        self, tenant: int, track: Track, boxes: Sequence[Whole], now_s: int, road: int
    ) -> Track:
        """With our own arrival window, where there is a past to go by: that of the last box."""
        if self.foresight is None or not any(one.events for one in boxes):
            return track
        window = await self._window(road, self._asked(tenant, boxes, now_s))
        # A promise says more than a guess, until it is broken.
        promised = [due_s for one in boxes if (due_s := one.shipment.promised_s)]
        kept = track.promise is not None and max(promised, default=now_s) >= now_s
        if window is None or (window.guess and (kept or track.destination is None)):
            return track
        return msgspec.structs.replace(track, arrival=arrival(window, track.destination))

    def _asked(self, tenant: int, boxes: Sequence[Whole], now_s: int) -> Asked:
        delays_s = [self.notices.delay_s(tenant, one, now_s) for one in boxes]
        return Asked(tenant, boxes, delays_s, now_s * 1_000_000)

    async def _window(self, road: int, asked: Asked) -> Window | None:
        """By whoever has learned from such roads; by us while he is away."""
        if self.owners is not None and self.owners.reaches(road):
            with suppress(TimeoutError):
                return await self.owners.window(road, asked)
        assert self.foresight is not None
        tenant, boxes, delays_s, now_us = asked
        return self.foresight.last_window(tenant, boxes, now_us, delays_s)

    async def _forecasts(
        self, tenant: int, boxes: Sequence[Whole], now_s: int, road: int
    ) -> list[Forecast]:
        """Every window of it, oldest first; of whom as above."""
        if self.foresight is None:
            return []
        asked = self._asked(tenant, boxes, now_s)
        if self.owners is not None and self.owners.reaches(road):
            with suppress(TimeoutError):
                return await self.owners.forecasts(road, asked)
        return forecasts(self.foresight, tenant, boxes, asked.delays_s, asked.now_us)

    def ahead(self, tenant: int, track: Track) -> list[Ahead]:
        """The road ahead of each box; none where no network is learned."""
        now_s = self._now_us() // 1_000_000
        return self.roads.ahead(tenant, track, now_s) if self.roads is not None else []

    def foreseen(self, tenant: int, track: Track) -> Track:
        """The same, and it can be asked for what lies ahead."""
        given = {name: getattr(track, name) for name in Track.__struct_fields__}
        return Foreseen(**given, ahead=partial(self._coming, tenant, track))

    def _coming(self, tenant: int, track: Track) -> Sequence[Coming]:
        found = self.ahead(tenant, track) if len(track.parcels) == 1 else []
        return coming(found[0]) if found else ()

    def _notices(
        self, tenant: int, events: Sequence[Event], facts: Sequence[Facts], now_s: int
    ) -> list[NoticeView]:
        if tenant not in self.notices:
            return []
        spot = spot_of(whole_of(events, facts))
        return shown(self.notices.touching(tenant, spot, now_s), now_s)
