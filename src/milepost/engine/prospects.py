"""What lies ahead of a road: its arrival window, its stops, and what holds it up now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from milepost.domain.event import Event
from milepost.domain.scan import Facts
from milepost.domain.track import Coming, Foreseen, NoticeView, Track
from milepost.domain.whole import Whole
from milepost.engine.foreseen import arrival
from milepost.engine.foresight import Foresight
from milepost.engine.notices import Notices, shown, spot_of
from milepost.engine.roads import Ahead, Roads, coming
from milepost.engine.unfold import whole_of


class Prospects:
    """Says so where there is a past to go by. Whoever learns sets `foresight` and `roads`."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self.notices = Notices()
        self.foresight: Foresight | None = None
        self.roads: Roads | None = None

    def _foreseen(self, tenant: int, track: Track, boxes: Sequence[Whole], now_s: int) -> Track:
        """With our own arrival window, where there is a past to go by: that of the last box."""
        if self.foresight is None or not any(one.events for one in boxes):
            return track
        delays = [self.notices.delay_s(tenant, one, now_s) for one in boxes]
        window = self.foresight.last_window(tenant, boxes, now_s * 1_000_000, delays)
        # A promise says more than a guess, until it is broken.
        promised = [due_s for one in boxes if (due_s := one.shipment.promised_s)]
        kept = track.promise is not None and max(promised, default=now_s) >= now_s
        if window is None or (window.guess and (kept or track.destination is None)):
            return track
        return msgspec.structs.replace(track, arrival=arrival(window, track.destination))

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
