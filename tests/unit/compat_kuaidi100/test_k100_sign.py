"""Known answers, computed with md5sum and sha256sum."""

from __future__ import annotations

from milepost.compat import kuaidi100
from milepost.compat.kuaidi100 import sign


def test_query_sign() -> None:
    param = '{"com":"yuantong","num":"YT8800112233445"}'

    assert sign.of_query(param, "abcdEFGH1234", "CUSTOMER01") == "0DC5399C93D8451E870203AC37A76F28"


def test_order_sign() -> None:
    param = '{"kuaidicom":"yuantong","from":"广东省深圳市"}'

    found = sign.of_order(param, "1800000000000", "abcdEFGH1234", "s3cret")

    assert found == "41ED35F5E2C8086A7ACC94F3E216F497"


def test_push_sign() -> None:
    found = sign.of_push('{"status":"polling","message":"到达"}', "salt8")

    assert found == "064F7933F663E4F69D974DA4D9F31B2E"


def test_a_sign_in_lower_case_is_not_the_sign() -> None:
    right = sign.of_push("{}", "salt")

    assert sign.same(right, right)
    assert not sign.same(right.lower(), right)
    assert not sign.same("签名", right)


def test_the_customer_follows_from_the_key() -> None:
    assert sign.customer_of("abcdEFGH1234") == "AF17256AE38F7CD7C77162E57B4B5DB4"
    public_id, fields = kuaidi100.make_credentials()
    assert tuple(fields) == kuaidi100.CREDENTIALS
    assert public_id == fields["customer"] == sign.customer_of(fields["key"])
