"""A contract on an EVM chain as witness: it remembers in which block a root was first seen."""

from __future__ import annotations

import asyncio
import warnings
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from milepost.notary.anchoring import Receipt, WitnessError

KIND = "evm"
TIMEOUT_S = 120.0


class EvmWitness:
    """Sends roots to a contract. `key_file`: a private key in hexadecimal digits, that pays."""

    name = KIND

    def __init__(self, url: str, contract: str | None, key_file: Path | None) -> None:
        self._url = url
        self._contract = contract
        self._key_file = key_file

    async def witness(self, root: bytes) -> Receipt:
        receipt: Receipt = await self._guarded(self._witness, root)
        return receipt

    async def deploy(self) -> str:
        """Put the contract onto the chain; its address, for `anchor_evm_contract`."""
        address: str = await self._guarded(self._deploy)
        return address

    async def seen(self, root: bytes) -> datetime | None:
        """When the contract first saw a root. Raises WitnessError."""
        found: datetime | None = await self._guarded(self._seen, root)
        return found

    async def _guarded(self, work: Any, *values: object) -> Any:
        try:
            return await asyncio.to_thread(work, *values)
        except WitnessError:
            raise
        except Exception as error:  # of whatever kind web3, the chain or the network may have
            raise WitnessError(f"{self._url}: {error!r}") from error

    def _witness(self, root: bytes) -> Receipt:
        chain, contract = self._bound()
        account = self._account(chain)
        found = self._send(chain, account, contract.functions.anchor(root))
        time = contract.functions.time_of(root).call()
        if not time:
            raise WitnessError("the contract did not keep the root")
        return {
            "kind": KIND, "chain_id": chain.eth.chain_id, "contract": contract.address,
            "transaction": found["transactionHash"].to_0x_hex(), "block": found["blockNumber"],
            "time": datetime.fromtimestamp(time, UTC).isoformat(),
        }  # fmt: skip

    def _deploy(self) -> str:
        chain = self._chain()
        made = chain.eth.contract(abi=compiled()["abi"], bytecode=compiled()["bytecode"])
        found = self._send(chain, self._account(chain), made.constructor())
        return str(found["contractAddress"])

    def _seen(self, root: bytes) -> datetime | None:
        time = self._bound()[1].functions.time_of(root).call()
        return datetime.fromtimestamp(time, UTC) if time else None

    def _send(self, chain: Any, account: Any, call: Any) -> Any:
        nonce = chain.eth.get_transaction_count(account.address, "pending")
        chosen = {"from": account.address, "nonce": nonce, "chainId": chain.eth.chain_id}
        signed = account.sign_transaction(call.build_transaction(chosen))
        sent = chain.eth.send_raw_transaction(signed.raw_transaction)
        found = chain.eth.wait_for_transaction_receipt(sent, timeout=TIMEOUT_S)
        if found["status"] != 1:
            raise WitnessError(f"the transaction {sent.to_0x_hex()} failed")
        return found

    def _bound(self) -> tuple[Any, Any]:
        if not self._contract:
            raise WitnessError("anchor_evm_contract is not set: see `milepost anchor deploy`")
        chain = self._chain()
        address = chain.to_checksum_address(self._contract)
        return chain, chain.eth.contract(address=address, abi=compiled()["abi"])

    def _chain(self) -> Any:
        return _web3().Web3(_web3().HTTPProvider(self._url, request_kwargs={"timeout": 30}))

    def _account(self, chain: Any) -> Any:
        if self._key_file is None:
            raise WitnessError("anchor_evm_key_file is not set")
        return chain.eth.account.from_key(self._key_file.read_text().strip())


@cache
def compiled() -> dict[str, Any]:
    """The contract: compiler, EVM version, ABI and bytecode."""
    data = (files(__package__) / "contract" / "anchor.json").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(data)
    return found


@cache
def _web3() -> Any:
    """The library, which is an extra of the package and takes a second to load."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import web3
    except ImportError:
        raise WitnessError("needs the extra 'evm': pip install 'milepost[evm]'") from None
    return web3
