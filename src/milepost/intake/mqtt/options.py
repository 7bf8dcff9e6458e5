"""Where the broker is, and how to speak to it."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

PORTS = {"mqtt": 1883, "mqtts": 8883}


class Options(Struct, frozen=True, kw_only=True):
    """`identifier` names the session that the broker keeps for us; no two clients share one."""

    host: str
    port: int
    identifier: str
    tls: ssl.SSLContext | None = None
    user: str | None = None
    password: str | None = None
    group: str | None = None


def options_of(
    url: str, *, identifier: str, group: str | None = None, ca: Path | None = None
) -> Options:
    """From `mqtt://user:password@host:port` or `mqtts://…`. Raises ValueError for another."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("MILEPOST_MQTT_URL: give mqtt://host or mqtts://user:password@host:port")
    tls = None
    if parts.scheme == "mqtts":
        tls = ssl.create_default_context(cafile=None if ca is None else str(ca))
    return Options(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        identifier=identifier,
        tls=tls,
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        group=group,
    )
