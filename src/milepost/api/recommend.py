"""`/v1/tariffs` and `/v1/recommendations`: what carriers charge, and which to take."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from milepost.engine.advising import Adviser
from milepost.engine.recommend import Option, Order, Preference
from milepost.engine.tariff import Tariff
from milepost.engine.tariff_csv import tariffs_of
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

CSV = "text/csv"
_MOST_BYTES = 8 * 1024 * 1024


class TariffList(Struct, frozen=True):
    """All tariffs of the tenant."""

    tariffs: Annotated[list[Tariff], Meta(max_length=1000)]


class RecommendationBody(Struct, frozen=True, kw_only=True):
    """An order, and what counts most: `cheap`, `fast`, `reliable`, `green` or `balanced`."""

    order: Order
    prefer: Preference = "balanced"


class Recommendation(Struct, frozen=True, kw_only=True):
    """The options, the best first; empty where no tariff serves the order. `synthetic`: tariffs
    and records are made up.
    """

    prefer: Preference
    options: list[Option]
    synthetic: bool = False


_decode = msgspec.json.Decoder(TariffList).decode


def endpoints(
    adviser: Adviser, now_us: Callable[[], int], synthetic: Callable[[int], bool]
) -> list[Endpoint]:
    """`synthetic`: whether a tenant's data are made up."""
    shared: dict[str, Any] = {"tag": "recommendations"}
    return [
        Endpoint(
            method="PUT",
            path="/v1/tariffs",
            handler=partial(put, adviser, now_us),
            summary="Replace all tariffs: JSON, or CSV with a weight step a row",
            scope="write",
            body=TariffList,
            raw_body=True,
            answer=TariffList,
            most_bytes=_MOST_BYTES,
            **shared,
        ),
        Endpoint(
            method="GET",
            path="/v1/tariffs",
            handler=partial(show, adviser),
            summary="All tariffs",
            answer=TariffList,
            **shared,
        ),
        Endpoint(
            method="POST",
            path="/v1/recommendations",
            handler=partial(recommend, adviser, synthetic),
            summary="Carriers and services for an order, ranked",
            body=RecommendationBody,
            answer=Recommendation,
            **shared,
        ),
    ]


async def put(adviser: Adviser, now_us: Callable[[], int], call: Call) -> TariffList:
    wanted = _read(call)
    names = [(one.carrier, one.service) for one in wanted]
    if len(set(names)) < len(names):
        raise ProblemError(422, "A carrier's service is there twice.")
    await adviser.tariffs.replace(call.caller.tenant, wanted, now_us())
    return TariffList(await adviser.tariffs.tariffs(call.caller.tenant))


def _read(call: Call) -> list[Tariff]:
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == CSV:
            return tariffs_of(call.body.decode("utf-8-sig"))
        return _decode(call.body).tariffs
    except UnicodeDecodeError:
        raise ProblemError(400, "The body is not UTF-8.") from None
    except msgspec.ValidationError as error:
        raise ProblemError(422, str(error)) from None
    except msgspec.DecodeError as error:
        raise ProblemError(400, f"The body is not valid JSON: {error}") from None
    except ValueError as error:
        raise ProblemError(422, f"CSV: {error}") from None


async def show(adviser: Adviser, call: Call) -> TariffList:
    return TariffList(await adviser.tariffs.tariffs(call.caller.tenant))


async def recommend(
    adviser: Adviser, synthetic: Callable[[int], bool], call: Call
) -> Recommendation:
    body: RecommendationBody = call.body
    tenant = call.caller.tenant
    options = await adviser.advise(tenant, body.order, body.prefer)
    return Recommendation(prefer=body.prefer, options=options, synthetic=synthetic(tenant))
