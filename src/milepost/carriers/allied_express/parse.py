"""Allied Express: `getShipmentsStatus`, SOAP turned into JSON by its gateway."""

from __future__ import annotations

from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

BARCODES = Wire(
    carrier="allied-express",
    shipments=("**.statusBarcodesList",),
    number=("consignmentNote", "scannedBarcode"),
    events=("",),
    # the third n is the carrier's own spelling
    time=("scannnedTimestamp", "scannedTimestamp"),
    code=("scannedStatus",),
    text=("scannedStatus",),
    place=Where(name=("depotLocation",)),
    faults=(
        Fault(rows="**.statusError", text=()),
        Fault(rows="**.soapenv:Fault", text=("faultstring",), code=("faultcode",)),
    ),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All scans of all barcodes with their offsets."""
    return read_payload(payload, context, BARCODES.walk)
