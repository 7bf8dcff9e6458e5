"""Teltonika: codecs 8, 8 extended and 16 for positions, 12 to 14 for text, over TCP and UDP.

Source: Teltonika Telematics wiki, "Teltonika Data Sending Protocols".
"""

from milepost.intake.devices.protocol import Protocol
from milepost.intake.devices.protocols.teltonika.frames import cut, decode

PROTOCOL = Protocol(
    name="teltonika",
    title="Teltonika",
    cut=cut,
    decode=decode,
    datagrams=True,
    max_frame_bytes=65_536,
)
