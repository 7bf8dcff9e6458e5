"""`milepost verify PROOF…`: proofs checked without any database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from milepost.domain.moment import TimeQuality, to_text
from milepost.domain.status import BY_CODE
from milepost.notary.anchoring import Receipt
from milepost.notary.keys import BadKeyError, PublicKey, read_key
from milepost.notary.leaf import Leaf
from milepost.notary.note import BadNoteError, opened
from milepost.notary.proof import BadProofError, Checked, Shown, check, read_proof


def verify_proofs(
    files: Sequence[Path],
    checkpoints: Sequence[Path],
    key: str | None,
    authorities: Path | None,
    *,
    as_json: bool,
) -> None:
    """Check each, and that all of them and the checkpoints at hand fit together."""
    try:
        given = None if key is None else _key(key)
        checked = [check(read_proof(path.read_bytes()), given) for path in files]
        used = given or read_key(checked[0].key)
        if any(one.key != used.text() for one in checked):
            raise BadProofError("the proofs are signed with different keys")
        _fit(checked, [_checkpoint(path, used) for path in checkpoints])
        stamps = [_stamps(one, authorities) for one in checked]
    except (BadProofError, BadKeyError, BadNoteError) as error:
        _fail(str(error), as_json=as_json)
    else:
        _tell(checked, stamps, used, trusted=given is not None, as_json=as_json)


def trusted_key(text: str | None) -> PublicKey | None:
    """The key that is trusted, if one is named; a usage error where it is none."""
    try:
        return None if text is None else _key(text)
    except BadKeyError as error:
        raise click.UsageError(f"--key: {error}") from None


def _key(text: str) -> PublicKey:
    path = Path(text)
    return read_key(path.read_text("utf-8") if "+" not in text and path.is_file() else text)


def _checkpoint(path: Path, key: PublicKey) -> Shown:
    found = opened(path.read_text("utf-8"), key)
    return found.origin, found.size, found.root


def _fit(checked: Sequence[Checked], at_hand: Sequence[Shown]) -> None:
    """One root for each size of a log; every checkpoint at hand has to be among them."""
    roots: dict[tuple[str, int], bytes] = {}
    for origin, size, root in [shown for one in checked for shown in one.shows]:
        if roots.setdefault((origin, size), root) != root:
            raise BadProofError(f"two roots of {origin} with {size} leaves")
    for origin, size, root in at_hand:
        if (origin, size) not in roots:
            raise BadProofError(
                f"nothing leads to the checkpoint of {size} leaves: add a consistency proof"
            )
        if roots[origin, size] != root:
            raise BadProofError(f"the checkpoint of {size} leaves has another root")


def _stamps(one: Checked, authorities: Path | None) -> list[dict[str, Any]]:
    """What the witnesses' receipts say; a time stamp is checked, a chain has to be asked."""
    receipts = [] if one.anchor is None else one.anchor.receipts
    return [_stamp(receipt, one, authorities) for receipt in receipts]


def _stamp(receipt: Receipt, one: Checked, authorities: Path | None) -> dict[str, Any]:
    from milepost.notary import tsa, tsa_token

    if receipt.get("kind") != tsa.KIND:
        return {**receipt, "checked": False}
    assert one.anchor is not None
    try:
        stamp = tsa_token.check_receipt(receipt, one.anchor.root, tsa.certificates(authorities))
    except tsa_token.BadTokenError as error:
        raise BadProofError(f"time stamp: {error}") from None
    if authorities is not None and not stamp.trusted:
        raise BadProofError("time stamp: its certificate leads to none of the authorities")
    return {
        "kind": tsa.KIND, "time": stamp.time.isoformat(), "authority": stamp.authority,
        "checked": True, "trusted": stamp.trusted,
    }  # fmt: skip


def _tell(
    checked: Sequence[Checked],
    stamps: Sequence[list[dict[str, Any]]],
    key: PublicKey,
    *,
    trusted: bool,
    as_json: bool,
) -> None:
    told = [_told(one, stamp) for one, stamp in zip(checked, stamps, strict=True)]
    if as_json:
        answer = {"ok": True, "key": key.text(), "key_given": trusted, "proofs": told}
        click.echo(msgspec.json.encode(answer).decode())
        return
    for one in told:
        click.echo("holds: " + ", ".join(f"{name} {value}" for name, value in one.items()))
    if not trusted:
        click.echo(f"The key is the proof's own; compare it with one you trust: {key.text()}")


def _told(one: Checked, stamps: list[dict[str, Any]]) -> dict[str, Any]:
    origin, size, _ = one.shows[-1]
    told: dict[str, Any] = {"kind": one.kind, "log": origin, "size": size}
    if one.leaf is not None:
        told |= {"event": one.event, "index": one.index, **_says(one.leaf)}
    else:
        told["from_size"] = one.shows[0][1]
    if one.unsigned:
        told["unsigned_sizes"] = one.unsigned
    if stamps:
        told["witnesses"] = stamps
    return told


def _says(leaf: Leaf) -> dict[str, Any]:
    status = BY_CODE.get(leaf.code)
    return {
        "occurred_at": to_text(leaf.at_us, leaf.offset_min),
        "time_quality": TimeQuality(leaf.quality).name,
        "received_at": datetime.fromtimestamp(leaf.received_us / 1e6, UTC).isoformat(),
        "status": status.sub if status else None,
        "commit": leaf.seq,
    }


def _fail(why: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode({"ok": False, "error": why}).decode())
    else:
        click.echo(f"does not hold: {why}", err=True)
    raise SystemExit(1)
