"""Redaction: nothing personal is left in a row, and all of it is given back."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.domain.event import Event, EventBody
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.engine.redact import hidden, redact, redact_facts, restored, restored_facts
from milepost.engine.redact_values import emails_hidden
from milepost.engine.rows import FactRow, Group, Row
from milepost.reading import mask


def row(**body: object) -> Row:
    what = EventBody("YT1000000001", "api", "yto", **body)  # type: ignore[arg-type]
    return Row(1, 1, Event(7, 11, 0, 480, 0, 5, 0, None, what))


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"text": "派件员：孙小满 13912345678"}, {"text": "派件员：孙** 139******78"}),
        ({"actor": "孙小满"}, {"actor": "孙**"}),
        ({"text": "Mailed a.invented@example.org"}, {"text": "Mailed a********"}),
        ({"place": "Depot, a.invented@example.org"}, {"place": "Depot, a********"}),
        ({"place": "云溪站 13912345678"}, {"place": "云溪站 139******78"}),
        ({"next_place": Place(name="云溪站 13912345678", city="云溪")},
         {"next_place": Place(name="云溪站 139******78", city="云溪")}),
    ],
)  # fmt: skip
def test_what_is_personal_is_masked_and_given_back(
    body: dict[str, object], shown: dict[str, object]
) -> None:
    before = row(**body)
    group = Group(rows=[before])
    redact(group, 0)
    (after,) = group.rows
    assert {name: getattr(after.event.body, name) for name in shown} == shown
    assert after.event.fingerprint == before.event.fingerprint
    (said,) = group.sealed
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(dict(said.fields)))
    assert restored(after.event, kept) == before.event


def test_what_is_not_personal_stays_the_same_object() -> None:
    before = row(text="快件到达【云溪转运中心】", place="云溪转运中心", device="PDA-0001")
    group = Group(rows=[before])
    redact(group, 0)
    assert group.rows[0] is before
    assert not group.sealed


def test_rows_that_were_there_before_are_left_alone() -> None:
    rows = [row(actor="made up"), row(actor="made up")]
    group = Group(rows=list(rows))
    redact(group, 1)
    assert group.rows[0] is rows[0]
    assert len(group.sealed) == 1


def test_who_signed_is_masked_in_facts_and_given_back() -> None:
    before = FactRow(7, 1, 0, "api", Facts(number="YT1", signed_by="Ottilie Erfunden"))
    group = Group(facts=[before])
    redact_facts(group, 0)
    (after,) = group.facts
    assert after.facts.signed_by == "O********"
    told = [{"signed_by": name} for name in ("Somebody Else", "Ottilie Erfunden")]
    assert restored_facts(after, told) == before
    assert restored_facts(after, []) == after


@settings(deadline=None)  # a text that is new is read with some fifty patterns
@given(st.text(max_size=60) | st.from_regex(r"[a-zA-Z 的员: ]{0,20}1[3-9]\d{9}[ ,.]{0,3}"))
def test_hidden_says_what_mask_says(text: str) -> None:
    assert (hidden(text) or text) == mask(emails_hidden(text))
