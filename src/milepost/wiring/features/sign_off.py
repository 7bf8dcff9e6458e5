"""What was handed in as evidence proves a delivery as well as what its scan brings."""

from __future__ import annotations

from collections.abc import Collection

from milepost.engine.secondlook import Looked
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features.personal import PersonalFeature


class SignOffFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context, self._engine = context, context.engine

    async def start(self) -> None:
        self._desk = self._context.feature(PersonalFeature).desk
        self._desk.after_keep.append(self._kept)
        self._engine.second_look.proofs = self._on_file

    async def _on_file(self, looked: Looked) -> Collection[str]:
        """The kinds that are there and did not fail."""
        pieces = await self._desk.pieces(looked.tenant, looked.number)
        return {one.kind for one in pieces if one.detail.passed is not False}

    def _kept(self, parcel: int) -> None:
        road = self._engine.shard.road_of(parcel)
        if self._engine.owns(road):
            self._engine.second_look.ask([road])


def open_feature(context: Context) -> Feature:
    return SignOffFeature(context)
