"""An order, what can be chosen for it, and what is known of a lane."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

from milepost.carbon.model import Mode, Point
from milepost.domain.place import Place
from milepost.engine.lane_guess import Guess
from milepost.engine.tariff import End, Price, Tariff

Preference = Literal["cheap", "fast", "reliable", "green", "balanced"]
Source = Literal["record", "guess"]

# Fewer shipments than that say little; their record is shown and marked.
FEW = 30


class LaneRecord(Protocol):
    """What is known of a carrier's service on a lane, for goods of one kind if they were named."""

    @property
    def p50_h(self) -> float:
        """Hours from hand-over to delivery that half of the shipments need at most."""

    @property
    def p90_h(self) -> float: ...

    @property
    def kept_pm(self) -> int | None:
        """Of 1,000 promises so many were kept."""

    @property
    def damaged_pm(self) -> int | None: ...

    @property
    def customs_held_pm(self) -> int | None:
        """Of 1,000 shipments so many were held by customs."""

    @property
    def samples(self) -> int: ...


class LaneRecords(Protocol):
    """Where lanes' records come from."""

    async def lane_record(
        self,
        tenant: int,
        *,
        carrier: str,
        service: str,
        origin: Place,
        destination: Place,
        category: str | None,
    ) -> LaneRecord | None: ...


class Order(Struct, frozen=True, kw_only=True):
    """What is to be sent. `within_h`: what the buyer was promised, from hand-over."""

    origin: Place
    destination: Place
    weight_g: Annotated[int, Meta(ge=1, le=10**9)]
    volume_cm3: Annotated[int, Meta(ge=0, le=10**11)] | None = None
    category: Annotated[str, Meta(max_length=64)] | None = None
    within_h: Annotated[float, Meta(ge=0, le=10_000)] | None = None


class Why(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reason: its code, and its text by language."""

    code: str
    text: dict[str, str] = {}


class Option(Struct, frozen=True, kw_only=True):
    """One carrier and service. `score_pm` compares the options of one answer only.

    `basis`: whether times and odds are a `record` of `samples` shipments or a `guess`.
    """

    carrier: str
    service: str
    mode: Mode
    price_minor: int
    currency: str
    zone: str
    charged_g: int
    surcharges_minor: dict[str, int]
    p50_h: float | None
    p90_h: float | None
    kept_pm: int | None
    damaged_pm: int | None
    customs_held_pm: int | None
    samples: int
    basis: Source
    in_time_pm: int | None
    carbon_g: int | None
    carbon_low_g: int | None
    carbon_high_g: int | None
    carbon_points: int
    score_pm: int
    reasons: tuple[Why, ...]


class Candidate(Struct, frozen=True, kw_only=True):
    """A tariff that serves the order, with what is known of its lane."""

    tariff: Tariff
    price: Price
    record: LaneRecord | None
    guessed: Guess | None
    carbon: tuple[int, int, int] | None


class Ends(Struct, frozen=True, kw_only=True):
    """Both ends of an order, for prices and for distances."""

    origin: End
    destination: End
    origin_point: Point | None
    destination_point: Point | None
