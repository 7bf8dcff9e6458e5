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
    `pushes_per_day`, `subscriptions_per_tenant`, `watched_per_dialect`: caps of each tenant.
    """

    data: Path = Path(".milepost")
    host: str = "127.0.0.1"
    port: int = 8000
    database: str | None = None
    shards: int = 1
    shard: int | None = None
    sockets: Path | None = None
    public_tenant: str | None = None
    # Its administrators see all tenants by name and add new ones; docs/console.md.
    operator_tenant: str | None = None
    public_url: str | None = None
    # The merchant's own map (PMTiles), by default tiles.pmtiles of the data folder; docs/pages.md.
    map_tiles: Path | None = None
    map_tiles_url: str | None = None
    allow_private_targets: bool = False
    requests_per_s: float = 2_000.0
    burst: int = 4_000
    public_requests_per_s: float = 20.0
    public_burst: int = 100
    pushes_per_day: int = 10_000_000
    subscriptions_per_tenant: int = 10_000
    watched_per_dialect: int = 1_000_000
    seal_after_days: int = 7
    keep_days: int = 3 * 365
    commit_stubbed: bool = False
    # Personal data; see docs/personal-data.md. Keys of closed roads are destroyed after so many
    # days. A suite is for keys that are made from now on: aes256gcm or sm4gcm.
    personal_keep_days: int = 180
    vault_suite: str = "aes256gcm"
    # Truck terminals; see docs/devices.md. Off by default: jt808=7611,gt06=5023 opens two ports.
    device_ports: dict[str, int] = {}
    device_host: str | None = None
    device_connections: int = 20_000
    device_idle_s: float = 600.0
    # Pictures, sounds and films of terminals are removed after so many days.
    media_keep_days: int = 90
    # Devices over MQTT; see docs/devices.md. mqtt_client names the session that the broker keeps.
    mqtt_url: str | None = None
    mqtt_client: str = "milepost"
    mqtt_group: str | None = None
    mqtt_ca: Path | None = None
    # People sign in to the console by OpenID Connect; see docs/console.md.
    oidc_issuer: str | None = None
    oidc_client_id: str = ""
    oidc_client_secret: str | None = None
    oidc_client_secret_file: Path | None = None
    oidc_name: str = ""
    oidc_scopes: str = "openid email profile"
    oidc_ca: Path | None = None
    oidc_tenant: str | None = None
    oidc_tenant_claim: str | None = None
    oidc_domains: str = ""
    oidc_role_claim: str | None = None
    oidc_roles: str = ""
    oidc_default_role: str = "viewer"
    # The unchangeable journal; see docs/proof.md. A suite is for logs that are begun from now on.
    notary_suite: str = "sha256"
    checkpoint_every_s: float = 600.0
    anchor_every_s: float = 3_600.0
    anchor_tsa_url: str | None = None
    anchor_tsa_ca: Path | None = None
    anchor_evm_url: str | None = None
    anchor_evm_contract: str | None = None
    anchor_evm_key_file: Path | None = None

    @property
    def home(self) -> str:
        """Where clients and buyers reach the server, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


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
    if kind.startswith("dict"):
        pairs = (one.partition("=") for one in text.split(",") if one.strip())
        return {name.strip(): int(value) for name, _, value in pairs}
    if kind.startswith("bool"):
        return text.lower() in {"1", "true", "yes", "on"}
    return text
