"""The console calls the native API as any client does, but in process and for a signed-in user.

So there is one law for what may be done, however it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct


class Who(Struct, frozen=True):
    """For whom a call is made. `name` stands in records as the actor; `personal`: may see who sends
    and who receives.
    """

    tenant: int
    user: int
    name: str
    writes: bool
    personal: bool = False


class Answer(Struct, frozen=True):
    """The status and the decoded JSON body, None without one; `content` is the body as it came."""

    status: int
    body: Any
    content: bytes = b""

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def reasons(self) -> list[str]:
        """What a problem says to a person, each once."""
        body = self.body if isinstance(self.body, dict) else {}
        faults = [str(one.get("error", "")) for one in body.get("errors") or ()]
        text = str(body.get("detail") or body.get("title") or self.status)
        return list(dict.fromkeys([text, *faults]))

    @property
    def why(self) -> str:
        return " ".join(self.reasons)


class Native(Protocol):
    """One call of the native API. `raw` is sent as it is, with its content type."""

    async def __call__(
        self,
        who: Who,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        raw: tuple[str, bytes] | None = None,
    ) -> Answer: ...
