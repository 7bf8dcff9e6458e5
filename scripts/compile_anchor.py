"""Compile the anchor contract, where Vyper 0.4.3 is installed.

Writes `src/milepost/notary/contract/anchor.json`: compiler, EVM version, ABI and bytecode.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from vyper.compiler import CompilerData
from vyper.compiler.input_bundle import FileInput
from vyper.compiler.output import build_abi_output, build_bytecode_output
from vyper.compiler.settings import Settings

FOLDER = Path(__file__).parents[1] / "src" / "milepost" / "notary" / "contract"
# Older than the newest chains, so that every EVM runs it.
EVM_VERSION = "london"


def main() -> None:
    path = FOLDER / "Anchor.vy"
    source = FileInput(0, Path(path.name), Path(path.name), path.read_text("utf-8"))
    data = CompilerData(source, settings=Settings(evm_version=EVM_VERSION))
    found = {
        "compiler": f"vyper {version('vyper')}",
        "evm_version": EVM_VERSION,
        "abi": build_abi_output(data),
        "bytecode": build_bytecode_output(data),
    }
    (FOLDER / "anchor.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
