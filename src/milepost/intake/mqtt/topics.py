"""Topics: `milepost/{tenant}/{level}/{device}/{kind}`, each part percent-encoded where it must."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, unquote

ROOT = "milepost"
KINDS = ("scans", "samples", "rfid", "containment")


class Topic(NamedTuple):
    """Who reports what. `level`: sorter, truck, pda, locker, station, sensor."""

    tenant: str
    level: str
    device: str
    kind: str


def parsed(topic: str) -> Topic | None:
    """None for a topic that is not ours."""
    parts = [unquote(part) for part in topic.split("/")]
    if len(parts) != 5 or parts[0] != ROOT or parts[4] not in KINDS or not all(parts):
        return None
    return Topic(*parts[1:])


def text(topic: Topic) -> str:
    """The topic under which a device publishes."""
    return "/".join([ROOT, *(quote(part, safe=" ") for part in topic)])


def filters(group: str | None) -> list[str]:
    """What to subscribe to; with a group, its members share the messages."""
    shared = f"$share/{group}/" if group else ""
    return [f"{shared}{ROOT}/+/+/+/{kind}" for kind in KINDS]
