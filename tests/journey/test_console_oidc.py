"""People sign in to the console by an identity provider, and others try to."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from msgspec import structs
from starlette.testclient import TestClient

from journey.running import Clock, Running, running
from milepost.pages.console.access.oidc.flow import COOKIE as FLOW
from milepost.pages.console.access.sessions import COOKIE, new_link
from milepost.stores.postgres.users import Users
from oidc_provider import OidcProvider, rsa_key

pytest_plugins = ["pg"]
BASE = "http://testserver"
BACK = f"{BASE}/console/sign-in/provider/back"
START = "/console/sign-in/provider"
FAULT = re.compile(r'class="fault"[^>]*>([^<]+)')
_TURNS = count(1)


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with OidcProvider(redirects={BACK}) as started:
        yield started


@pytest.fixture(scope="module")
def app(module_url: str, provider: OidcProvider, tmp_path_factory: Any) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("oidc")
    (folder / "secret").write_text(provider.client_secret + "\n")
    with running(module_url, Clock(), data=folder, **settings(provider, folder)) as started:
        started.call(started.milepost.store.accounts.tenant, "Tea & Co")
        yield started


def settings(provider: OidcProvider, folder: Any) -> dict[str, Any]:
    return {
        "oidc_issuer": provider.issuer, "oidc_client_id": "milepost",
        "oidc_client_secret_file": folder / "secret", "oidc_name": "Tea ID",
        "oidc_tenant": "Tea & Co", "oidc_domains": "teahouse.example",
        "oidc_role_claim": "realm.groups", "oidc_roles": "bosses=admin,desk=agent",
    }  # fmt: skip


class Visitor:
    """A browser without script, and who sits in front of it."""

    def __init__(self, app: Running, provider: OidcProvider, **claims: Any) -> None:
        self.app, self.provider = app, provider
        self.turn = next(_TURNS)
        self.subject, self.email = f"s-{self.turn}", f"p{self.turn}@teahouse.example"
        self.given = {"sub": self.subject, "email": self.email, "email_verified": True} | claims
        self.client = TestClient(
            app.client.app, follow_redirects=False, client=(f"192.0.2.{self.turn}", 50_000)
        )
        self.client.portal = app.client.portal
        self.users = Users(app.milepost.store.pool)

    def begin(self, follow: str = "") -> str:
        """Sent to the provider; its address."""
        answer = self.client.get(START, params={"next": follow} if follow else {})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def at_provider(self, url: str) -> str:
        """Signed in there; where the browser is sent back to."""
        self.provider.claims = self.given
        answer = httpx2.get(url)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    def back(self, url: str) -> Any:
        return self.client.get(url.removeprefix(BASE))

    def sign_in(self, follow: str = "") -> Any:
        return self.back(self.at_provider(self.begin(follow)))

    def invite(self, role: str = "agent", tenant: str = "Tea & Co") -> int:
        owner = self.app.call(self.app.milepost.store.accounts.tenant, tenant)
        return int(self.app.call(self.users.add, owner, self.email, role))

    @property
    def user(self) -> Any:
        return self.app.call(self.users.by_email, self.email)

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def is_in(self) -> bool:
        return bool(self.get("/console").status_code == 200)


@pytest.fixture
def visitor(app: Running, provider: OidcProvider) -> Any:
    provider.tell_truth()
    for feature in app.milepost.features:
        if hasattr(feature, "services") and hasattr(feature, "worrying"):
            single = feature.services.single.provider
            single._document = single._keys = None
    return lambda **claims: Visitor(app, provider, **claims)


def fault(answer: Any) -> str:
    assert answer.status_code in (403, 502), (answer.status_code, answer.headers)
    assert COOKIE not in answer.headers.get("set-cookie", "")
    return FAULT.findall(answer.text)[0]


def test_somebody_new_joins_with_the_role_of_his_group(visitor: Any, app: Running) -> None:
    one = visitor(name="Ada", realm={"groups": ["guests", "desk"]})

    answer = one.sign_in("/console/cases?kind=claim")

    assert answer.headers["location"] == "/console/cases?kind=claim"
    assert one.is_in()
    assert (one.user.role, one.user.name, one.user.tenant_name) == ("agent", "Ada", "Tea & Co")
    lines = app.sql("SELECT action, after FROM audit_log WHERE actor = $1 ORDER BY id", one.email)
    assert [line["action"] for line in lines] == ["user_added", "signed_in"]
    assert f"{one.provider.issuer} {one.subject}" in lines[1]["after"]


def test_the_page_offers_it_and_the_request_is_as_it_should_be(visitor: Any) -> None:
    one = visitor()
    assert "Sign in with Tea ID" in one.get("/console/sign-in").text

    url = urlsplit(one.begin())
    query = {name: values[0] for name, values in parse_qs(url.query).items()}

    assert url.path == "/authorize"
    assert query["redirect_uri"] == BACK
    assert query["code_challenge_method"] == "S256"
    assert len({query["state"], query["nonce"], query["code_challenge"]}) == 3
    assert all(len(query[name]) == 43 for name in ("state", "nonce", "code_challenge"))
    assert one.client.cookies.get(FLOW, path=START, domain="testserver.local") not in str(query)


def test_who_was_invited_is_known_by_his_address_then_by_his_subject(visitor: Any) -> None:
    one = visitor(realm={"groups": ["desk"]})
    number = one.invite("viewer", "Coffee & Co")

    assert one.sign_in().headers["location"] == "/console"
    assert (one.user.id, one.user.role, one.user.tenant_name) == (number, "agent", "Coffee & Co")

    one.given |= {"email": "another@teahouse.example"}
    assert one.sign_in().headers["location"] == "/console"
    assert one.app.call(one.users.by_email, "another@teahouse.example") is None


def test_a_role_goes_with_its_group_but_not_that_of_the_last_administrator(visitor: Any) -> None:
    one = visitor(realm={"groups": ["bosses"]})
    one.invite("viewer", f"alone {one.turn}")
    one.sign_in()
    assert one.user.role == "admin"
    one.given |= {"realm": {"groups": []}}
    one.sign_in()
    assert one.user.role == "admin"

    other = visitor(realm={"groups": ["bosses"]})
    other.invite("admin", f"alone {one.turn}")
    other.given |= {"realm": {}}
    other.sign_in()
    assert other.user.role == "viewer"


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email_verified": False}, "not verified your mail address"),
        ({"email_verified": None}, "not verified your mail address"),
        ({"email": None}, "does not tell your mail address"),
        ({"email": "eve@elsewhere.example"}, "Nobody here has invited"),
        ({"email": "eve@teahouse.example.evil.example"}, "Nobody here has invited"),
    ],
)
def test_who_is_not_known_stays_outside(visitor: Any, claims: dict[str, Any], said: str) -> None:
    one = visitor(**claims)

    assert said in fault(one.sign_in())
    assert not one.is_in()


def test_an_unverified_address_is_nobodys(visitor: Any) -> None:
    one = visitor(email_verified=False)
    one.invite("admin")

    assert "not verified" in fault(one.sign_in())


def test_an_address_that_went_to_somebody_else(visitor: Any) -> None:
    one = visitor()
    one.sign_in()
    heir = visitor(sub=f"{one.subject}-heir", email=one.email)

    assert "Another account" in fault(heir.sign_in())


def test_who_was_switched_off_stays_outside(visitor: Any) -> None:
    one = visitor()
    one.sign_in()
    one.app.sql("UPDATE console_user SET disabled_at = now() WHERE email = $1", one.email)
    again = visitor(**one.given)

    assert "switched off" in fault(again.sign_in())


def test_the_address_is_asked_for_where_the_token_has_none(visitor: Any) -> None:
    one = visitor(email=None, email_verified=None)
    found = {"email": one.email, "email_verified": True}
    one.provider.userinfo = found | {"sub": "somebody else"}
    assert "does not tell" in fault(one.sign_in())

    one.provider.userinfo = found | {"sub": one.subject}
    assert one.sign_in().headers["location"] == "/console"


NOT_TRUSTED = "could not be trusted"


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "of another sign-in"}, {"nonce": None}, {"nonce": 7},
        {"aud": "another-client"}, {"aud": None}, {"aud": []},
        {"aud": ["milepost", "another"]}, {"aud": ["milepost", "another"], "azp": "another"},
        {"azp": "another"}, {"iss": "https://evil.example"}, {"iss": None},
        {"exp": int(time.time()) - 3_600}, {"exp": None}, {"exp": "never"}, {"exp": True},
        {"iat": int(time.time()) + 3_600}, {"iat": None}, {"nbf": int(time.time()) + 3_600},
        {"sub": ""}, {"sub": None}, {"sub": 17}, {"sub": "two words"}, {"sub": "x" * 300},
    ],
)  # fmt: skip
def test_a_token_that_is_not_for_us_now(visitor: Any, lies: dict[str, Any]) -> None:
    one = visitor()
    one.provider.lies = lies

    assert NOT_TRUSTED in fault(one.sign_in())
    assert not one.is_in()
    assert one.user is None


def test_a_token_for_several_that_names_us(visitor: Any) -> None:
    one = visitor()
    one.provider.lies = {"aud": ["milepost", "another"], "azp": "milepost"}

    assert one.sign_in().headers["location"] == "/console"


def test_signatures_of_others(visitor: Any) -> None:
    one = visitor()
    one.provider.signs_with = rsa_key("one")
    assert NOT_TRUSTED in fault(one.sign_in())
    one.provider.signs_with = rsa_key("two")
    assert NOT_TRUSTED in fault(one.sign_in())

    one.provider.signs_with = None
    public = one.provider.key.as_pem(private=False)
    for secret in (b"a secret", one.provider.client_secret.encode(), public):
        one.provider.shared = secret
        assert NOT_TRUSTED in fault(one.sign_in())
    one.provider.shared, one.provider.algorithm = None, "none"
    assert NOT_TRUSTED in fault(one.sign_in())
    one.provider.algorithm = "RS256"
    assert one.sign_in().headers["location"] == "/console"


def test_new_keys_are_fetched_when_they_are_used(visitor: Any) -> None:
    one = visitor()
    one.sign_in()
    one.provider.key = rsa_key("next")
    single = next(f for f in one.app.milepost.features if hasattr(f, "worrying")).services.single
    before = one.provider.asked.count("/keys")
    read_at, keys = single.provider._keys
    single.provider._keys = (read_at - 31, keys)

    assert one.sign_in().headers["location"] == "/console"
    assert one.provider.asked.count("/keys") == before + 1


def test_a_code_is_used_once(visitor: Any) -> None:
    one = visitor()
    url = one.at_provider(one.begin())
    kept = one.client.cookies.get(FLOW, path=START, domain="testserver.local")
    assert one.back(url).headers["location"] == "/console"
    assert "begun elsewhere" in fault(one.back(url))

    thief = visitor()
    thief.client.cookies.set(FLOW, kept, path=START)
    assert "begun elsewhere" in fault(thief.back(url))
    assert not thief.is_in()


def test_an_answer_for_another_browser(visitor: Any) -> None:
    """Somebody is lured to an address that would sign him in as somebody else."""
    eve, victim = visitor(), visitor()
    url = eve.at_provider(eve.begin())

    assert "begun elsewhere" in fault(victim.back(url))
    victim.begin()
    assert "begun elsewhere" in fault(victim.back(url))
    code = parse_qs(urlsplit(url).query)["code"][0]
    state = parse_qs(urlsplit(victim.begin()).query)["state"][0]
    mixed = f"{BACK}?code={code}&state={state}&iss={eve.provider.issuer}"
    assert "refused" in fault(victim.back(mixed)), "PKCE: the code was another browser's"
    assert not victim.is_in()


def test_a_changed_state_and_a_foreign_issuer(visitor: Any) -> None:
    one = visitor()
    url = one.at_provider(one.begin())
    assert "begun elsewhere" in fault(one.back(re.sub(r"state=[^&]+", "state=x", url)))
    url = one.at_provider(one.begin())
    assert NOT_TRUSTED in fault(one.back(re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.test", url)))
    url = one.at_provider(one.begin())
    assert NOT_TRUSTED in fault(one.back(re.sub(r"&?iss=[^&]+", "", url)))


def test_a_sign_in_that_took_too_long(visitor: Any) -> None:
    one = visitor()
    url = one.at_provider(one.begin())
    one.app.sql("UPDATE console_oidc SET expires_at = now() - interval '1 second'")

    assert "begun elsewhere" in fault(one.back(url))


@pytest.mark.parametrize(
    "follow",
    ["https://evil.example", "//evil.example/console", "/console\\@evil.example", "/t/AB1",
     "/console\r\nX: y", "javascript:alert(1)"],
)  # fmt: skip
def test_next_leads_nowhere_else(visitor: Any, follow: str) -> None:
    assert visitor().sign_in(follow).headers["location"] == "/console"


def test_what_the_provider_says_is_told(visitor: Any) -> None:
    one = visitor()
    one.provider.denies = "access_denied"
    assert "cancelled" in fault(one.sign_in())
    one.provider.denies = "server_error"
    assert "refused the sign-in" in fault(one.sign_in())


def test_a_provider_that_is_down_or_lies_about_itself(visitor: Any) -> None:
    one, url = visitor(), None
    one.provider.down = True
    assert "cannot be reached" in fault(one.get(START))
    one.provider.down = False
    for document in (
        {"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None}, {"authorization_endpoint": "javascript:alert(1)"},
    ):  # fmt: skip
        one.provider.document = document
        assert "cannot be reached" in fault(one.get(START)), document
    one.provider.document = {}
    url = one.at_provider(one.begin())
    one.provider.client_secret = "changed"
    assert "refused" in fault(one.back(url))
    one.provider.client_secret = OidcProvider.client_secret


def test_a_session_is_new_and_signing_out_ends_it(visitor: Any) -> None:
    one = visitor()
    one.client.cookies.set(COOKIE, "chosen-by-somebody-else", path="/console")
    one.sign_in()
    token = one.client.cookies.get(COOKIE, domain="testserver.local")
    assert token not in (None, "chosen-by-somebody-else")

    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', one.get("/console").text)[0]
    answer = one.client.post("/console/sign-out", data={"csrf": csrf})
    page = one.get(answer.headers["location"])

    assert answer.headers["location"] == "/console/sign-in?out=1"
    assert f"{one.provider.issuer}/out?client_id=milepost" in page.text
    one.client.cookies.set(COOKIE, token, path="/console")
    assert not one.is_in()


def test_who_is_in_binds_an_account_with_another_address(visitor: Any) -> None:
    one = visitor(email="private@mail.example", sub="bound-one")
    link = one.app.call(new_link, one.users, one.invite())
    one.get(link)
    page = one.get("/console/account").text
    bind = re.findall(r'href="(/console/sign-in/provider\?bind=[^"]+)"', page)[0]
    cross = one.client.get(bind, headers={"Sec-Fetch-Site": "cross-site"})
    assert "begun elsewhere" in fault(cross)
    assert "begun elsewhere" in fault(one.get(f"{START}?bind=guessed"))

    url = one.at_provider(one.get(bind).headers["location"])
    assert one.back(url).headers["location"] == "/console/account?bound=1"
    assert "signs you in" in one.get("/console/account?bound=1").text

    later = visitor(**one.given)
    assert later.sign_in().headers["location"] == "/console"
    assert one.email in later.get("/console").text
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', later.get("/console").text)[0]
    later.client.post("/console/account/unbind", data={"csrf": csrf})
    assert "Nobody here has invited" in fault(visitor(**one.given).sign_in())


def test_binding_for_somebody_who_has_gone_meanwhile(visitor: Any) -> None:
    one, other = visitor(), visitor()
    one.sign_in()
    page = one.get("/console/account").text
    assert "bind=" not in page, "it is bound already"
    one.app.sql("UPDATE console_user SET subject = NULL WHERE email = $1", one.email)
    bind = re.findall(r'href="(/console/sign-in/provider\?bind=[^"]+)"',
                      one.get("/console/account").text)[0]  # fmt: skip
    url = one.at_provider(one.get(bind).headers["location"])
    other.sign_in()
    one.client.cookies.set(
        COOKIE, other.client.cookies.get(COOKIE, domain="testserver.local"), path="/console",
        domain="testserver.local",
    )  # fmt: skip
    assert "begun elsewhere" in fault(one.back(url))


def test_another_process_takes_the_answer(
    visitor: Any, provider: OidcProvider, tmp_path: Any
) -> None:
    one = visitor()
    url = one.at_provider(one.begin())
    (tmp_path / "secret").write_text(provider.client_secret)
    with running(one.app.url, Clock(), data=tmp_path, **settings(provider, tmp_path)) as second:
        kept = one.client.cookies.get(FLOW, path=START, domain="testserver.local")
        second.client.cookies.set(FLOW, kept, path=START)
        answer = second.client.get(url.removeprefix(BASE), follow_redirects=False)

    assert answer.headers["location"] == "/console"
    assert "begun elsewhere" in fault(one.back(url))


def test_where_the_provider_names_the_tenant_nobody_gets_into_another(visitor: Any) -> None:
    one, two = visitor(org=["no such", "Tea & Co"]), visitor(org="Tea & Co")
    two.invite("admin", "Coffee & Co")
    single = next(f for f in one.app.milepost.features if hasattr(f, "worrying")).services.single
    usual = single.members._config
    single.members._config = structs.replace(usual, tenant=None, tenant_claim="org")
    try:
        assert one.sign_in().headers["location"] == "/console"
        assert one.user.tenant_name == "Tea & Co"
        assert "Nobody here has invited" in fault(two.sign_in())
        one.given["org"] = "Coffee & Co"
        assert "Nobody here has invited" in fault(one.sign_in())
    finally:
        single.members._config = usual
    row = one.app.sql("SELECT subject FROM console_user WHERE email = $1", two.email)[0]
    assert row["subject"] is None, "nothing was bound"
