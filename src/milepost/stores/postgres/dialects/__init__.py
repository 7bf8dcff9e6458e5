"""Dialects' credentials, watched numbers and hooks in PostgreSQL; secrets are sealed."""

from milepost.stores.postgres.dialects.credentials import PostgresCredentials
from milepost.stores.postgres.dialects.hooks import PostgresHooks
from milepost.stores.postgres.dialects.pushes import PostgresPushes
from milepost.stores.postgres.dialects.rows import Around
from milepost.stores.postgres.dialects.watches import PostgresWatches

__all__ = [
    "Around",
    "PostgresCredentials",
    "PostgresHooks",
    "PostgresPushes",
    "PostgresWatches",
]
