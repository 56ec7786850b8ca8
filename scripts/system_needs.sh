#!/bin/sh
# Installs what pip cannot: `system_needs.sh PYTHON venv|postgres…`. With apt as root or with sudo that asks no
# password; otherwise names what is missing and stops.
set -eu
python="$1"
shift
packages=""

need() { packages="$packages $1"; }

has_postgres() {
    command -v initdb >/dev/null 2>&1 && return 0
    for initdb in /usr/lib/postgresql/*/bin/initdb; do [ -x "$initdb" ] && return 0; done
    return 1
}

missing() {
    packages=""
    for what in "$@"; do
        case "$what" in
            venv) "$python" -c "import ensurepip, venv" 2>/dev/null \
                || need "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" ;;
            postgres) has_postgres || need postgresql ;;
            *) echo "error: system_needs.sh knows no need '$what'" >&2; exit 2 ;;
        esac
    done
    [ -n "$packages" ]
}

missing "$@" || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "error: missing on this machine (Debian's names):$packages" >&2
    echo "hint: install them with this system's package manager, then run make again" >&2
    exit 1
elif [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "error: missing on this machine:$packages" >&2
    echo "hint: have an administrator run: apt-get install$packages" >&2
    exit 1
fi

echo "installing with apt-get:$packages" >&2
export DEBIAN_FRONTEND=noninteractive
# $as_root and $packages are lists of plain words. Only a machine that has never updated its lists must do so first.
# shellcheck disable=SC2086
{
    $as_root apt-get install --yes --no-install-recommends $packages >/dev/null 2>&1 || {
        $as_root apt-get update --quiet=2 >&2
        $as_root apt-get install --yes --no-install-recommends $packages >&2
    }
}
if missing "$@"; then
    echo "error: still missing after apt-get:$packages" >&2
    exit 1
fi
