"""Purolator: `TrackPackagesByPin` (SOAP)."""

from __future__ import annotations

from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

PINS = Wire(
    carrier="purolator",
    shipments=("**.TrackingInformation",),
    number=("PIN.Value",),
    events=("Scans.Scan",),
    date="ScanDate",
    clock="ScanTime",
    code=("ScanType",),
    text=("Description",),
    place=Where(name=("Depot.Name",)),
    faults=(Fault(rows="**.Error", text=("Description", "AdditionalInformation"), code=("Code",)),),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All scans; times are local to the depot."""
    return read_payload(payload, context, PINS.walk)
