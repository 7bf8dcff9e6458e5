"""PDF signatures (PAdES by pyHanko) with a key and a self-signed certificate of the installation.

Whoever trusts the installation compares the certificate's fingerprint once; a merchant with a
certificate of an authority puts it in the same two files instead.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from milepost.keyfile import make_once

KEY_FILE = "documents.key"
CERTIFICATE_FILE = "documents.crt"
YEARS = 10


async def sign(document: bytes, folder: Path, reason: str) -> bytes:
    """The document with a signature over all of it. Raises ValueError for files that are no key
    and certificate.
    """
    # pyHanko takes longer to import than the rest of the server, and most servers never sign.
    pades = await asyncio.to_thread(import_module, "milepost.documents.pades")
    return bytes(await pades.signed(document, *_files(folder), reason))


def sign_detached(data: bytes, folder: Path) -> bytes:
    """A signature apart from what it is of: CMS in DER, which `openssl cms -verify` checks."""
    key, certificate = _files(folder)
    signer = serialization.load_pem_private_key(key.read_bytes(), password=None)
    assert isinstance(signer, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey))
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
    named = x509.load_pem_x509_certificate(certificate.read_bytes())
    return builder.add_signer(named, signer, hashes.SHA256()).sign(
        serialization.Encoding.DER,
        [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary],
    )


def _files(folder: Path) -> tuple[Path, Path]:
    """The key and its certificate; made, where there are none."""
    key, certificate = folder / KEY_FILE, folder / CERTIFICATE_FILE
    if not key.exists():
        make_once(key, _new_key())
    if not certificate.exists():
        certificate.write_bytes(_certified(key.read_bytes()))
    return key, certificate


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _certified(pem: bytes) -> bytes:
    """A certificate that the key gives itself."""
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), f"{KEY_FILE} has no elliptic-curve key"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Milepost installation")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
