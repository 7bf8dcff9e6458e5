"""Which maker's layout a GT06 message has. The protocol names none; its lengths give it away."""

from __future__ import annotations

from typing import NamedTuple


class Layout(NamedTuple):
    """What differs between makers' messages of the same number."""

    mnc_bytes: int = 1
    lac_bytes: int = 2
    cell_bytes: int = 3
    status: bool = False  # a status byte and what goes with it follow the cell
    cell_length: bool = False  # the cell begins with its length
    tail: str = ""  # how what follows is to be read


# Number of a message with a position: its usual layout.
LAYOUTS: dict[int, Layout] = {
    0x10: Layout(),
    0x11: Layout(mnc_bytes=2, cell_bytes=4),
    0x12: Layout(),
    0x16: Layout(status=True, cell_length=True),
    0x1A: Layout(),
    0x1E: Layout(),
    0x22: Layout(tail="ignition"),
    0x25: Layout(cell_bytes=4),
    0x26: Layout(status=True, cell_length=True),
    0x27: Layout(status=True, cell_length=True, tail="fence"),
    0x2D: Layout(tail="ignition"),
    0x31: Layout(tail="ignition"),
    0x32: Layout(status=True, cell_length=True),
    0x37: Layout(tail="modules"),
    0x38: Layout(),
    0x39: Layout(status=True),
    0x61: Layout(cell_bytes=4, tail="button"),
    0xA0: Layout(lac_bytes=4, cell_bytes=8, tail="ignition"),
    0xA3: Layout(status=True, cell_length=True),
    0xA4: Layout(status=True, cell_length=True, tail="fence"),
}
# (number, length byte) of a makers' own form.
SPECIAL: dict[tuple[int, int], Layout] = {
    (0x12, 0x24): Layout(tail="status_power"),
    (0x12, 0x21): Layout(tail="mask"),
    (0x12, 0x2B): Layout(tail="status_power"),
    (0x12, 0x29): Layout(tail="odometer_card"),
    (0x16, 0x24): Layout(status=True),
    (0x24, 0x2E): Layout(tail="voltages"),
    (0x31, 0x2A): Layout(mnc_bytes=2, cell_bytes=8, tail="ignition"),
    (0x32, 0x27): Layout(mnc_bytes=2, cell_bytes=8, status=True, cell_length=True),
    (0x32, 0x29): Layout(mnc_bytes=2, cell_bytes=8, status=True, cell_length=True),
    (0x17, 0x28): Layout(tail="rfid"),
    (0x36, 0x35): Layout(cell_bytes=4, tail="card"),
    (0xA2, 0x40): Layout(lac_bytes=4, cell_bytes=8, status=True, tail="power"),
    (0x22, 0x2F): Layout(cell_bytes=4, tail="climate"),
}


def special(message: int, length: int) -> Layout | None:
    """A maker's own form, told by number and length."""
    if message == 0x12 and length >= 0x71:
        return Layout(tail="odometer_card")
    return SPECIAL.get((message, length))


def layout(message: int, length: int) -> Layout | None:
    """How a message with a position is laid out, None for messages without one."""
    return special(message, length) or LAYOUTS.get(message)
