"""Known answers of AfterShip's signatures, computed by their published rule."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from milepost.compat.aftership import sign

DATE = "Fri, 03 Jan 2031 08:09:10 GMT"
HEADERS = {
    "AS-Store-Id": " shop 7 ",
    "as-api-key": "asat_1",
    "content-type": "application/json",
    sign.AES_HEADER: "left out",
}
SIGNED = (
    b"POST\n99914B932BD37A50B983C5E7C90AE93B\napplication/json\n"
    b"Fri, 03 Jan 2031 08:09:10 GMT\nas-api-key:asat_1\nas-store-id:shop 7\n/v4/trackings"
)


def test_webhook_signature() -> None:
    found = sign.hmac_of("whsec", b'{"event":"tracking_update"}')

    assert found == "Aj9kbb+dZS8a6/RRLpeSEYUg5vTO0v2zSwIzT7PIGKI="


def test_sign_string_of_a_body() -> None:
    assert sign.sign_string("post", b"{}", DATE, HEADERS, "/v4/trackings") == SIGNED


def test_sign_string_without_a_body() -> None:
    found = sign.sign_string("GET", b"", DATE, {"as-api-key": "k"}, "/x?a=1")

    assert found == b"GET\n\n\nFri, 03 Jan 2031 08:09:10 GMT\nas-api-key:k\n/x?a=1"


def test_hmac_of_a_request() -> None:
    found = sign.hmac_of("secret", SIGNED)

    assert found == "unlMVBA2xLFReHpisfQ0v4xQUXzK/PIE3KyfyC8hsPk="
    assert sign.hmac_fits("secret", [b"another", SIGNED], found)
    assert not sign.hmac_fits("secret", [b"another"], found)
    assert not sign.hmac_fits("else", [SIGNED], found)
    assert not sign.hmac_fits("secret", [SIGNED], "ü")


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("", "/p"),
        ("b=2&a=1", "/p?a=1&b=2"),  # sorted
        ("b=2&a=1", "/p?b=2&a=1"),  # as sent
        ("k=a+b&z=", "/p?k=a+b&z="),  # an empty value is kept
        ("k=a+b&z=", "/p?k=a+b"),  # or not
        ("k=a%20b", "/p?k=a+b"),
        ("k=a%20b", "/p?k=a%20b"),
        ("k=%C3%BC*~", "/p?k=%C3%BC%2A~"),  # Python
        ("k=%C3%BC*~", "/p?k=%C3%BC*%7E"),  # browsers
        ("a=2&a=1", "/p?a=2"),  # the first of a name
    ],
)
def test_queries_as_clients_write_them(query: str, written: str) -> None:
    assert written in set(sign.resources("/p", query))


def test_another_query_is_none_of_them() -> None:
    assert "/p?a=2" not in set(sign.resources("/p", "a=1"))
    assert "/p" not in set(sign.resources("/p", "a=1"))


def pem(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def test_rsa() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pss = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32)
    signature = base64.b64encode(key.sign(SIGNED, pss, SHA256())).decode()
    public = pem(key.public_key())

    assert sign.rsa_fits(public, [b"another", SIGNED], signature)
    assert not sign.rsa_fits(public, [b"another"], signature)
    assert not sign.rsa_fits(public, [SIGNED], "no base64")
    assert not sign.rsa_fits("", [SIGNED], signature)
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    assert not sign.rsa_fits(pem(curve), [SIGNED], signature)
