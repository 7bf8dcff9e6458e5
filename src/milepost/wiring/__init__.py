"""The roof: the only package that knows everybody. It puts the parts together."""

from milepost.wiring.app import build_app
from milepost.wiring.dialects import open_dialect_stores
from milepost.wiring.milepost import Milepost
from milepost.wiring.store import Database, Store, open_database, open_store
from milepost.wiring.tables import Tables

__all__ = [
    "Database",
    "Milepost",
    "Store",
    "Tables",
    "build_app",
    "open_database",
    "open_dialect_stores",
    "open_store",
]
