"""What the sample network gives: registrations of shipments and what becomes known of them."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field

from milepost.domain.place import Place
from milepost.domain.scan import LinkedNumber, Scan


class RegisteredParcel(Struct, frozen=True, kw_only=True):
    """One box: its tracking numbers in the order of travel."""

    numbers: tuple[LinkedNumber, ...]


class Registration(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shipment as a merchant registers it. Money in hundredths of `currency`.

    `category` is `fragile`, `cold_chain`, `high_value`, `cross_border` or `bulky`.
    `consignee` has `name`, `phone` and `address`, all invented.
    """

    order_number: str | None
    parcels: tuple[RegisteredParcel, ...]
    origin: Place | None = None
    destination: Place | None = None
    promised_from: datetime | None = None
    promised_to: datetime | None = None
    category: str | None = None
    value_cents: int | None = None
    currency: str | None = None
    goods: str | None = None
    hs_code: str | None = None
    packing: str | None = None
    consignee: dict[str, str] = field(default_factory=dict)
    synthetic: bool = True


class Step(Struct, frozen=True, kw_only=True):
    """What becomes known to Milepost at one instant: a registration, scans, or a raw payload.

    `payload` is what `source` would post to `/v1/intake/{source}`, or a device to
    `/v1/devices/{report}`. `takes_back` is an earlier scan
    that the one scan of this step takes back: whoever plays the step knows that event's id and
    sends the scan with it in `retracts`.
    """

    at: datetime
    scans: tuple[Scan, ...] = ()
    registration: Registration | None = None
    source: str | None = None
    report: str | None = None
    payload: bytes | None = None
    takes_back: Scan | None = None
