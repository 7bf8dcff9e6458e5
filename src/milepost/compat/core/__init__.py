"""What all dialects share. A dialect imports from here, never from another dialect."""

from milepost.compat.core.crosswalk import Crosswalk, Row
from milepost.compat.core.pushing import Change, Outgoing, Push
from milepost.compat.core.services import CompatServices
from milepost.compat.core.statuses import StatusTable, load_statuses
from milepost.engine.dialects import (
    AlreadyWatchedError,
    Credential,
    Credentials,
    Hook,
    Hooks,
    Sent,
    TooManyWatchedError,
    Watch,
    Watches,
)

__all__ = [
    "AlreadyWatchedError",
    "Change",
    "CompatServices",
    "Credential",
    "Credentials",
    "Crosswalk",
    "Hook",
    "Hooks",
    "Outgoing",
    "Push",
    "Row",
    "Sent",
    "StatusTable",
    "TooManyWatchedError",
    "Watch",
    "Watches",
    "load_statuses",
]
