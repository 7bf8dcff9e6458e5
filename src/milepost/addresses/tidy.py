"""Fields of an address cleaned before they are read."""

from __future__ import annotations

from milepost.addresses.model import Address
from milepost.addresses.normalise import clean


def tidy(address: Address) -> Address:
    """Every field in one width, without invisible characters; a phone stays as typed."""
    return Address(
        text=clean(address.text),
        country=clean(address.country),
        name=clean(address.name),
        phone=address.phone,
        region=clean(address.region),
        city=clean(address.city),
        district=clean(address.district),
        street=clean(address.street),
        postal_code=clean(address.postal_code),
    )
