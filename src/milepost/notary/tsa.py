"""A time stamping authority as witness (RFC 3161): request, and check of the token it gives."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from secrets import randbits

import httpx2
from asn1crypto import tsp  # type: ignore[import-untyped]
from asn1crypto.core import Null  # type: ignore[import-untyped]
from cryptography import x509

from milepost.notary.anchoring import Receipt, WitnessError
from milepost.notary.tsa_token import BadTokenError, check_token

KIND = "rfc3161"
TIMEOUT_S = 20.0
MOST_BYTES = 1 << 20


class TsaWitness:
    """Asks one authority. `authorities`: a PEM file; without it any certificate is taken."""

    name = KIND

    def __init__(self, url: str, authorities: Path | None = None) -> None:
        self._url = url
        self._authorities = authorities

    async def witness(self, root: bytes) -> Receipt:
        nonce = randbits(63)
        answer = await self._post(request(root, nonce))
        try:
            token = token_in(answer)
            known = certificates(self._authorities)
            stamp = check_token(token, root, known, nonce=nonce)
        except BadTokenError as error:
            raise WitnessError(str(error)) from None
        if known and not stamp.trusted:
            raise WitnessError("the certificate does not lead to a known authority")
        return {
            "kind": KIND, "url": self._url, "token": b64encode(token).decode(),
            "time": stamp.time.isoformat(), "authority": stamp.authority,
        }  # fmt: skip

    async def _post(self, content: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_S) as client:
                answer = await client.post(self._url, content=content, headers=headers)
                answer.raise_for_status()
        except httpx2.HTTPError as error:
            raise WitnessError(f"{self._url}: {error!r}") from error
        if len(answer.content) > MOST_BYTES:
            raise WitnessError(f"{self._url}: an answer of {len(answer.content)} bytes")
        return answer.content


def certificates(path: Path | None) -> list[x509.Certificate]:
    """Those in a PEM file."""
    return [] if path is None else x509.load_pem_x509_certificates(path.read_bytes())


def request(root: bytes, nonce: int) -> bytes:
    """A time stamp request for a root: what is stamped is the SHA-256 of its 32 bytes."""
    imprint = {
        "hash_algorithm": {"algorithm": "sha256", "parameters": Null()},
        "hashed_message": hashlib.sha256(root).digest(),
    }
    query = {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    data: bytes = tsp.TimeStampReq(query).dump()
    return data


def token_in(answer: bytes) -> bytes:
    """The token in an authority's answer. Raises BadTokenError."""
    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        status = response["status"]["status"].native
        if status not in {"granted", "granted_with_mods"}:
            raise BadTokenError(f"the authority answered '{status}'")
        token: bytes = response["time_stamp_token"].dump()
    except (ValueError, TypeError, KeyError) as error:
        raise (
            error
            if isinstance(error, BadTokenError)
            else BadTokenError(f"not a time stamp answer: {error}")
        ) from None
    return token
