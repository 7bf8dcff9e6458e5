"""PDF signatures (PAdES by pyHanko) with a key and a self-signed certificate of the installation.

Whoever trusts the installation compares the certificate's fingerprint once; a merchant with a
certificate of an authority puts it in the same two files instead.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, signers

KEY_FILE = "documents.key"
CERTIFICATE_FILE = "documents.crt"
YEARS = 10


async def sign(document: bytes, folder: Path, reason: str) -> bytes:
    """The document with a signature over all of it."""
    signer = _signer(folder)
    writer = IncrementalPdfFileWriter(BytesIO(document))
    about = PdfSignatureMetadata(field_name="Milepost", reason=reason, md_algorithm="sha256")
    signed = await signers.async_sign_pdf(writer, about, signer=signer)
    return bytes(signed.getvalue())


def _signer(folder: Path) -> signers.SimpleSigner:
    key, certificate = folder / KEY_FILE, folder / CERTIFICATE_FILE
    if not key.exists():
        _make(key, certificate)
    signer: signers.SimpleSigner | None = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]
        str(key), str(certificate)
    )
    if signer is None:
        raise ValueError(f"{key} and {certificate} cannot be read as a key and its certificate")
    return signer


def _make(key_path: Path, certificate_path: Path) -> None:
    """A new key for its owner's eyes only, and its certificate, which is linked into place last."""
    key = ec.generate_private_key(ec.SECP256R1())
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
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    key_path.parent.mkdir(parents=True, exist_ok=True)
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    handle = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(private)


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
