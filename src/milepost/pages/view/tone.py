"""The colour family of a status: `done`, `go`, `wait`, `warning` or `critical`."""

from __future__ import annotations

from milepost.domain.status import STATUSES, main_of

_CRITICAL = ("exception.lost", "exception.destroyed", "exception.damaged")
_WAIT = ("unknown", "pending", "info_received", "expired")


def tone_of(sub: str) -> str:
    """A sub that is not known waits: nothing is claimed of it."""
    status = STATUSES.get(sub)
    main = main_of(sub)
    if sub in _CRITICAL:
        return "critical"
    if main == "delivered":
        return "done"
    if status is not None and status.trouble:
        return "warning"
    return "wait" if status is None or main in _WAIT else "go"
