#!/usr/bin/env bash
# Style, types, floors, and the project's own check of every connector, rule, table and locale.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
bin=.venv/bin

say "ruff";          $bin/ruff check --quiet .; $bin/ruff format --check --quiet .
say "mypy";          $bin/mypy --no-error-summary
say "import-linter"; $bin/lint-imports --no-cache >/tmp/milepost-floors.$$ || { cat /tmp/milepost-floors.$$; exit 1; }
rm -f /tmp/milepost-floors.$$
say "milepost check"; $bin/milepost check
