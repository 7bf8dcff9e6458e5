"""Settings: from the environment (`MILEPOST_…`) and the command line, nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """How a server runs. `database` is a PostgreSQL URL; without one it is embedded in `data`.

    `public_url`: where clients and buyers reach the server, if that is not its own address.
    `allow_private_targets`: webhooks and pushes may go to addresses inside this network.
    `shard` and `sockets` are set by the parent of several engine processes.
    """

    data: Path = Path(".milepost")
    host: str = "127.0.0.1"
    port: int = 8000
    database: str | None = None
    shards: int = 1
    shard: int | None = None
    sockets: Path | None = None
    public_tenant: str | None = None
    public_url: str | None = None
    allow_private_targets: bool = False
    requests_per_s: float = 2_000.0
    burst: int = 4_000
    public_requests_per_s: float = 20.0
    public_burst: int = 100
    seal_after_days: int = 7
    keep_days: int = 3 * 365
    commit_stubbed: bool = False


def from_environment(**given: object) -> Settings:
    """Settings from MILEPOST_DATA, MILEPOST_PORT … ; what is given (not None) wins."""
    values: dict[str, object] = {}
    for name, kind in Settings.__annotations__.items():
        text = os.environ.get("MILEPOST_" + name.upper())
        if text:
            values[name] = _read(text, str(kind))
    values |= {name: value for name, value in given.items() if value is not None}
    return Settings(**values)  # type: ignore[arg-type]


def _read(text: str, kind: str) -> object:
    if "Path" in kind:
        return Path(text)
    if kind.startswith("int"):
        return int(text)
    if kind.startswith("float"):
        return float(text)
    if kind.startswith("bool"):
        return text.lower() in {"1", "true", "yes", "on"}
    return text
