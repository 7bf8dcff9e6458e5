"""A connector's raw payload, whoever brings it: the API, a poll, a push from upstream."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from milepost.domain.moment import to_datetime
from milepost.domain.scan import ParseContext, Parsed
from milepost.engine.journey import Journey, Receipt
from milepost.engine.register import Registrar

Parse = Callable[[bytes, ParseContext], Parsed]


class Taken(Struct, frozen=True):
    """The receipt, and what was read."""

    receipt: Receipt
    parsed: Parsed


class Taking(Struct, frozen=True):
    """Reads payloads and walks them through the rooms."""

    parser: Callable[[str], Parse | None]
    journey: Journey
    registrar: Registrar
    now_us: Callable[[], int]

    async def take(
        self,
        tenant: int,
        source: str,
        body: bytes,
        content_type: str | None,
        number: str | None = None,
    ) -> Taken:
        """Durable when answered. `number`: the one asked for, where the payload does not name it.

        Raises LookupError for a source without a connector, and OverloadedError.
        """
        parse = self.parser(source)
        if parse is None:
            raise LookupError(f"There is no connector '{source}'.")
        now = to_datetime(self.now_us(), 0)
        parsed = parse(
            body, ParseContext(received_at=now, content_type=content_type, number=number)
        )
        receipt = await self.journey.take_parsed(tenant, source, body, content_type, parsed)
        await self.registrar.learn(tenant, parsed.facts)
        return Taken(receipt, parsed)
