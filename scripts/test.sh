#!/usr/bin/env bash
# Everything that has to hold before a change lands.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

scripts/lint.sh
say "tests"
.venv/bin/pytest -q -n 2 --dist loadfile "$@"
