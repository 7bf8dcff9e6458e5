# Shared by the scripts in this folder; sourced, not run.

say() { printf '\033[2m· %s\033[0m\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

apt_install() {
    command -v apt-get >/dev/null || die "Please install: $*"
    local run=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "Please install as root: apt-get install $*"
        run=(sudo)
    fi
    say "installing $*"
    export DEBIAN_FRONTEND=noninteractive
    "${run[@]}" apt-get update -qq
    "${run[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
