"""Foresight on a running server: learns from what is delivered, warns of what is likely late."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice

import structlog

from milepost.api import foresight as api
from milepost.domain.alert import Finding
from milepost.domain.marks import PROMISE
from milepost.engine.foresight import ABNORMAL, ENDS, Foresight, no_models
from milepost.engine.rows import Group
from milepost.engine.secondlook import Looked
from milepost.eta.facts import Window
from milepost.eta.lanes import LaneTable
from milepost.eta.models import ModelStore
from milepost.eta.ports import Predictor
from milepost.eta.training import train
from milepost.rules.since import seen_s
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features._lessons import SLOWLY, Rounds, gently
from milepost.wiring.features._waits import UsualWaits
from milepost.wiring.features._windows import windows_of

log = structlog.get_logger()
PAUSE_S = 0.5
# At most this share of a core, however many are announced: of the rest nothing is kept.
MOST_AT_ONCE = 50
MOST_WAITING = 20_000
REFRESH_EVERY_US = 600_000_000
REFRESH_AFTER = 500
FIRST_LESSONS = 5_000
FEWEST_LESSONS = 5_000
LOOK_EVERY_S = 10.0
TRAIN_EVERY_US = 86_400_000_000
RULES = ("promise_at_risk", "silence_abnormal")
# Odds move a little with every road that is learned: what is open clears only well below.
AT_RISK, NO_LONGER_AT_RISK = 0.5, 0.4
NORMAL = 0.96  # an abnormal silence is so no longer
FEWEST = 50
MOST_WATCHED = 500_000
WATCH_AGAIN_S = 1_800


class ForesightFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._engine = context.engine
        self._foresight = Foresight()
        self._announced: dict[int, None] = {}
        self._watched = Rounds(WATCH_AGAIN_S, MOST_WATCHED)
        self._refreshed_us = 0
        self._ready = asyncio.Event()  # the past has taught, and shows
        self._heeded = 0
        self._models = ModelStore(context.settings.data / "models")
        self._version: str | None = None
        self._drifting: set[tuple[int, tuple[str, ...], str]] = set()

    async def start(self) -> None:
        self._engine.queries.foresight = self._foresight
        self._engine.after_commit.append(self._note)
        self._context.lessons.join(self._learn, ENDS, past=FIRST_LESSONS, of_past="delivered")
        if not self._engine.shard.states:  # there is no past to wait for
            self._ready.set()
        self._engine.queries.notices.usual = UsualWaits(self._engine, self._foresight, self._ready)
        self._begin()
        work = (self._run(), self._keep_fresh(), self._keep_models())
        self._tasks = [asyncio.create_task(one) for one in work]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def endpoints(self) -> Sequence[Endpoint]:
        return api.endpoints(self._foresight, lambda: self._version)

    def _note(self, group: Group) -> None:
        """After every commit, so on the hot path: most scans are no promise."""
        road_of, standing = self._engine.shard.road_of, self._engine.desk.standing
        for row in group.rows:
            event = row.event
            if event.code == PROMISE:
                self._watched.add(road_of(event.parcel))
            # What is open may be over with the next scan: a silence certainly is.
            elif standing and (road := road_of(event.parcel)) in standing and self._warned(road):
                self._watched.add(road)
        for fact in group.facts:
            if self._engine.owns(road_of(fact.parcel)):
                self._watched.add(road_of(fact.parcel))
            if len(self._announced) < MOST_WAITING:
                self._announced[road_of(fact.parcel)] = None

    def _warned(self, road: int) -> bool:
        return not self._engine.desk.standing[road].keys().isdisjoint(RULES)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_S * (SLOWLY if self._engine.busy else 1))
            if self._engine.pressed:
                continue
            try:
                await self._open()
                await self._watch()
            except ConnectionError as error:
                log.warning("foresight_retry", error=repr(error))

    def _begin(self) -> None:
        """After a start: what stands, and what was promised, is watched again."""
        for road in [*filter(self._warned, self._engine.desk.standing), *self._promised()]:
            self._watched.add(road)

    def _promised(self) -> list[int]:
        """The roads under way of which anything was promised or taken back (bytes 4 and 5)."""
        states = self._engine.shard.states.items()
        return [road for road, one in states if one[4:6] != b"\0\0" and one[1] not in ENDS]

    async def _keep_models(self) -> None:
        """A model that was trained or rolled back elsewhere is used from now on; and once a day
        the tenants' own roads train a new one, beside the answering.
        """
        trained_us = self._context.now_us()
        while True:
            self._swap()
            await asyncio.sleep(LOOK_EVERY_S)
            if self._context.now_us() - trained_us > TRAIN_EVERY_US:
                trained_us = self._context.now_us()
                await self._train()

    def _swap(self) -> None:
        version = self._models.current
        if version == self._version:
            return
        try:
            self._foresight.swap_models(self._loaded)
        except (ImportError, OSError, ValueError) as error:  # without the extra, tables answer
            log.warning("model_not_used", version=version, error=repr(error))
            self._foresight.swap_models(no_models)
        self._version = version

    def _loaded(self, lanes: LaneTable) -> tuple[Predictor, ...]:
        return self._models.predictors(lanes)

    async def _train(self) -> None:
        """From the largest tenant's roads: a model of few roads is worth less than the table."""
        tenants = await self._context.milepost.store.accounts.tenants()
        lessons = max((self._foresight.lessons(one) for one, _ in tenants), key=len, default=[])
        if len(lessons) < FEWEST_LESSONS:
            return
        try:
            # The LSTM takes a minute more: it is learned anew where it is what was chosen.
            lstm = "lstm_after_scans" in self._models.speaks
            trained = await asyncio.to_thread(train, lessons, with_lstm=lstm)
        except (ImportError, ValueError) as error:
            log.info("not_trained", error=repr(error))
            return
        made_us = self._context.now_us()
        manifest = self._models.save(trained, command="daily training", made_us=made_us)
        if trained.better:
            self._models.use(manifest.version)
        log.info("trained", version=manifest.version, better=trained.better, roads=trained.roads)

    def _learn(self, road: int, looked: Looked) -> None:
        """A road has ended: nothing that was foretold of it stands any more."""
        self._foresight.learn(looked.tenant, road, looked.whole)
        self._watched.drop(road)
        self._settle(road, looked, {})

    async def _open(self) -> None:
        """Some of the shipments that were announced since the last time."""
        roads = list(islice(self._announced, MOST_AT_ONCE))
        found = await self._engine.queries.wholes(roads)
        for road in roads:
            self._announced.pop(road, None)
        for road, looked in found.items():
            self._foresight.open(looked.tenant, road, looked.whole)
            await asyncio.sleep(0)

    async def _keep_fresh(self) -> None:
        """Answers that are kept ready are told as they are: in half a minute they are made anew."""
        while True:
            await asyncio.sleep(PAUSE_S)
            now_us, fresh = self._context.now_us(), self._foresight.fresh
            recalled = self._context.lessons.recalled.is_set() and not self._ready.is_set()
            due = recalled or now_us - self._refreshed_us > REFRESH_EVERY_US
            if fresh >= REFRESH_AFTER or (fresh and due):
                await gently(self._foresight.refreshing(now_us))
                self._refreshed_us = now_us
                self._tell_drift()
            if recalled:
                self._ready.set()
                # What was put off until now is due at the time at which it always was.
                self._engine.circumstances.wind(self._engine.policies.excused_roads)

    def _tell_drift(self) -> None:
        """Once when the world has changed for a group of lanes, and once when it is calm again."""
        now = self._foresight.drifting
        for tenant, group, kind in sorted(now - self._drifting):
            log.warning("world_has_changed", tenant=tenant, lanes=group[1:], kind=kind)
        for tenant, group, kind in sorted(self._drifting - now):
            log.info("world_is_calm_again", tenant=tenant, lanes=group[1:], kind=kind)
        self._drifting = now

    async def _watch(self) -> None:
        """Some of the roads that something was promised for: will it be kept?"""
        notices = self._engine.queries.notices.changes
        if notices != self._heeded:  # a closure counts into every promise that it touches
            self._heeded = notices
            self._watched.again()
        now_s = self._context.now_us() // 1_000_000
        due = self._watched.take(MOST_AT_ONCE, now_s)
        looks = await self._engine.queries.wholes(due)
        windows = windows_of(self._engine.queries, looks.values(), now_s)
        for (road, looked), window in zip(looks.items(), windows, strict=True):
            self._foresight.follow(road, looked.whole)
            standing = {one.rule: one.since_s for one in self._engine.desk.of(road)}
            self._settle(road, looked, self._findings(looked, window, now_s, standing))

    def _findings(
        self, looked: Looked, window: Window | None, now_s: int, standing: Mapping[str, int]
    ) -> dict[str, Finding]:
        """`standing`: what is open already, and since when; it takes better odds to clear it than
        to open it, and further scans do not make it younger.
        """
        tenant, whole, now_us = looked.tenant, looked.whole, now_s * 1_000_000
        found: dict[str, Finding] = {}
        promised_s = whole.shipment.promised_s
        if window is not None and promised_s is not None and now_s <= promised_s:
            odds = window.late_odds
            limit = NO_LONGER_AT_RISK if "promise_at_risk" in standing else AT_RISK
            if odds is not None and odds > limit and not window.guess:
                detail = {"late_pm": round(1000 * odds), "promised_s": promised_s,
                          "likely_s": window.p50_us // 1_000_000}  # fmt: skip
                since_s = standing.get("promise_at_risk", whole.shipment.last_s)
                found["promise_at_risk"] = Finding(
                    "promise_at_risk", "warning", since_s, {**detail}
                )
        silence = self._foresight.silence(tenant, whole, now_us)
        limit = NORMAL if "silence_abnormal" in standing else ABNORMAL
        if silence is not None and silence.evidence >= FEWEST and silence.heard_by_now > limit:
            told = {"usual_h": round(24 * silence.usual_days, 1),
                    "heard_pm": round(1000 * silence.heard_by_now)}  # fmt: skip
            last_s = seen_s(whole.shipment)
            found["silence_abnormal"] = Finding("silence_abnormal", "warning", last_s, {**told})
        return found

    def _settle(self, road: int, looked: Looked, found: dict[str, Finding]) -> None:
        desk = self._engine.desk
        ended = desk.by_event(road, seen_s(looked.whole.shipment))
        desk.settle(looked.tenant, road, looked.number, RULES, found, ended)


def open_feature(context: Context) -> Feature:
    return ForesightFeature(context)
