"""A signature inside a PDF (PAdES) by pyHanko."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, signers


async def signed(document: bytes, key: Path, certificate: Path, reason: str) -> bytes:
    """The document with a signature over all of it. Raises ValueError for files that are no key
    and certificate.
    """
    signer: signers.SimpleSigner | None = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]
        str(key), str(certificate)
    )
    if signer is None:
        raise ValueError(f"{key} and {certificate} cannot be read as a key and its certificate")
    writer = IncrementalPdfFileWriter(BytesIO(document))
    about = PdfSignatureMetadata(field_name="Milepost", reason=reason, md_algorithm="sha256")
    out = await signers.async_sign_pdf(writer, about, signer=signer)
    return bytes(out.getvalue())
