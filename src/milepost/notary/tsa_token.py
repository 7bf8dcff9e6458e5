"""What a time stamp token says, and whether it holds (RFC 3161, RFC 5652)."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import cms  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from msgspec import Struct

MOST_CHAIN = 8
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class BadTokenError(ValueError):
    """A time stamp token that does not hold, and why."""


class Stamp(Struct, frozen=True):
    """What a token says. `trusted`: its certificate leads to one of the given authorities."""

    time: datetime
    authority: str
    serial: int
    trusted: bool


def check_receipt(receipt: dict[str, Any], root: bytes, known: Sequence[x509.Certificate]) -> Stamp:
    """Check a receipt of ours. Raises BadTokenError."""
    try:
        token = b64decode(str(receipt["token"]), validate=True)
    except (KeyError, ValueError):
        raise BadTokenError("the receipt has no token") from None
    return check_token(token, root, known)


def check_token(
    token: bytes, root: bytes, known: Sequence[x509.Certificate], nonce: int | None = None
) -> Stamp:
    """Check that a token stamps this root, and who has signed it. Raises BadTokenError."""
    try:
        return _check(token, root, known, nonce)
    except BadTokenError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadTokenError(f"not a time stamp token: {error!r}") from None


def _check(
    token: bytes, root: bytes, known: Sequence[x509.Certificate], nonce: int | None
) -> Stamp:
    content = cms.ContentInfo.load(token, strict=True)
    signed = content["content"]
    info = signed["encap_content_info"]["content"].parsed
    imprint = info["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256":
        raise BadTokenError("stamped under another hash")
    if imprint["hashed_message"].native != hashlib.sha256(root).digest():
        raise BadTokenError("it stamps something else")
    if nonce is not None and info["nonce"].native != nonce:
        raise BadTokenError("it answers another request")
    chain = [x509.load_der_x509_certificate(one.chosen.dump()) for one in signed["certificates"]]
    signer = signed["signer_infos"][0]
    own = _signer(signer["sid"].chosen, chain)
    _check_signature(signer, own, signed["encap_content_info"]["content"].contents)
    time: datetime = info["gen_time"].native
    _check_use(own, time)
    return Stamp(
        time=time, authority=own.subject.rfc4514_string(),
        serial=int(info["serial_number"].native), trusted=_leads_to(own, chain, known, time),
    )  # fmt: skip


def _signer(sid: Any, chain: Sequence[x509.Certificate]) -> x509.Certificate:
    for one in chain:
        if isinstance(sid, cms.IssuerAndSerialNumber):
            same = sid["issuer"].dump() == one.issuer.public_bytes()
            if same and sid["serial_number"].native == one.serial_number:
                return one
        else:
            found = one.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
            if found.value.digest == sid.native:
                return one
    raise BadTokenError("the certificate of its signer is missing")


def _check_signature(signer: Any, own: x509.Certificate, content: bytes) -> None:
    """The digest of the content is signed with other attributes; they name the certificate too."""
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    name = signer["digest_algorithm"]["algorithm"].native
    if name not in _HASHES:
        raise BadTokenError(f"signed with {name}")
    if attributes["message_digest"][0].native != hashlib.new(name, content).digest():
        raise BadTokenError("its content was changed")
    _check_named(attributes, own)
    message = signer["signed_attrs"].untag().dump()
    try:
        _verify(own, signer, message, _HASHES[name])
    except InvalidSignature:
        raise BadTokenError("its signature does not fit") from None


def _check_named(attributes: dict[str, Any], own: x509.Certificate) -> None:
    der = x509.Certificate.fingerprint
    if "signing_certificate_v2" in attributes:
        one = attributes["signing_certificate_v2"][0]["certs"][0]
        name = one["hash_algorithm"]["algorithm"].native
        fits = name in _HASHES and one["cert_hash"].native == der(own, _HASHES[name])
    elif "signing_certificate" in attributes:
        one = attributes["signing_certificate"][0]["certs"][0]
        fits = one["cert_hash"].native == der(own, hashes.SHA1())  # noqa: S303 - as RFC 2634 has it
    else:
        fits = False
    if not fits:
        raise BadTokenError("it names another certificate than the one that has signed it")


def _verify(
    own: x509.Certificate, signer: Any, message: bytes, digest: hashes.HashAlgorithm
) -> None:
    key, signature = own.public_key(), signer["signature"].native
    if isinstance(key, rsa.RSAPublicKey):
        pss = signer["signature_algorithm"].signature_algo == "rsassa_pss"
        scheme = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO) if pss else padding.PKCS1v15()
        key.verify(signature, message, scheme, digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(digest))
    else:
        raise BadTokenError("signed with a kind of key that is not known")


def _check_use(own: x509.Certificate, time: datetime) -> None:
    try:
        use = own.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        raise BadTokenError("its certificate is not for time stamping") from None
    if list(use) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise BadTokenError("its certificate is not for time stamping")
    if not _valid(own, time):
        raise BadTokenError("its certificate was not valid at that time")


def _valid(one: x509.Certificate, time: datetime) -> bool:
    return one.not_valid_before_utc <= time <= one.not_valid_after_utc


def _leads_to(
    own: x509.Certificate,
    chain: Sequence[x509.Certificate],
    known: Sequence[x509.Certificate],
    time: datetime,
) -> bool:
    """Whether the certificates lead to a known one; each issuer must be an authority."""
    at = own
    for _ in range(MOST_CHAIN):
        if at in known:
            return True
        above = next((one for one in [*known, *chain] if _issued(one, at, time)), None)
        if above is None or above == at:
            return False
        at = above
    return False


def _issued(above: x509.Certificate, below: x509.Certificate, time: datetime) -> bool:
    try:
        below.verify_directly_issued_by(above)
        basic = above.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return basic.ca and _valid(above, time)
