"""Proofs as documents that anybody can check without any database."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from milepost.notary.keys import BadKeyError, PublicKey, read_key
from milepost.notary.leaf import BadLeafError, Leaf, read_leaf
from milepost.notary.merkle import consistent, includes
from milepost.notary.note import BadNoteError, Checkpoint, opened
from milepost.notary.suites import Suite, UnknownSuiteError, suite


class Anchoring(Struct, kw_only=True, frozen=True):
    """That a checkpoint's note was taken to witnesses: the hash of the note is leaf `index` of
    `size` under `root` (SHA-256), and the root is what the receipts speak of.
    """

    root: bytes
    index: int
    size: int
    path: list[bytes]
    receipts: list[dict[str, Any]]


class EventProof(Struct, kw_only=True, frozen=True, tag_field="kind", tag="event"):
    """That an event stands in a log: its leaf, and the path from there to a signed checkpoint.

    `body`: what the scan says (MessagePack), only where it was asked for.
    """

    event: str
    suite: str
    index: int
    leaf: bytes
    path: list[bytes]
    checkpoint: str
    key: str
    body: bytes | None = None
    anchor: Anchoring | None = None


class ConsistencyProof(Struct, kw_only=True, frozen=True, tag_field="kind", tag="consistency"):
    """That a log was only appended to between two sizes. Notes are there where one was signed."""

    suite: str
    origin: str
    from_size: int
    from_root: bytes
    from_checkpoint: str | None
    to_size: int
    to_root: bytes
    to_checkpoint: str | None
    path: list[bytes]
    key: str


Proof = EventProof | ConsistencyProof
_decoder: msgspec.json.Decoder[Proof] = msgspec.json.Decoder(Proof)
# What a proof shows of a log: its origin and size, and the root.
Shown = tuple[str, int, bytes]


class Checked(Struct, kw_only=True, frozen=True):
    """A proof that holds. `leaf`: of an event; `unsigned`: sizes whose root nobody has signed."""

    kind: Literal["event", "consistency"]
    key: str
    shows: list[Shown]
    unsigned: list[int] = []
    event: str | None = None
    index: int | None = None
    leaf: Leaf | None = None
    anchor: Anchoring | None = None


class BadProofError(ValueError):
    """What does not hold, and why."""


def read_proof(data: bytes) -> Proof:
    """Raises BadProofError."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadProofError(f"not a proof: {error}") from None


def check(proof: Proof, key: PublicKey | None = None) -> Checked:
    """Check every hash and signature; with the proof's own key where none is given, which then
    has to be compared by whoever trusts it. Raises BadProofError.
    """
    try:
        used = key or read_key(proof.key)
        if isinstance(proof, EventProof):
            return _check_event(proof, suite(proof.suite), used)
        return _check_consistency(proof, suite(proof.suite), used)
    except (BadKeyError, BadNoteError, BadLeafError, UnknownSuiteError) as error:
        raise BadProofError(str(error)) from None


def _check_event(proof: EventProof, used: Suite, key: PublicKey) -> Checked:
    leaf, checkpoint = read_leaf(proof.leaf), opened(proof.checkpoint, key)
    if checkpoint.suite != used.name:
        raise BadProofError(f"the checkpoint is of suite {checkpoint.suite}")
    if f"{leaf.fingerprint & 0xFFFFFFFFFFFFFFFF:016x}" != proof.event:
        raise BadProofError("the leaf is that of another event")
    if proof.body is not None and used.hash(proof.body) != leaf.body:
        raise BadProofError("the body is not the one that was committed")
    if checkpoint.origin.split("/")[1:2] != [str(leaf.tenant)]:
        raise BadProofError("the checkpoint is that of another tenant's log")
    hashed = used.leaf(proof.leaf)
    if not includes(used, hashed, proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise BadProofError(f"the leaf does not stand at {proof.index} of {checkpoint.size}")
    if proof.anchor is not None:
        _check_anchor(proof.anchor, proof.checkpoint)
    return Checked(
        kind="event",
        key=key.text(),
        shows=[_shown(checkpoint)],
        event=proof.event,
        index=proof.index,
        leaf=leaf,
        anchor=proof.anchor,
    )


def anchored(note: str) -> bytes:
    """The leaf of a checkpoint's note among those that are anchored together."""
    return suite("sha256").leaf(note.encode())


def _check_anchor(anchor: Anchoring, note: str) -> None:
    """That it holds this note. The receipts are checked by their witnesses."""
    leaf = anchored(note)
    if not includes(suite("sha256"), leaf, anchor.index, anchor.size, anchor.path, anchor.root):
        raise BadProofError("the anchor does not hold the checkpoint")


def _check_consistency(proof: ConsistencyProof, used: Suite, key: PublicKey) -> Checked:
    ends = (
        (proof.from_size, proof.from_root, proof.from_checkpoint),
        (proof.to_size, proof.to_root, proof.to_checkpoint),
    )
    unsigned, shows = [], []
    for size, root, note in ends:
        shown = (proof.origin, size, root)
        if note is None:
            unsigned.append(size)
        elif _shown(opened(note, key)) != shown:
            raise BadProofError(f"the checkpoint of {size} leaves says something else")
        shows.append(shown)
    if not consistent(
        used, proof.from_size, proof.to_size, proof.path, proof.from_root, proof.to_root
    ):
        raise BadProofError(f"{proof.to_size} leaves do not begin with the {proof.from_size}")
    return Checked(kind="consistency", key=key.text(), shows=shows, unsigned=unsigned)


def _shown(checkpoint: Checkpoint) -> Shown:
    return checkpoint.origin, checkpoint.size, checkpoint.root
