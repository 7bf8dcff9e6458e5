"""Parts of the console by themselves: an identity provider's settings, orders, amounts, places."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from milepost.pages.console import recommend
from milepost.pages.console.access.oidc import derive
from milepost.pages.console.access.oidc.config import (
    OidcConfig,
    OidcError,
    checked,
    is_safe,
    mapping,
)
from milepost.pages.console.access.oidc.identity import identity_of, values_of
from milepost.pages.console.access.oidc.members import role_of
from milepost.pages.console.cases import _minor
from milepost.pages.console.filters import Filters
from milepost.pages.console.reader import ConsoleReader

GOOD = {"issuer": "https://id.example", "client_id": "milepost"}


def config(**more: Any) -> OidcConfig:
    return OidcConfig(**(GOOD | more))


@pytest.mark.parametrize(
    "more",
    [{"issuer": "http://id.example"}, {"issuer": "ftp://id.example"}, {"issuer": ""},
     {"client_id": ""}, {"roles": {"bosses": "king"}}, {"default_role": "king"},
     {"scopes": "email"}],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_at_the_start(more: dict[str, Any]) -> None:
    assert checked(config()) == config()
    with pytest.raises(ValueError, match="oidc_"):
        checked(config(**more))


def test_secrets_travel_encrypted_or_not_at_all() -> None:
    for good in ("https://id.example/a", "http://127.0.0.1:8080", "http://localhost/x"):
        assert is_safe(good)
    for bad in (
        "http://id.example",
        "https://u:p@id.example",
        "https://id.example/#x",
        "https://",
        "http://localhost.evil.example",
        "javascript:alert(1)",
        None,
        7,
        "https://[::1",
    ):
        assert not is_safe(bad), bad


def test_groups_become_roles() -> None:
    assert mapping("cn=bosses=admin, desk=agent,") == {"cn=bosses": "admin", "desk": "agent"}
    with pytest.raises(ValueError, match="group=role"):
        mapping("admin")
    many = config(role_claim="r", roles={"a": "admin", "b": "agent"})
    assert role_of({"r": ["b", "x", "a"]}, many) == "admin"
    assert role_of({"r": "b"}, many) == "agent"
    assert role_of({"r": ["admin"]}, many) == "viewer", "with a table, only the table counts"
    assert role_of({"r": ["admin"]}, config(role_claim="r")) == "admin"
    assert role_of({"r": ["admin"]}, config()) is None
    with pytest.raises(OidcError):
        role_of({}, config(role_claim="r", default_role="none"))


def test_claims_inside_of_claims() -> None:
    claims = {"a": {"b": ["x", 7, "", "y"]}, "a.b": ["plain"], "c": "one"}
    assert values_of(claims, "a.b") == ["plain"]
    assert values_of({"a": claims["a"]}, "a.b") == ["x", "y"]
    assert values_of(claims, "c.d") == values_of(claims, "z") == []


def test_an_address_counts_where_it_is_verified() -> None:
    claims = {"sub": "1", "email": "Ada@shop.example"}
    assert identity_of(claims | {"email_verified": True}, "i").email == "Ada@shop.example"
    assert identity_of(claims | {"email_verified": "true"}, "i").email == "Ada@shop.example"
    for no in (False, None, 1.5, "yes", "false"):
        assert identity_of(claims | {"email_verified": no}, "i").email is None


def test_what_is_derived_from_a_token_tells_nothing_of_it_or_of_each_other() -> None:
    found = {derive.state_of("t"), derive.nonce_of("t"), derive.verifier_of("t"),
             derive.challenge_of("t")}  # fmt: skip
    assert len(found) == 4
    assert all(len(one) == 43 for one in found)
    assert derive.state_of("t") != derive.state_of("u")


def order(**fields: str) -> tuple[dict[str, Any] | None, str | None]:
    return recommend.order_of(Filters("/", fields, recommend._FIELDS))


def test_an_order_as_people_type_it() -> None:
    ends = {"from_city": "Hamburg", "from_country": "DE", "to_postal": "1010"}
    found, fault = order(**ends, weight_kg="2,3", volume_l="0.5", days="1.5", category="fragile")

    assert fault is None
    assert found == {
        "origin": {"city": "Hamburg", "country": "DE"}, "destination": {"postal_code": "1010"},
        "weight_g": 2300, "volume_cm3": 500, "within_h": 36.0, "category": "fragile",
    }  # fmt: skip
    assert order() == (None, None)
    assert order(from_city="Hamburg")[1] == "recommend.no_place"
    assert order(**ends)[1] == "recommend.no_weight"
    for bad in ("much", "-1", "0", "nan", "inf", "1e9", "1_0"):
        assert order(**ends, weight_kg=bad)[1] == "recommend.bad_weight_kg", bad
    assert "category" not in (order(**ends, weight_kg="1", category="x")[0] or {})


def test_the_loss_to_expect_is_worth_times_how_often_goods_were_damaged() -> None:
    given = Filters("/", {"value": "400"}, recommend._FIELDS)
    assert recommend._loss({"damaged_pm": 25, "currency": "EUR"}, given) == 1_000
    assert recommend._loss({"damaged_pm": None, "currency": "EUR"}, given) is None


def test_amounts_as_they_stand_on_a_bill() -> None:
    assert [_minor(one, "EUR") for one in ("12", "12.5", "12,50")] == [1200, 1250, 1250]
    assert _minor("1200", "JPY") == 1200
    for bad in ("12.505", "-1", "1.2.3", "", "٣"):
        assert _minor(bad, "EUR") == bad
    assert _minor("1.5", "JPY") == "1.5"


def test_places_times_and_shares_as_they_are_read() -> None:
    reader = ConsoleReader("en", datetime(2026, 11, 20, tzinfo=UTC), lambda slug, _: slug)
    assert reader.place("Berlin, Berlin, DE") == "Berlin, DE"
    assert reader.place({"city": "Hamburg", "country": "DE"}) == "Hamburg, Germany"
    assert reader.place({"name": "Hub 7", "city": "Hamburg"}) == "Hub 7"
    assert reader.place(None) == reader.place({}) == ""
    first, last = "2026-11-21T14:00:00+08:00", "2026-11-21T18:30:00+08:00"
    assert reader.between(first, last) == "21 Nov 14:00–18:30"
    assert reader.between(first, "2026-11-22T09:00:00+08:00") == "21 Nov 14:00 – 22 Nov 09:00"
    assert reader.between(None, last) == "21 Nov 18:30"
    assert reader.between(first, None, open=True) == "21 Nov 14:00 –"
    assert [reader.share(one) for one in (None, 0, 12, 770, 998)] == [
        "–", "0%", "1.2%", "77%", "99.8%",
    ]  # fmt: skip
    assert reader.measured("weight_g", 2608) == "Weight: 2.6 kg"
