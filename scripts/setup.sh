#!/usr/bin/env bash
# Virtual environment with exactly the locked dependencies. Python 3.11 or newer, nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

python=$(command -v python3.11 || command -v python3)
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || die "Python 3.11 or newer is needed; found $("$python" --version)."
if [ ! -x .venv/bin/python ]; then
    say "creating the virtual environment"
    "$python" -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
    "$python" -m venv .venv
fi
if [ ! -x build/tools/bin/uv ]; then
    say "fetching the installer"
    "$python" -m venv build/tools
    build/tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv==0.13.9'
fi
say "installing locked dependencies"
# With bytecode: where Python may not write its own (PYTHONDONTWRITEBYTECODE), each start would
# compile hundreds of modules again.
VIRTUAL_ENV="$PWD/.venv" UV_PROJECT_ENVIRONMENT="$PWD/.venv" \
    build/tools/bin/uv sync --frozen --quiet --inexact --no-default-groups \
    --extra foresight --extra mqtt --python .venv/bin/python --compile-bytecode
.venv/bin/python -m compileall -q -j 0 src
