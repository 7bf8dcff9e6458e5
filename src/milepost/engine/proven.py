"""The question that pages ask before they show or take what is personal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Asking(Protocol):
    """What is looked at of a request: `?k=` of its address and its cookie `k`."""

    @property
    def query_params(self) -> Mapping[str, str]: ...

    @property
    def cookies(self) -> Mapping[str, str]: ...


class Proven(Protocol):
    """Who came by the merchant's signed link, or gave a one-time code."""

    def proven(self, request: Asking, tenant: int, number: str) -> bool:
        """Whether whoever asks may see and do what is the consignee's alone, on this number."""
        ...
