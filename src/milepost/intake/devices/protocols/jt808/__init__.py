"""JT/T 808 (2011, 2013, 2019): the terminals' national standard in China, and its look-alikes.

Source: JT/T 808-2011, JT/T 808-2019. Look-alikes seen in the wild: frames between 0xE7, electronic
padlocks (0x5501, 0x5502), vendors' additional items (0xEB, 0xF3 ...).
"""

from milepost.intake.devices.protocol import Joining, Protocol
from milepost.intake.devices.protocols.jt808.framing import cut
from milepost.intake.devices.protocols.jt808.messages import decode, whole
from milepost.intake.devices.protocols.jt808.parts import again, alone, failed

PROTOCOL = Protocol(
    name="jt808", title="JT/T 808", cut=cut, decode=decode, datagrams=True, proves=True,
    joining=Joining(whole, again, alone, failed),
)  # fmt: skip
