"""A time stamping authority of our own: `openssl ts` behind a small HTTP server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

CONFIG = """
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamper]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
[other]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,serverAuth
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ordering = yes
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


class Authority:
    """Certificates and the authority itself, in one folder."""

    def __init__(self, folder: Path, *, kind: str = "rsa:2048", ess: str = "sha256") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "conf").write_text(CONFIG.format(folder=folder, ess=ess))
        (folder / "serial").write_text("01\n")
        self._certificate("ca", "authority", kind)
        self._certificate("tsa", "stamper", kind)
        self.ca = folder / "ca.pem"

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        self.run("ts", "-reply", "-config", "conf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def _certificate(self, name: str, section: str, kind: str) -> None:
        issuer = [] if name == "ca" else ["-CA", "ca.pem", "-CAkey", "ca.key"]
        options = ["-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else []
        self.run(
            "req", "-x509", "-config", "conf", "-extensions", section, "-newkey", kind, *options,
            "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "30",
            "-subj", f"/CN=Invented {name}", *issuer,
        )  # fmt: skip


@contextmanager
def stamping(authority: Authority) -> Iterator[str]:
    """The address under which the authority answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority.reply(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tsa"
    server.shutdown()
    server.server_close()
    thread.join()
