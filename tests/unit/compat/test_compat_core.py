"""What all dialects share: tables, crosswalk, sealing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from milepost import compat
from milepost.compat.core.checking import table_problems
from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.core.discovery import all_dialects, find
from milepost.compat.core.statuses import StatusTable, load_statuses
from milepost.domain.status import STATUSES, main_of
from milepost.stores.sealer import Sealer, SealError, open_sealer


def test_every_dialect_is_well_formed() -> None:
    assert compat.problems() == []


@pytest.mark.parametrize("vendor", sorted(all_dialects()))
def test_a_main_comes_back_or_its_loss_is_written_down(vendor: str) -> None:
    table = load_statuses(all_dialects()[vendor].package)

    for sub in STATUSES:
        back = table.sub(table.code(sub))
        assert back is not None
        assert main_of(back) == table.merged.get(sub, main_of(sub))


def test_faulty_tables_are_found() -> None:
    whole = load_statuses("milepost.compat.kdniao")
    forward = whole.forward | {"delivered": {"code": "2"}, "no.such": {"code": "2"}}
    del forward["expired"]
    faulty = StatusTable(forward, whole.back | {"9": "nowhere"}, whole.merged | {"returned": "x"})

    found = "\n".join(table_problems(faulty))

    assert "nothing for expired" in found
    assert "delivered becomes 2 and comes back as in_transit.moving" in found
    assert "no.such is no status" in found
    assert "9 is nowhere" in found
    assert "returned" in found


def test_crosswalk() -> None:
    rows = crosswalk()

    assert len(rows.all()) >= 150
    assert rows.slug_of("kdniao", "sf") == "sf"
    assert rows.slug_of("17track", 190766) == "sf"
    assert rows.code_of("17track", "usps") == "21051"
    assert rows.code_of("kuaidi100", "deppon") == "debangkuaidi"
    assert rows.slug_of("kuaidi100", "SF") is None  # one vendor's code is not another's
    assert rows.names("zto") == ("ZTO Express", "中通快递")
    assert rows.names("nobody") == ("nobody", "nobody")
    assert rows.code_of("kdniao", "nobody") is None


def test_codes_come_back_to_their_carrier() -> None:
    rows = crosswalk()

    for vendor in ("kdniao", "kuaidi100", "17track", "aftership"):
        for row in rows.all():
            code = rows.code_of(vendor, row.slug)
            assert code is None or rows.slug_of(vendor, code) == row.slug


def test_dialects_are_found_by_other_names() -> None:
    found = find("17track")

    assert found is not None
    assert find("KDNIAO") is all_dialects()["kdniao"]
    assert find("no such") is None


def test_sealed_values_open_only_where_they_belong(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret.key"
    sealer = open_sealer(path)
    sealed = sealer.seal(b"word", "kdniao/1")

    assert b"word" not in sealed
    assert open_sealer(path).open(sealed, "kdniao/1") == b"word"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for key, context in ((sealer, "kdniao/2"), (Sealer(b"k" * 32), "kdniao/1")):
        with pytest.raises(SealError):
            key.open(sealed, context)
    with pytest.raises(SealError):
        sealer.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "kdniao/1")


def test_a_key_file_of_another_length_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")

    with pytest.raises(SealError, match="not a key"):
        open_sealer(tmp_path / "secret.key")
