"""Finds the protocols: those of the folder `protocols` and those of installed packages.

A module there offers `PROTOCOL`. A third-party package joins by an entry point of the group
`milepost.devices` whose value names a module that does the same.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

import structlog

from milepost.intake.devices import protocols as _own
from milepost.intake.devices.protocol import Protocol

log = structlog.get_logger()
GROUP = "milepost.devices"


class UnknownProtocolError(LookupError):
    """No protocol has this name; the message lists those that are known."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown protocol {name!r}; known are: {', '.join(sorted(protocols()))}")


@cache
def protocols() -> dict[str, Protocol]:
    """Every protocol by name. A broken one is reported and left out."""
    found: dict[str, Protocol] = {}
    for module in _modules():
        try:
            protocol = import_module(module).PROTOCOL
        except Exception:
            log.exception("device_protocol_broken", module=module)
            continue
        found[protocol.name] = protocol
    return found


def protocol(name: str) -> Protocol:
    """The protocol of this name; raises UnknownProtocolError."""
    found = protocols().get(name.strip().lower())
    if found is None:
        raise UnknownProtocolError(name)
    return found


def _modules() -> list[str]:
    own = sorted(one.name for one in iter_modules(_own.__path__) if one.name[0] != "_")
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return [f"{_own.__name__}.{name}" for name in own] + [point.value for point in points]
