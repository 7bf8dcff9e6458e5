"""Notes, keys and proofs as documents: what is changed in them does not hold."""

from __future__ import annotations

import stat
from base64 import b64encode
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from notary_rows import TENANT, Growing, bodies, row

from milepost.notary.keys import BadKeyError, SigningKey, open_key, read_key
from milepost.notary.leaf import leaf_bytes, split
from milepost.notary.note import BadNoteError, Checkpoint, opened, signed, unchecked
from milepost.notary.proof import (
    Anchoring,
    BadProofError,
    ConsistencyProof,
    EventProof,
    anchored,
    check,
    read_proof,
)
from milepost.notary.suites import suite
from milepost.stores.sealer import Sealer, SealError

SHA = suite("sha256")
KEY = SigningKey(bytes(range(32)))
OTHER = SigningKey(bytes(32))
ORIGIN = f"milepost-here/{TENANT}/0"


def checkpoint(**fields: object) -> Checkpoint:
    given: dict[str, object] = {
        "origin": ORIGIN, "size": 3, "root": SHA.hash(b"root"), "time": "2026-11-20T12:00:00+00:00",
        "head": SHA.hash(b"head"),
    }  # fmt: skip
    return Checkpoint(**given | fields)  # type: ignore[arg-type]


@pytest.fixture
def proof(tmp_path: Path) -> EventProof:
    log = Growing(tmp_path)
    rows = [row(serial) for serial in range(5)]
    addition = log.commit(rows)
    leaf = leaf_bytes(SHA, rows[2], bodies(rows)[2], 1)
    index = split(addition.leaves).index(SHA.leaf(leaf))
    tree = log.folder.tree(5)
    note = signed(checkpoint(size=5, root=tree.root()), KEY)
    return EventProof(
        event=f"{rows[2].event.fingerprint & (1 << 64) - 1:016x}", suite="sha256", index=index,
        leaf=leaf, path=tree.inclusion(index), checkpoint=note, key=KEY.public.text(),
        body=bodies(rows)[2],
    )  # fmt: skip


def test_a_note_reads_as_it_was_written() -> None:
    note = signed(checkpoint(), KEY)

    assert opened(note, KEY.public) == unchecked(note) == checkpoint()
    assert note.startswith(f"{ORIGIN}\n3\n{b64encode(SHA.hash(b'root')).decode()}\n")
    assert f"\n\n\u2014 {KEY.public.name} " in note


def test_the_key_number_is_that_of_c2sp() -> None:
    # From the example of C2SP signed-note: SHA-256 of name, newline, 0x01 and key; four bytes.
    name, number, _ = KEY.public.text().split("+", 2)
    raw = KEY.public.raw

    assert number == SHA.hash(name.encode() + b"\n\x01" + raw)[:4].hex()
    assert read_key(KEY.public.text()) == KEY.public


@pytest.mark.parametrize("text", ["", "a+b", "a+00000000+AAAA", "name+12345678+****"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadKeyError):
        read_key(text)


@given(st.data())
def test_a_changed_note_is_noticed(data: st.DataObject) -> None:
    note = signed(checkpoint(), KEY)
    at = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(blacklist_categories=["Cs"]).filter(lambda c: c != note[at]))

    with pytest.raises(BadNoteError):
        opened(note[:at] + other + note[at + 1 :], KEY.public)


def test_another_key_has_not_signed() -> None:
    with pytest.raises(BadNoteError, match="no valid signature"):
        opened(signed(checkpoint(), KEY), OTHER.public)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path, sealer = tmp_path / "notary.key", Sealer(bytes(32))
    made = open_key(path, sealer)

    assert open_key(path, sealer).public == made.public
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    raw = path.read_bytes()
    with pytest.raises(SealError):
        open_key(path, Sealer(b"\x01" * 32))
    assert Ed25519PrivateKey.from_private_bytes(sealer.open(raw, "notary signing key"))


def test_a_proof_holds_and_reads_back(proof: EventProof) -> None:
    again = read_proof(msgspec.json.encode(proof))

    found = check(again)
    assert again == proof
    assert found.event == proof.event
    assert found.shows[0][:2] == (ORIGIN, 5)
    assert found.leaf is not None
    assert found.leaf.tenant == TENANT
    assert check(proof, KEY.public) == found


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"event": "0" * 16}, "another event"),
        ({"index": 0, "path": []}, "does not stand"),
        ({"body": b"\x90"}, "not the one"),
        ({"suite": "sm3"}, "suite"),
        ({"suite": "md5"}, "no suite"),
        ({"leaf": b"short"}, "not a leaf"),
        ({"key": OTHER.public.text()}, "signature"),
        ({"checkpoint": "nothing"}, "not a signed note"),
    ],
)
def test_a_changed_proof_does_not_hold(
    proof: EventProof, fields: dict[str, object], why: str
) -> None:
    with pytest.raises(BadProofError, match=why):
        check(msgspec.structs.replace(proof, **fields))


def test_another_tenants_checkpoint_proves_nothing(proof: EventProof) -> None:
    root = opened(proof.checkpoint, KEY.public).root
    note = signed(checkpoint(origin="milepost-here/77/0", size=5, root=root), KEY)

    with pytest.raises(BadProofError, match="another tenant"):
        check(msgspec.structs.replace(proof, checkpoint=note))


def test_the_anchor_must_hold_the_note(proof: EventProof) -> None:
    leaf = anchored(proof.checkpoint)
    anchor = Anchoring(root=leaf, index=0, size=1, path=[], receipts=[])

    assert check(msgspec.structs.replace(proof, anchor=anchor)).anchor == anchor
    wrong = msgspec.structs.replace(anchor, root=bytes(32))
    with pytest.raises(BadProofError, match="anchor"):
        check(msgspec.structs.replace(proof, anchor=wrong))


def test_consistency_is_checked_with_its_notes(tmp_path: Path) -> None:
    log = Growing(tmp_path)
    log.commit([row(serial) for serial in range(3)])
    log.commit([row(9)])
    roots = {size: log.folder.tree(size).root() for size in (3, 4)}
    notes = {size: signed(checkpoint(size=size, root=roots[size]), KEY) for size in roots}
    good = ConsistencyProof(
        suite="sha256", origin=ORIGIN, from_size=3, from_root=roots[3],
        from_checkpoint=notes[3], to_size=4, to_root=roots[4], to_checkpoint=None,
        path=log.folder.tree(4).consistency(3), key=KEY.public.text(),
    )  # fmt: skip

    assert check(good).unsigned == [4]
    bad = [{"to_root": roots[3]}, {"path": []}, {"from_checkpoint": notes[4]}, {"to_size": 5}]
    for fields in bad:
        with pytest.raises(BadProofError):
            check(msgspec.structs.replace(good, **fields))


@pytest.mark.parametrize("data", [b"", b"[]", b'{"kind": "event"}', b"\xff"])
def test_what_is_no_proof_is_said(data: bytes) -> None:
    with pytest.raises(BadProofError, match="not a proof"):
        read_proof(data)
