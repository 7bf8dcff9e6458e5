"""17TRACK's errors: codes with their words, and the three shapes in which they are told."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

BAD_KEY = -18010002
INTERNAL = -18010003
MISSING = -18010010
BAD_FORMAT = -18010012
BAD_DATA = -18010013
TOO_MANY = -18010014
BAD_VALUE = -18010015
ONLY_POSTAL = -18010016
PHONE_NEEDED = -18010020
NO_WEBHOOK = -18010204
OLD_CARRIER_NEEDED = -18019801
BAD_NEW_CARRIER = -18019802
SAME_CARRIER = -18019803
NEW_CARRIER_NEEDED = -18019804
OTHER_CARRIER = -18019805
CHANGE_OF_STOPPED = -18019806
CHANGED_TOO_OFTEN = -18019807
CHANGED_TOO_EARLY = -18019808
DUPLICATE = -18019809
NOT_UNIQUE = -18019810
NOTHING_TO_UPDATE = -18019811
ALREADY_REGISTERED = -18019901
NOT_REGISTERED = -18019902
NOT_DETECTED = -18019903
NOT_STOPPED = -18019904
RETRACKED_ALREADY = -18019905
NOT_TRACKING = -18019906
QUOTA_USED_UP = -18019908
NO_TRACK_YET = -18019909
BAD_CARRIER = -18019910


def _load() -> dict[int, str]:
    text = (files(__package__) / "errors.toml").read_text("utf-8")
    return {int(code): words for code, words in tomllib.loads(text)["errors"].items()}


MESSAGES = _load()


class FaultError(Exception):
    """One of 17TRACK's errors. `http`: the status with which a whole call fails."""

    def __init__(self, code: int, *values: object, http: int = 200) -> None:
        self.code = code
        self.message = MESSAGES[code].format(*values)
        self.http = http
        super().__init__(self.message)

    def shape(self) -> dict[str, Any]:
        """`{code, message}`."""
        return {"code": self.code, "message": self.message}


def of_call(error: FaultError) -> dict[str, Any]:
    """The answer to a call that failed as a whole."""
    return {"code": error.code, "data": {"errors": [error.shape()]}}
