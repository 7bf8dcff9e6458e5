"""What the goods of a shipment need: labels, checks with what is known of each, and the limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from milepost.domain.care import Limits
from milepost.domain.scan import Facts
from milepost.domain.track import Track
from milepost.engine.checked import goods_of
from milepost.engine.policy_terms import Profile, TenantPolicy, cares_of, profile_of, resolve
from milepost.rules.care import limits_of

# Of the sensors' limits, those that say how a limit is kept.
_FINE = ("hysteresis_mc", "hysteresis_pm")


class NeededCheck(Struct, frozen=True):
    """A check, or a proof of the delivery (`proof`). `state` is `passed`, `failed`, `open` or, once
    the road is over and nobody has told, `missing`. `at`: when, as the record has it.
    """

    name: str
    proof: bool
    state: str
    at: str | None = None


class CareCard(Struct, frozen=True):
    """`limits` are (name, value) pairs: those of the policy that are not a plain shipment's, and
    what sensors may measure.
    """

    categories: list[str]
    labels: list[str]
    checks: list[NeededCheck]
    limits: list[tuple[str, int]]


def care_card(track: Track, beside: Mapping[str, Any]) -> CareCard | None:
    """None where the goods need no care. `beside` has the API's answers on `policy`, `limits` (what
    sensors may measure) and `evidence`, each where there is one.
    """
    cares = track.care or goods_of(track.categories)
    if not cares:
        return None
    categories = [one.category for one in cares]
    policy, sensors = beside.get("policy"), beside.get("limits")
    own = msgspec.convert(policy["own"], TenantPolicy) if policy else TenantPolicy()
    held = resolve(own, profile_of([_facts(track)]))
    names = dict.fromkeys(name for care in cares for name in care.checks)
    checks = [one for one in names if one not in held.sign_off]
    limits = (
        msgspec.convert(sensors["limits"], Limits)
        if sensors
        else limits_of(categories, cares_of(own))
    )
    pieces = (beside.get("evidence") or {}).get("evidence", ())
    return CareCard(
        categories=categories,
        labels=list(dict.fromkeys(name for care in cares for name in care.labels)),
        checks=[
            *(
                _check(one, track, pieces, proof=False)
                for one in checks
                if one not in held.sign_off
            ),
            *(_check(one, track, pieces, proof=True) for one in held.sign_off),
        ],
        limits=[*_of_policy(held, resolve(own, Profile())), *_of_sensors(limits)],
    )


def _facts(track: Track) -> Facts:
    return Facts(
        number=track.number, carrier=track.carrier, service=track.service, origin=track.origin,
        destination=track.destination, categories=tuple(track.categories),
    )  # fmt: skip


def _check(
    name: str, track: Track, pieces: Sequence[Mapping[str, Any]], *, proof: bool
) -> NeededCheck:
    """By what scans say; else by a file of the proof of delivery."""
    told = next((one for one in track.checks if one.name == name), None)
    if told is not None and told.passed:
        return NeededCheck(name, proof, "passed", told.at)
    piece = next((one for one in pieces if one["kind"] == name), None)
    if piece is not None and piece.get("passed") is not False:
        return NeededCheck(name, proof, "passed", piece["received_at"])
    if told is not None or piece is not None:
        at = told.at if told is not None else piece["received_at"] if piece is not None else None
        return NeededCheck(name, proof, "failed", at)
    over = track.status.main in ("delivered", "returned")
    return NeededCheck(name, proof, "missing" if over else "open")


def _of_policy(held: msgspec.Struct, plain: msgspec.Struct) -> list[tuple[str, int]]:
    now, usual = msgspec.structs.asdict(held), msgspec.structs.asdict(plain)
    return [
        (name, value)
        for name, value in now.items()
        if isinstance(value, int) and value != usual[name]
    ]


def _of_sensors(limits: Limits) -> list[tuple[str, int]]:
    """What is watched at all; how long an excursion lasts only with what can be one."""
    found = {
        name: value
        for name, value in msgspec.structs.asdict(limits).items()
        if value is not None and name not in _FINE
    }
    ranged = [one for one in found if one.startswith(("temperature", "humidity"))]
    return [(name, value) for name, value in found.items() if name != "excursion_s" or ranged]
