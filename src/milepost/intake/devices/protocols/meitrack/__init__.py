"""Meitrack: `$$A141,imei,AAA,...*XX`, and records in binary (CCC, CCE).

Source: "Meitrack GPRS protocol" and "Meitrack CCE protocol". Times are UTC.
"""

from milepost.intake.devices.protocol import Protocol
from milepost.intake.devices.protocols.meitrack.frames import cut, decode

PROTOCOL = Protocol(
    name="meitrack",
    title="Meitrack",
    cut=cut,
    decode=decode,
    encoding="text",
    datagrams=True,
    max_frame_bytes=16_384,
)
