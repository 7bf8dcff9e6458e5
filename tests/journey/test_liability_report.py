"""The archive, custody and the signed report on a running server."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from journey.running import NOW, Caller, Running

pytest_plugins = ["pg"]
NUMBER = "YT6600000000011"


def scan(hours: int, code: str, carrier: str = "yto", **given: object) -> dict[str, object]:
    return {"number": NUMBER, "carrier": carrier, "code": code,
            "occurred_at": (NOW + timedelta(hours=hours)).isoformat(), **given}  # fmt: skip


@pytest.fixture
def shipment(me: Caller) -> str:
    (made,) = me.register({"number": NUMBER, "carrier": "yto", "category": "fragile"})
    me.scan(
        scan(-60, "picked_up", actor="courier 7", device="pda-7", evidence=["photograph:a"]),
        scan(-50, "in_transit.departed_facility", place={"city": "Shanghai", "country": "CN"}),
        scan(-20, "in_transit.arrived_hub", "dhl", place={"city": "Leipzig", "country": "DE"}),
        scan(-5, "exception.damaged", "dhl", place={"city": "Leipzig", "country": "DE"}),
    )
    return str(made["id"])


def test_the_archive_names_operator_device_and_evidence(me: Caller, shipment: str) -> None:
    nodes = me.get(f"/v1/shipments/{shipment}/archive").json()["nodes"]
    first = next(one for one in nodes if one["sub"] == "picked_up")
    assert (first["operator"], first["device"], first["custodian"]) == ("courier 7", "pda-7", "yto")
    assert first["evidence"] == ["photograph:a"]


def test_custody_and_liability_by_api(me: Caller, shipment: str) -> None:
    chain = me.get(f"/v1/shipments/{shipment}/custody").json()["custody"]
    assert [one["carrier"] for one in chain["holdings"]] == ["yto", "yto", "dhl"]
    report = me.get(f"/v1/shipments/{shipment}/liability").json()["liability"]
    assert report["problem"] == "damage"
    assert sum(report["by_carrier"].values()) + report["unclear_pm"] == 1000


def test_the_report_is_a_signed_document(app: Running, me: Caller, shipment: str) -> None:
    answer = me.get(f"/v1/shipments/{shipment}/liability", params={"format": "pdf"})
    assert answer.headers["content-type"] == "application/pdf"
    folder: Path = app.milepost.settings.data
    trusted = load_cert_from_pemder(str(folder / "documents.crt"))
    assert (folder / "documents.key").stat().st_mode & 0o777 == 0o600

    def verdict(document: bytes) -> Any:
        (signature,) = PdfFileReader(BytesIO(document)).embedded_signatures
        return validate_pdf_signature(signature, ValidationContext(trust_roots=[trusted]))

    assert verdict(answer.content).bottom_line
    changed = answer.content.replace(b"/Author (Milepost", b"/Author (Somebody", 1)
    changed = changed if changed != answer.content else _flipped(answer.content)
    assert not verdict(changed).intact


def _flipped(document: bytes) -> bytes:
    """One byte of the page's content turned over."""
    at = document.index(b"stream\n") + 40
    return document[:at] + bytes([document[at] ^ 1]) + document[at + 1 :]


def test_another_tenant_sees_none_of_it(app: Running, shipment: str) -> None:
    other = app.caller()
    for what in ("archive", "custody", "liability"):
        assert other.get(f"/v1/shipments/{shipment}/{what}").status_code == 404
        assert other.get(f"/v1/shipments/nonsense/{what}").status_code == 422
