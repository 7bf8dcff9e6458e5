"""Foresight on a running server: learns from what is delivered, warns of what is likely late."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from milepost.domain.alert import Finding
from milepost.domain.marks import PROMISE
from milepost.engine.foresight import Foresight, ends, no_models
from milepost.engine.ports import Group, ListFilter
from milepost.engine.secondlook import Looked
from milepost.eta.lanes import LaneTable
from milepost.eta.models import ModelStore
from milepost.eta.ports import Predictor
from milepost.eta.training import train
from milepost.wiring.feature import Context, Feature

log = structlog.get_logger()
PAUSE_S = 0.5
# At most this share of a core, however many parcels arrive: the rest teaches nothing.
MOST_AT_ONCE = 50
MOST_WAITING = 20_000
REFRESH_EVERY_US = 600_000_000
REFRESH_AFTER = 500
FIRST_LESSONS = 5_000
FEWEST_LESSONS = 5_000
LOOK_EVERY_S = 10.0
TRAIN_EVERY_US = 86_400_000_000
RULES = ("promise_at_risk", "silence_abnormal")
AT_RISK = 0.5
# Of a hundred such silences, two last so long.
ABNORMAL = 0.98
FEWEST = 50
MOST_WATCHED = 500_000
WATCH_AGAIN_S = 1_800


class ForesightFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._engine = context.engine
        self._foresight = Foresight()
        self._delivered: dict[int, None] = {}
        self._announced: dict[int, None] = {}
        self._watched: dict[int, int] = {}  # road → when to look again
        self._refreshed_us = 0
        self._models = ModelStore(context.settings.data / "models")
        self._version: str | None = None

    async def start(self) -> None:
        self._engine.queries.foresight = self._foresight
        self._engine.after_commit.append(self._note)
        work = (self._run(), self._begin(), self._keep_models())
        self._tasks = [asyncio.create_task(one) for one in work]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _note(self, group: Group) -> None:
        """After every commit, so on the hot path: most scans are neither an end nor a promise."""
        road_of = self._engine.shard.road_of
        for row in group.rows:
            event = row[2]
            if event.code == PROMISE:
                if len(self._watched) < MOST_WATCHED:
                    self._watched[road_of(event.parcel)] = 0
            elif ends(event) and len(self._delivered) < MOST_WAITING:
                self._delivered[road_of(event.parcel)] = None
        for fact in group.facts:
            if len(self._announced) < MOST_WAITING:
                self._announced[road_of(fact.parcel)] = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_S)
            if self._engine.pressed:
                continue
            try:
                await self._learn()
                await self._watch()
            except ConnectionError as error:
                log.warning("foresight_retry", error=repr(error))

    async def _begin(self) -> None:
        """After a start: the newest delivered roads of every tenant teach what was known before."""
        with suppress(ConnectionError):
            for tenant, _ in await self._context.milepost.store.accounts.tenants():
                await self._recall(tenant)

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
        model = self._models.load(lanes)
        return () if model is None else (model,)

    async def _train(self) -> None:
        """From the largest tenant's roads: a model of few roads is worth less than the table."""
        tenants = await self._context.milepost.store.accounts.tenants()
        lessons = max((self._foresight.lessons(one) for one, _ in tenants), key=len, default=[])
        if len(lessons) < FEWEST_LESSONS:
            return
        try:
            trained = await asyncio.to_thread(train, lessons)
        except (ImportError, ValueError) as error:
            log.info("not_trained", error=repr(error))
            return
        made_us = self._context.now_us()
        manifest = self._models.save(trained, command="daily training", made_us=made_us)
        if trained.better:
            self._models.use(manifest.version)
        log.info("trained", version=manifest.version, better=trained.better, roads=trained.roads)

    async def _recall(self, tenant: int) -> None:
        after, left = None, FIRST_LESSONS
        while left > 0:
            wanted = ListFilter(main="delivered", limit=200, after=after)
            rows = await self._context.ledger.list_shipments(tenant, wanted)
            if not rows:
                return
            after, left = (rows[-1].last_s, rows[-1].id), left - len(rows)
            self._delivered |= {row.id: None for row in rows}
            # As many as are learned in the meantime, so that what is delivered now comes first.
            await asyncio.sleep(PAUSE_S * len(rows) / MOST_AT_ONCE)

    async def _learn(self) -> None:
        """From some of the roads that have ended, or begun, since the last time."""
        for waiting, teach in (
            (self._announced, self._foresight.open), (self._delivered, self._foresight.learn),
        ):  # fmt: skip
            for road, looked in (await self._take(waiting)).items():
                teach(looked.tenant, road, looked.whole)
                if waiting is self._delivered:
                    self._watched.pop(road, None)
                    self._settle(road, looked, {})
                await asyncio.sleep(0)
        self._refresh()

    async def _take(self, waiting: dict[int, None]) -> dict[int, Looked]:
        roads = list(waiting)[:MOST_AT_ONCE]
        found = await self._engine.queries.wholes(roads)
        for road in roads:
            waiting.pop(road, None)
        return found

    def _refresh(self) -> None:
        now_us = self._context.now_us()
        fresh = self._foresight.fresh
        due = now_us - self._refreshed_us > REFRESH_EVERY_US
        if fresh >= REFRESH_AFTER or (fresh and due):
            self._foresight.refresh(now_us)
            self._refreshed_us = now_us
            if self._engine.answers is not None:
                self._engine.answers.clear()

    async def _watch(self) -> None:
        """Some of the roads that something was promised for: will it be kept?"""
        now_s = self._context.now_us() // 1_000_000
        due = [road for road, at_s in self._watched.items() if at_s <= now_s][:MOST_AT_ONCE]
        found = await self._engine.queries.wholes(due)
        for road in due:
            self._watched[road] = now_s + WATCH_AGAIN_S
            if road in found:
                self._settle(road, found[road], self._findings(found[road], now_s))

    def _findings(self, looked: Looked, now_s: int) -> dict[str, Finding]:
        tenant, whole, now_us = looked.tenant, looked.whole, now_s * 1_000_000
        found: dict[str, Finding] = {}
        window = self._foresight.window(tenant, whole, now_us)
        promised_s = whole.shipment.promised_s
        if window is not None and promised_s is not None and now_s <= promised_s:
            odds = window.late_odds
            if odds is not None and odds > AT_RISK and not window.guess:
                detail = {"late_pm": round(1000 * odds), "promised_s": promised_s,
                          "likely_s": window.p50_us // 1_000_000}  # fmt: skip
                since_s = whole.shipment.last_s
                found["promise_at_risk"] = Finding(
                    "promise_at_risk", "warning", since_s, {**detail}
                )
        silence = self._foresight.silence(tenant, whole, now_us)
        if silence is not None and silence.evidence >= FEWEST and silence.heard_by_now > ABNORMAL:
            told = {"usual_h": round(24 * silence.usual_days, 1),
                    "heard_pm": round(1000 * silence.heard_by_now)}  # fmt: skip
            last_s = whole.shipment.last_s
            found["silence_abnormal"] = Finding("silence_abnormal", "warning", last_s, {**told})
        return found

    def _settle(self, road: int, looked: Looked, found: dict[str, Finding]) -> None:
        self._engine.desk.settle(looked.tenant, road, looked.number, RULES, found)


def open_feature(context: Context) -> Feature:
    return ForesightFeature(context)
