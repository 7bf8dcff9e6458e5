"""Many shipments in one list come to the same as one after the other, at the price of two commits
and one raw payload.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from whole import NOW, TENANT, engine

from milepost.domain.scan import LinkedNumber
from milepost.engine.registration import (
    ParcelRegistration,
    Registered,
    Registration,
    RegistrationError,
)
from milepost.engine.resolve import BadScanError
from milepost.stores.memory.ledger import MemoryLedger

Answer = Registered | str


def made_up(count: int) -> list[Registration]:
    """Synthetic: single boxes, several boxes, a chain of numbers, and what cannot be taken."""
    wanted = [
        Registration(number=f"MADE{index:06d}", carrier="yto", order_number=f"O{index}",
                     promised_to=NOW + timedelta(days=3))
        for index in range(count)
    ]  # fmt: skip
    boxes = [ParcelRegistration(numbers=[LinkedNumber(number=f"BOX{one}00")]) for one in "AB"]
    chain = [LinkedNumber(number="CHAIN001"), LinkedNumber(number="CHAIN002", carrier="dhl")]
    wanted[3] = Registration(parcels=boxes, category="fresh")
    wanted[5] = Registration(parcels=[ParcelRegistration(numbers=chain)])
    wanted[7] = Registration(number="!!")
    wanted[9] = Registration(number="MADE000009", promised_to=NOW + timedelta(days=4000))
    wanted[11] = Registration(parcels=[ParcelRegistration(numbers=[])])
    wanted[13] = Registration(
        parcels=[ParcelRegistration(numbers=[chain[1], LinkedNumber(number="FRESH001")])]
    )
    wanted[15] = Registration(number="made-000002", weight_g=500)
    return wanted


async def register(wanted: list[Registration], *, together: bool) -> tuple[Any, MemoryLedger]:
    ledger = MemoryLedger()
    one = engine(ledger)
    await one.start()
    answers: list[Answer] = []
    if together:
        taken, rejected = await one.registrar.register_many(TENANT, [*enumerate(wanted)], NOW)
        refused = {each.index: each.error for each in rejected}
        left = iter(taken)
        answers = [refused.get(index) or next(left) for index in range(len(wanted))]
    else:
        for registration in wanted:
            try:
                answers.append(await one.registrar.register(TENANT, registration, NOW))
            except (RegistrationError, BadScanError) as error:
                answers.append(str(error))
    tracks = [await one.queries.track(TENANT, f"MADE{index:06d}") for index in range(len(wanted))]
    seen = {
        "answers": answers,
        "tracks": tracks,
        "states": one.shard.states,
        "links": sorted(await ledger.links()),
        "facts": [(row.parcel, row.facts) for row in ledger.fact_rows],
        "journal": {row.event.fingerprint for _, row in ledger.journal},
    }
    await one.stop()
    return seen, ledger


async def test_a_list_comes_to_the_same_as_one_after_the_other() -> None:
    wanted = made_up(120)
    many, _ = await register(wanted, together=True)
    single, _ = await register(wanted, together=False)
    assert many == single
    assert [place for place, one in enumerate(many["answers"]) if isinstance(one, str)] == [
        7, 9, 11, 13,
    ]  # fmt: skip


async def test_five_hundred_cost_two_commits_and_one_raw_payload() -> None:
    wanted = [Registration(number=f"MADE{index:06d}") for index in range(500)]
    _, ledger = await register(wanted, together=True)
    assert len(ledger.raws) == 1
    assert len(ledger.commits) <= 4  # scans may be on their way while the last of them walk
    assert len(ledger.fact_rows) == len(ledger.journal) == 500
