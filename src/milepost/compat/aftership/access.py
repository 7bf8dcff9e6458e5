"""Who calls: an API key, and a signature over the request where there is one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime

from starlette.requests import Request

from milepost.compat.aftership import VENDOR, sign
from milepost.compat.aftership.faults import FaultError
from milepost.compat.core import Credential, Credentials

KEY_HEADERS = ("as-api-key", "aftership-api-key")
# PEM of the key that a client signs with, where one is registered for its credential.
PUBLIC_KEY = "rsa_public_key"
# A credential with this set to AES or RSA is of no use without such a signature.
AUTH_TYPE = "auth_type"
# So long before and after its `date` a signature counts, at AfterShip too.
COUNTS_S = 180
_NOTHING = {b"[]", b"{}"}
_TYPES = {"AES": sign.AES_HEADER, "RSA": sign.RSA_HEADER}


class Access:
    """Finds the credential of a request. `clock`: the time that clients have, in seconds."""

    def __init__(self, credentials: Credentials, clock: Callable[[], float] = time.time) -> None:
        self._credentials = credentials
        self._clock = clock

    async def credential(self, request: Request, body: bytes) -> Credential:
        """Raises FaultError 401."""
        headers = request.headers
        key = next((headers[name] for name in KEY_HEADERS if headers.get(name)), None)
        if key is None:
            raise FaultError(401)
        found = await self._credentials.find(VENDOR, key)
        if found is None or not _signed(found, request, headers, body):
            raise FaultError(401)
        # Who may call by the key alone would gain nothing by repeating what was signed.
        if AUTH_TYPE in found.secrets and not _recent(headers.get("date", ""), self._clock()):
            raise FaultError(401)
        return found


def _recent(date: str, now_s: float) -> bool:
    try:
        return abs(parsedate_to_datetime(date).timestamp() - now_s) <= COUNTS_S
    except (ValueError, OverflowError):
        return False


def _signed(found: Credential, request: Request, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether every signature that is given fits, and the one that must be there is."""
    needed = _TYPES.get(found.secrets.get(AUTH_TYPE, ""))
    if needed is not None and needed not in headers:
        return False
    aes, rsa = headers.get(sign.AES_HEADER), headers.get(sign.RSA_HEADER)
    if aes is None and rsa is None:
        return True
    secret = found.secrets.get("api_secret")
    if aes is not None:
        texts = _texts(request, headers, body)
        if not (secret and sign.hmac_fits(secret, texts, aes)):
            return False
    if rsa is None:
        return True
    return sign.rsa_fits(found.secrets.get(PUBLIC_KEY, ""), _texts(request, headers, body), rsa)


def _texts(request: Request, headers: Mapping[str, str], body: bytes) -> Iterator[bytes]:
    """What may have been signed, the usual first."""
    scope = request.scope
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw_path.partition(b"?")[0].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    date = headers.get("date", "")
    # PHP's client sends `[]` for nothing, and signs nothing; Java's signs the charset as well.
    bodies = (body, b"") if body in _NOTHING else (body,)
    kinds = dict.fromkeys((sign.JSON, headers.get("content-type", "") if body else sign.JSON))
    return (
        sign.sign_string(request.method, one, date, headers, resource, kind)
        for kind in kinds
        for one in bodies
        for way in dict.fromkeys((path, scope["path"]))
        for resource in sign.resources(way, query)
    )
