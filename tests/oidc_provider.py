"""A whole OpenID Connect provider over HTTP on this machine: discovery, authorize, token with PKCE,
userinfo, keys, sign-out. It does what a good one does, unless a test tells it to lie.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


def rsa_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"}, private=True)


@dataclass
class OidcProvider:
    """`claims` go into every token. `lies` replace claims of tokens; `signs_with` another key.

    `grants`: what a code stands for, once. `document`: changes of the discovery document.
    """

    client_id: str = "milepost"
    client_secret: str = "provider & milepost: s3cret"
    key: RSAKey = field(default_factory=lambda: rsa_key("one"))
    claims: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    redirects: set[str] = field(default_factory=set)
    signs_with: Any = None
    algorithm: str = "RS256"
    shared: bytes | None = None
    denies: str | None = None
    asks: bool = False
    down: bool = False
    asked: list[str] = field(default_factory=list)
    grants: dict[str, dict[str, str]] = field(default_factory=dict)
    issuer: str = ""

    def __enter__(self) -> Self:
        provider = self

        class Serve(_Serve):
            owner = provider

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Serve)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        at: TracebackType | None,
    ) -> None:  # fmt: skip
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def tell_truth(self) -> None:
        """As at the beginning."""
        self.lies, self.userinfo, self.document = {}, {}, {}
        self.signs_with, self.algorithm, self.denies, self.down, self.shared = (
            None, "RS256", None, False, None,
        )  # fmt: skip

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/out",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
        } | self.document

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes back to, or why not, as a text."""
        back = query.get("redirect_uri", "")
        if query.get("client_id") != self.client_id or back not in self.redirects:
            return "!no such client, or not its address"
        given = {"state": query["state"], "iss": self.issuer}
        if self.denies is not None:
            return f"{back}?{urlencode(given | {'error': self.denies})}"
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self.grants[code] = query
        return f"{back}?{urlencode(given | {'code': code})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        if authorization != f"{self.client_id}:{self.client_secret}":
            return 401, {"error": "invalid_client"}
        grant = self.grants.pop(form.get("code", ""), None)
        if grant is None or form.get("redirect_uri") != grant["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        if _b64(digest) != grant["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "let me in", "token_type": "Bearer", "expires_in": 60,
                     "id_token": self.id_token(grant)}  # fmt: skip

    def id_token(self, grant: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300,
                  "nonce": grant["nonce"]} | self.claims | self.lies  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.signs_with or self.key
        header = {"alg": self.algorithm, "kid": getattr(key, "kid", None) or "one"}
        if self.algorithm == "none":
            return f"{_part(header)}.{_part(claims)}."
        if self.shared is not None:
            text = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(claims)}"
            return f"{text}.{_b64(hmac.new(self.shared, text.encode(), sha256).digest())}"
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])


class _Serve(BaseHTTPRequestHandler):
    owner: ClassVar[OidcProvider]

    def do_GET(self) -> None:
        owner, path, query = self.owner, urlsplit(self.path).path, self._query()
        owner.asked.append(path)
        if owner.down:
            self._json(503, {})
        elif path == "/.well-known/openid-configuration":
            self._json(200, owner.discovery())
        elif path == "/keys":
            others = [{"kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB"}, {"kty": "AKP"}]
            self._json(200, {"keys": [owner.key.as_dict(private=False), *others]})
        elif path == "/userinfo":
            fine = self.headers.get("Authorization") == "Bearer let me in"
            self._json(200 if fine else 401, owner.userinfo)
        elif path == "/authorize" and owner.asks and "yes" not in query:
            self._page(f'<h1>Who are you?</h1><a href="{self.path}&amp;yes=1">It is me</a>')
        elif path == "/authorize":
            self._to(owner.authorize(query))
        else:
            self._page("<h1>Gone</h1>")

    def do_POST(self) -> None:
        self.owner.asked.append(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        scheme, _, text = self.headers.get("Authorization", "").partition(" ")
        pair = b64decode(text).decode() if scheme == "Basic" else ""
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._json(*self.owner.token(form, unquote(pair)))

    def _query(self) -> dict[str, str]:
        found = parse_qs(urlsplit(self.path).query)
        return {name: values[0] for name, values in found.items()}

    def _to(self, url: str) -> None:
        if url.startswith("!"):
            self._page(url, 400)
            return
        self.send_response(302)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, status: int, body: Any) -> None:
        self._send(status, "application/json", json.dumps(body))

    def _page(self, html: str, status: int = 200) -> None:
        self._send(status, "text/html", f"<!doctype html><title>Provider</title>{html}")

    def _send(self, status: int, kind: str, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 - the base's own name
        pass


def _part(value: dict[str, Any]) -> str:
    return _b64(json.dumps(value).encode())


def _b64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
