"""GT06 (Concox, Jimi and many look-alikes).

Source: GT06 communication protocol V1.8.1 (Concox); makers' extensions of it.
"""

from milepost.intake.devices.protocol import Protocol
from milepost.intake.devices.protocols.gt06.framing import cut
from milepost.intake.devices.protocols.gt06.messages import decode

PROTOCOL = Protocol(
    name="gt06", title="GT06", cut=cut, decode=decode, datagrams=True, max_frame_bytes=8192
)
