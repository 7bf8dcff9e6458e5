"""An evidence pack: files in one archive, with a list of their hashes that is signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from milepost.documents.signing import CERTIFICATE_FILE, sign_detached

MANIFEST, SIGNATURE, CERTIFICATE = "manifest.json", "manifest.json.p7s", "certificate.pem"
_ABOUT = """\
An evidence pack of Milepost. Every file is named in manifest.json with its SHA-256.

openssl cms -verify -inform DER -in manifest.json.p7s -content manifest.json -binary \\
    -certfile certificate.pem -CAfile certificate.pem -purpose any -out /dev/null

The certificate is that of the installation: compare its fingerprint with one that you trust.
Each file in proofs/ stands for one event; "milepost verify proofs/*.json" checks them.
liability.pdf is signed by itself.

A piece of evidence whose id ends with m1 is named after itself: the id begins with the first 40 hex
digits of SHA-256 over detail.salt (as bytes), the line "kind content_type at_us" with its line feed
(all as evidence.json has them), and the file. The event that names it is proven in proofs/.
"""


def packed(files: Mapping[str, bytes], made_at: datetime, folder: Path) -> bytes:
    """A ZIP of the files, `manifest.json`, its detached signature (CMS, DER) and the certificate.
    `folder`: where the installation keeps its key.
    """
    whole = {"README.txt": _ABOUT.encode(), **files}
    listed = [
        {"name": name, "bytes": len(body), "sha256": sha256(body).hexdigest()}
        for name, body in whole.items()
    ]
    manifest = msgspec.json.format(
        msgspec.json.encode({"made_at": made_at.isoformat(), "files": listed}), indent=1
    )
    whole[MANIFEST] = manifest
    whole[SIGNATURE] = sign_detached(manifest, folder)
    whole[CERTIFICATE] = (folder / CERTIFICATE_FILE).read_bytes()
    return _zipped(whole, made_at)


def _zipped(files: Mapping[str, bytes], made_at: datetime) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, body in files.items():
            entry = ZipInfo(name, made_at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, body)
    return out.getvalue()
