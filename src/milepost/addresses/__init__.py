"""Postal addresses and phones at order time: parsed, checked, with a repair and a score. Pure."""

from milepost.addresses.check import check
from milepost.addresses.model import Address, Checked, Phone, Reason
from milepost.addresses.reasons import text_of

__all__ = ["Address", "Checked", "Phone", "Reason", "check", "text_of"]
