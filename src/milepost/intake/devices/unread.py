"""Frames that could not be read are shown in the log with their bytes; some a minute, not all."""

from __future__ import annotations

import structlog

log = structlog.get_logger()
_A_MINUTE = 30
_SHOWN_BYTES = 512


class Unread:
    """`passed`: how many were not shown since the last that was."""

    def __init__(self) -> None:
        self._minute = -1
        self._shown = 0
        self.passed = 0

    def note(self, protocol: str, peer: str, fault: str, frame: bytes, now_s: float) -> None:
        """Show a frame, unless a whole fleet speaks nonsense this minute."""
        minute = int(now_s // 60)
        if minute != self._minute:
            self._minute, self._shown = minute, 0
        self._shown += 1
        if self._shown > _A_MINUTE:
            self.passed += 1
            return
        told = {"protocol": protocol, "peer": peer, "fault": fault, "not_shown": self.passed}
        log.warning("device_frame_unread", **told, frame=frame[:_SHOWN_BYTES].hex())
        self.passed = 0
