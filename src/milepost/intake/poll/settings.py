"""What a connection's settings come to for its source. Pure."""

from __future__ import annotations

from milepost.engine.polling import Account, Connection, Source
from milepost.intake.poll.interval import Pace


def account_of(connection: Connection, source: Source) -> Account:
    return Account(
        source=connection.source,
        base_url=(connection.base_url or source.BASE_URL).rstrip("/"),
        secrets=connection.secrets,
        options=connection.options,
    )


def pace_of(connection: Connection, source: Source) -> Pace:
    """The usual pace, unless the connection's options say otherwise."""
    given = {
        name: connection.options[name]
        for name in ("longest_s", "near_s", "grace_s", "give_up_s")
        if isinstance(connection.options.get(name), int)
    }
    asked = connection.options.get("shortest_s")
    shortest_s = max(source.SHORTEST_S, asked) if isinstance(asked, int) else source.SHORTEST_S
    return Pace(shortest_s=shortest_s, **given)
