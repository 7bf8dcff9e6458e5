"""What is given and shown of evidence."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from milepost.api.multipart import BadFormError
from milepost.domain.moment import to_text
from milepost.engine.evidence.desk import Piece, Position, Secret
from milepost.engine.evidence.files import Kind
from milepost.engine.evidence.links import LINK_HOLDS_S, LONGEST_HOLD_S

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Value = Annotated[str, Meta(min_length=1, max_length=200)]


class EvidenceQuery(Struct):
    """What the file is, where the body is the file itself; a form has the same as fields."""

    kind: Kind | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    actor: Annotated[str, Meta(max_length=200)] | None = None


class EvidenceLine(Struct):
    """A piece. `reference` is what a scan's `evidence` names it by; `named_by` are the events that
    do; `position` is what its sender gave, WGS 84.
    """

    id: str
    reference: str
    kind: Kind
    content_type: str
    bytes: int
    received_at: str
    position: Position | None = None
    actor: str | None = None
    passed: bool | None = None
    named_by: list[str] = []


class EvidencePage(Struct):
    """Oldest first."""

    evidence: list[EvidenceLine]


class EvidenceLink(Struct):
    """`url` shows the file to whoever has it, until `expires_at`."""

    url: str
    expires_at: str


class NewLink(Struct, forbid_unknown_fields=True):
    holds_s: Annotated[int, Meta(ge=10, le=LONGEST_HOLD_S)] = LINK_HOLDS_S


class Secrets(Struct, forbid_unknown_fields=True):
    """What answers are compared with: never shown again. `identity` is what the tenant asks at the
    door, such as the end of an identity card's number.
    """

    pickup_code: Value | None = None
    identity: Value | None = None


class NewCheck(Struct, forbid_unknown_fields=True):
    kind: Secret
    value: Value
    actor: Annotated[str, Meta(max_length=200)] | None = None
    position: Position | None = None


class CheckAnswer(Struct):
    """`evidence` is the record of a check that passed; name it in the scan of the sign-off."""

    passed: bool
    attempts_left: int
    evidence: EvidenceLine | None = None


def asked(query: EvidenceQuery, fields: dict[str, str]) -> EvidenceQuery:
    """What the query says, with a form's fields over it. Raises BadFormError."""
    given = {name: value for name, value in fields.items() if name in query.__struct_fields__}
    try:
        said = msgspec.convert(given, EvidenceQuery, strict=False)
    except msgspec.ValidationError as error:
        raise BadFormError(str(error)) from None
    names = query.__struct_fields__
    values = {one: getattr(query if getattr(said, one) is None else said, one) for one in names}
    return EvidenceQuery(**values)


def position_of(query: EvidenceQuery) -> Position | None:
    """Where it was made, if that is told. Raises BadFormError for half of it."""
    if query.latitude is None and query.longitude is None:
        return None
    if query.latitude is None or query.longitude is None:
        raise BadFormError("latitude and longitude: a position needs both")
    return Position(query.latitude, query.longitude)


def line_of(piece: Piece, named_by: Any = ()) -> EvidenceLine:
    """A piece as it is shown."""
    return EvidenceLine(
        id=piece.id,
        reference=piece.reference,
        kind=piece.kind,
        content_type=piece.content_type,
        bytes=piece.bytes,
        received_at=to_text(piece.at_us, 0),
        position=piece.detail.position,
        actor=piece.detail.actor,
        passed=piece.detail.passed,
        named_by=list(named_by),
    )
