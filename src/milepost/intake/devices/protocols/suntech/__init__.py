"""Suntech: `ST300STT;...`, the universal `STT;...` with a mask of fields, and binary forms.

Source: Suntech "ST300/ST600/universal data protocol" documents. Times are UTC.
"""

from milepost.intake.devices.protocol import Protocol
from milepost.intake.devices.protocols.suntech.frames import decode
from milepost.intake.devices.protocols.suntech.framing import cut

PROTOCOL = Protocol(name="suntech", title="Suntech", cut=cut, decode=decode, encoding="text")
