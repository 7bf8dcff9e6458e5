#!/usr/bin/env bash
# What only the tests need: Debian's Chromium, and the fonts that pages are looked at in.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

missing=()
command -v chromium >/dev/null || missing+=(chromium)
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing+=(fonts-noto-cjk fontconfig)
fc-list 2>/dev/null | grep -qi 'inter' || missing+=(fonts-inter)
[ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
