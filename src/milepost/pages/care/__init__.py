"""What a buyer can do on a parcel's page: be told, report, change, confirm, rate."""

from __future__ import annotations

from milepost.pages.care.ports import CareRooms
from milepost.pages.care.routes import routes

__all__ = ["CareRooms", "routes"]
