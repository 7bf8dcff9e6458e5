"""The code that opens a locker: personal, so it is found to be hidden, or shown to its owner."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from msgspec import Struct
from msgspec.structs import replace

from milepost.domain.track import Track

_WORDS = tomllib.loads((files(__package__) / "pickup.toml").read_text("utf-8"))["words"]
_CODE = re.compile(
    rf"(?:{'|'.join(_WORDS)})(?:\s*(?:[:：为是]|is|ist|est|es|é))*[\s「“\"'【\[]*"
    r"(?P<code>(?=[A-Z0-9-]*\d)[A-Z0-9](?:[A-Z0-9-]{1,14})[A-Z0-9])",
    re.IGNORECASE,
)
HIDDEN = "••••"


class Pickup(Struct, frozen=True):
    """Where the reader stands: `code` for those who have proved themselves; `asks` offers the
    proof; `wrong` says that what was entered is not right, `sent` that a code may be on its way.
    """

    code: str | None
    proven: bool
    sends: bool
    sent: bool = False
    wrong: bool = False


def waits(track: Track) -> bool:
    """Whether the parcel waits to be collected."""
    return track.status.main == "available_for_pickup"


def code_of(track: Track) -> str | None:
    """The newest pick-up code in the carrier's words, which must be verbatim."""
    for event in reversed(track.events):
        if event.text and event.retracted_by is None and (found := _CODE.search(event.text)):
            return found["code"].upper()
    return None


def without_codes(track: Track) -> Track:
    """The same road with every pick-up code hidden."""
    events = [
        replace(event, text=hide(event.text)) if event.text else event for event in track.events
    ]
    return replace(track, events=events)


def hide(text: str) -> str:
    """The text with its pick-up codes replaced by dots."""
    return _CODE.sub(lambda found: found[0][: found.start("code") - found.start()] + HIDDEN, text)
