"""The conversation with an identity provider: its document, its keys, a code for a token."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from milepost.pages.console.access.oidc import claims, derive
from milepost.pages.console.access.oidc.asking import Json, ask
from milepost.pages.console.access.oidc.claims import UnknownKeyError
from milepost.pages.console.access.oidc.config import OidcConfig, OidcError, is_safe
from milepost.pages.console.access.oidc.identity import Identity, identity_of

KEPT_S = 3600.0
# A token with an unknown key makes us ask for keys again, but nobody can make us do it all day.
AGAIN_S = 30.0
_WELL_KNOWN = "/.well-known/openid-configuration"
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Provider:
    """`now_s` is the wall clock's: providers know no other."""

    def __init__(self, config: OidcConfig, now_s: Callable[[], float] = time.time) -> None:
        self.config = config
        self._now_s = now_s
        self._document: tuple[float, Json] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._turn = asyncio.Lock()
        self._tls = ssl.create_default_context(cafile=config.ca_file)

    async def begin(self, token: str, back: str) -> str:
        """Where the browser goes to sign in; `back` is where it comes back to."""
        document = await self._known()
        query = {
            "response_type": "code", "client_id": self.config.client_id, "redirect_uri": back,
            "scope": self.config.scopes, "state": derive.state_of(token),
            "nonce": derive.nonce_of(token), "code_challenge": derive.challenge_of(token),
            "code_challenge_method": "S256",
        }  # fmt: skip
        start = str(document["authorization_endpoint"])
        return f"{start}{'&' if '?' in start else '?'}{urlencode(query)}"

    async def end(self, token: str, back: str, code: str) -> Identity:
        """Who signed in. Raises OidcError."""
        given = await self._redeem(token, back, code)
        id_token = given.get("id_token")
        if not isinstance(id_token, str):
            raise OidcError("bad_token", "the provider sent no ID token")
        found = await self._read(id_token)
        claims.check(found, self.config, derive.nonce_of(token), self._now_s())
        if "email" not in found:
            found |= await self._more(given.get("access_token"), str(found["sub"]))
        return identity_of(found, self.config.issuer)

    async def answers_with_issuer(self) -> bool:
        """Whether the provider names itself when the browser comes back (RFC 9207)."""
        document = await self._known()
        return document.get("authorization_response_iss_parameter_supported") is True

    async def way_out(self, back: str) -> str | None:
        """Where to sign out at the provider too; None where it has no such page."""
        try:
            end = (await self._known()).get("end_session_endpoint")
        except OidcError:
            return None
        if not is_safe(end):
            return None
        query = {"client_id": self.config.client_id, "post_logout_redirect_uri": back}
        return f"{end}{'&' if '?' in str(end) else '?'}{urlencode(query)}"

    async def _redeem(self, token: str, back: str, code: str) -> Json:
        document, config = await self._known(), self.config
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": back,
                "code_verifier": derive.verifier_of(token)}  # fmt: skip
        auth = None
        ways = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if config.client_secret is not None and "client_secret_basic" in ways:
            auth = httpx2.BasicAuth(quote(config.client_id, ""), quote(config.client_secret, ""))
        else:
            body["client_id"] = config.client_id
            if config.client_secret is not None:
                body["client_secret"] = config.client_secret
        return await ask(self._tls, "POST", str(document["token_endpoint"]), data=body, auth=auth)

    async def _more(self, access_token: Any, subject: str) -> Json:
        """The address, where the ID token has none; only if it is of the same person."""
        endpoint = (await self._known()).get("userinfo_endpoint")
        if not isinstance(access_token, str) or not is_safe(endpoint):
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        found = await ask(self._tls, "GET", str(endpoint), headers=headers)
        return found if found.get("sub") == subject else {}

    async def _read(self, id_token: str) -> Json:
        try:
            return claims.read(id_token, await self._key_set(KEPT_S))
        except UnknownKeyError:
            pass
        try:
            return claims.read(id_token, await self._key_set(AGAIN_S))
        except UnknownKeyError:
            raise OidcError("bad_token", "it is signed with an unknown key") from None

    async def _known(self) -> Json:
        """The provider's own description, asked for now and then."""
        async with self._turn:
            if self._document is None or self._now_s() - self._document[0] > KEPT_S:
                url = self.config.issuer.rstrip("/") + _WELL_KNOWN
                self._document = (self._now_s(), self._sound(await ask(self._tls, "GET", url)))
            return self._document[1]

    def _sound(self, document: Json) -> Json:
        if document.get("issuer") != self.config.issuer:
            raise OidcError("provider", f"it calls itself {document.get('issuer')!r}")
        wrong = [name for name in _NEEDED if not is_safe(document.get(name))]
        if wrong:
            raise OidcError("provider", f"its {wrong[0]} is missing or not encrypted")
        return document

    async def _key_set(self, oldest_s: float) -> KeySet:
        document = await self._known()
        async with self._turn:
            if self._keys is None or self._now_s() - self._keys[0] > oldest_s:
                found = await ask(self._tls, "GET", str(document["jwks_uri"]))
                self._keys = (self._now_s(), _key_set(found))
            return self._keys[1]


def _key_set(document: Json) -> KeySet:
    """The keys that we can use; a set may have others, for other ends."""
    keys = [
        one for one in document.get("keys") or ()
        if isinstance(one, dict) and one.get("kty") in ("RSA", "EC", "OKP")
        and one.get("use", "sig") == "sig"
    ]  # fmt: skip
    try:
        return KeySet.import_key_set({"keys": keys})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise OidcError("provider", f"its keys: {error}") from None
