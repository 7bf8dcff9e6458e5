#!/usr/bin/env bash
# Bundles the TypeScript of the pages; only when its sources are newer than what was built.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

[ -f frontend/package.json ] || exit 0
stamp=frontend/node_modules/.built
if [ -f "$stamp" ] && [ -z "$(find frontend -path frontend/node_modules -prune -o -newer "$stamp" -type f -print | head -1)" ]; then
    exit 0
fi
command -v npm >/dev/null || apt_install nodejs npm
say "building the front end"
(cd frontend && npm ci --silent --no-fund --no-audit && npm run --silent build)
touch "$stamp"
