"""What people read: catalogues of texts, and dates and numbers by CLDR.

A catalogue is one readable TOML file a language. Keys are its table names joined by dots.
"""

from __future__ import annotations

from milepost.locale.catalogue import (
    DEFAULT,
    LOCALES,
    UnknownTextError,
    has,
    status_label,
    translate,
)
from milepost.locale.check import problems
from milepost.locale.negotiate import negotiate

__all__ = [
    "DEFAULT",
    "LOCALES",
    "UnknownTextError",
    "has",
    "negotiate",
    "problems",
    "status_label",
    "translate",
]
