"""Who calls: half of Kuaidi100's calls name the customer and sign, half show the key itself."""

from __future__ import annotations

from hmac import compare_digest

from milepost.compat.core import CompatServices, Credential
from milepost.compat.kuaidi100 import VENDOR, faults, sign
from milepost.compat.kuaidi100.faults import RefusedError


async def by_sign(services: CompatServices, given: dict[str, str]) -> Credential:
    """The caller of query.do and maptrack.do. Raises RefusedError."""
    customer, signature, param = (given.get(name, "") for name in ("customer", "sign", "param"))
    if not (customer and signature and param):
        raise RefusedError(faults.INCOMPLETE)
    credential = await services.credentials.find(VENDOR, customer)
    if credential is None:
        raise RefusedError(faults.INCOMPLETE)
    right = sign.of_query(param, credential.secrets["key"], customer)
    if not sign.same(signature, right):
        raise RefusedError(faults.BAD_SIGN)
    return _not_too_fast(services, credential)


async def by_key(services: CompatServices, key: str) -> Credential:
    """The caller of poll, autonumber and stdio. Raises RefusedError."""
    found = await services.credentials.find(VENDOR, sign.customer_of(key)) if key else None
    if found is None or not compare_digest(found.secrets["key"].encode(), key.encode()):
        raise RefusedError(faults.NO_SUBSCRIBER)
    return _not_too_fast(services, found)


async def by_order_sign(services: CompatServices, given: dict[str, str]) -> Credential:
    """The caller of label/order. Raises RefusedError."""
    names = ("key", "t", "sign", "param")
    key, t, signature, param = (given.get(name, "") for name in names)
    if not (key and t and signature and param):
        raise RefusedError(faults.INCOMPLETE)
    credential = await by_key(services, key)
    right = sign.of_order(param, t, key, credential.secrets["secret"])
    if not sign.same(signature, right):
        raise RefusedError(faults.BAD_SIGN)
    return credential


def _not_too_fast(services: CompatServices, credential: Credential) -> Credential:
    if services.too_fast_s(credential):
        raise RefusedError(faults.TOO_FAST)
    return credential
