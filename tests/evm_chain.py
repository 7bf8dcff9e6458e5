"""A chain of our own (py-evm), asked over HTTP as any node is."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

# py-evm lets Python recurse ten times deeper than the stack holds; nested JSON must not get so far.
_DEEPEST = sys.getrecursionlimit()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from eth_tester import EthereumTester, PyEVMBackend
    from web3 import EthereumTesterProvider, Web3
sys.setrecursionlimit(_DEEPEST)


class Chain:
    """A fresh chain whose first account has money and a known key."""

    def __init__(self) -> None:
        self.tester = EthereumTester(PyEVMBackend())
        node = Web3(EthereumTesterProvider(self.tester))
        # With its middleware, which knows that numbers come as hexadecimal text.
        self.ask = node.provider.request_func(node, node.middleware_onion)  # type: ignore[union-attr]
        self.key = self.tester.backend.account_keys[0].to_hex()


@contextmanager
def chaining(chain: Chain) -> Iterator[str]:
    """The address of its JSON-RPC."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = chain.ask(asked["method"], asked.get("params", []))
            answer = Web3.to_json(dict(found) | {"id": asked["id"], "jsonrpc": "2.0"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
