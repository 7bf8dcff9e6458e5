"""`/console/sign-in/provider`: to the identity provider and back again."""

from __future__ import annotations

import hmac
from secrets import token_urlsafe

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milepost.pages.console.access import sessions
from milepost.pages.console.access.door import address, inside
from milepost.pages.console.access.oidc.config import OidcError
from milepost.pages.console.access.oidc.derive import derived, state_of
from milepost.pages.console.access.oidc.identity import Identity
from milepost.pages.console.access.sign_in import SignIn
from milepost.pages.console.desk import Desk
from milepost.pages.console.services import SingleSignOn
from milepost.pages.console.visit import Visit
from milepost.pages.headers import HEADERS
from milepost.stores.postgres.console.identities import Begun
from milepost.stores.postgres.users import User
from milepost.web.limits import Limiter

PATH = "/console/sign-in/provider"
BACK = f"{PATH}/back"
COOKIE = "milepost_oidc"
ACCOUNT = "/console/account"
LASTS_S = 600
# From one address: many people of a company share one.
TRIES = (1.0, 60)
_OURS = ("provider",)
log = structlog.get_logger()


class ByProvider:
    """The browser keeps a random token; the store its hash, once. Both must fit when it returns."""

    def __init__(self, desk: Desk, sign_in: SignIn) -> None:
        self._desk = desk
        self._services = desk.services
        self._sign_in = sign_in
        self._tries = Limiter(*TRIES)

    async def begin(self, request: Request) -> Response:
        """To the provider."""
        single = self._services.single
        if single is None:
            return RedirectResponse("/console/sign-in", 303, HEADERS)
        if self._tries.wait_s(address(request)) > 0:
            return self._sign_in.form(request, "sign_in.slow", 429)
        try:
            user = await self._wants_binding(request)
            token = token_urlsafe(32)
            url = await single.provider.begin(token, self._back(request))
        except OidcError as error:
            return self._refused(request, error)
        follow = inside(request.query_params.get("next", ""))
        digest = sessions.digest_of(token)
        await single.identities.begin(digest, follow, user.id if user else None, LASTS_S)
        response = RedirectResponse(url, 303, HEADERS)
        response.set_cookie(
            COOKIE, token, LASTS_S, path=PATH, secure=sessions.is_secure(request), httponly=True,
            samesite="lax",
        )  # fmt: skip
        return response

    async def come_back(self, request: Request) -> Response:
        """From the provider, with a code or with what went wrong."""
        single, token = self._services.single, request.cookies.get(COOKIE, "")
        if single is None:
            return RedirectResponse("/console/sign-in", 303, HEADERS)
        try:
            _check_state(request, token)
            begun = await single.identities.take(sessions.digest_of(token))
            if begun is None:
                raise OidcError("stale", "it was used before, or too old")
            await _check_issuer(single, request)
            who = await single.provider.end(token, self._back(request), _code(request))
            response = await self._let_in(request, single, begun, who)
        except OidcError as error:
            response = self._refused(request, error)
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
        return response

    async def _let_in(
        self, request: Request, single: SingleSignOn, begun: Begun, who: Identity
    ) -> Response:
        if begun.user is not None:
            await single.members.bind(who, await self._same(request, begun.user))
            return RedirectResponse(f"{ACCOUNT}?bound=1", 303, HEADERS)
        user = await single.members.sign_in(who)
        known = {"identity": who.key}
        return await self._sign_in.enter(request, user, begun.follow, "provider", known)

    async def unbind(self, visit: Visit) -> Response:
        """The identity signs in as this user no longer."""
        single = self._services.single
        former = await single.identities.unbind(visit.user.id) if single else None
        if former is not None:
            subject = f"user {visit.user.email}"
            await visit.note("identity_unbound", subject, {"identity": former}, None)
        return visit.back(ACCOUNT, visit.reader.text("oidc.unbound"))

    async def _wants_binding(self, request: Request) -> User | None:
        """Who is signed in and asks, on a page of ours, to bind his identity."""
        given = request.query_params.get("bind")
        if given is None:
            return None
        token = sessions.token_of(request) or ""
        user = await self._services.users.of_session(sessions.digest_of(token))
        fits = hmac.compare_digest(given.encode(), binding_of(token).encode())
        if user is None or not fits or not sessions.is_ours(request):
            raise OidcError("stale", "binding was not asked for on a page of ours")
        return user

    async def _same(self, request: Request, wanted: int) -> User:
        """Who began to bind must still be signed in."""
        token = sessions.token_of(request) or ""
        user = await self._services.users.of_session(sessions.digest_of(token))
        if user is None or user.id != wanted:
            raise OidcError("stale", "somebody else is signed in meanwhile")
        return user

    def _back(self, request: Request) -> str:
        return f"{self._services.base_url or str(request.base_url).rstrip('/')}{BACK}"

    def _refused(self, request: Request, error: OidcError) -> Response:
        log.warning("oidc_refused", key=error.key, why=error.detail)
        status = 502 if error.key in _OURS else 403
        return self._sign_in.form(request, f"oidc.{error.key}", status)


def binding_of(token: str) -> str:
    """What a link to bind an identity carries, so that no other site can make one."""
    return derived(token, "bind an identity")


def _check_state(request: Request, token: str) -> None:
    """Raises OidcError unless the browser is the one that began."""
    state = request.query_params.get("state", "")
    if not token or not hmac.compare_digest(state.encode(), state_of(token).encode()):
        raise OidcError("stale", "the state is not this browser's")


def _code(request: Request) -> str:
    query = request.query_params
    if "error" in query:
        key = "denied" if query["error"] == "access_denied" else "refused"
        raise OidcError(key, query["error"][:200])
    if not query.get("code"):
        raise OidcError("refused", "there is no code")
    return query["code"]


async def _check_issuer(single: SingleSignOn, request: Request) -> None:
    """An answer of another provider is not taken for this one's (RFC 9207)."""
    given = request.query_params.get("iss")
    expected = given is not None or await single.provider.answers_with_issuer()
    if expected and given != single.provider.config.issuer:
        raise OidcError("bad_token", "another issuer has answered")
