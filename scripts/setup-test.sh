#!/usr/bin/env bash
# What only the tests need: Chromium and the fonts that pages are looked at in, an MQTT broker.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

missing=()
command -v chromium >/dev/null || missing+=(chromium)
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing+=(fonts-noto-cjk fontconfig)
fc-list 2>/dev/null | grep -qi 'inter' || missing+=(fonts-inter)
command -v mosquitto >/dev/null || missing+=(mosquitto)
[ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"

say "installing locked dependencies of the tests"
VIRTUAL_ENV="$PWD/.venv" UV_PROJECT_ENVIRONMENT="$PWD/.venv" \
    build/tools/bin/uv sync --frozen --quiet --inexact --all-groups --python .venv/bin/python \
    --compile-bytecode
