#!/usr/bin/env bash
# Everything that has to hold before a change lands.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

scripts/lint.sh
# The tests start hundreds of processes, each of which would compile what changed again.
.venv/bin/python -m compileall -q -j 0 src
say "tests"
.venv/bin/pytest -q -n 2 --dist loadfile "$@"
