#!/bin/sh
# Writes requirements/*.lock from pyproject.toml: every version and hash for every platform, and no address.
# The resolver (uv) is needed by this script only; it lives in a folder of its own.
set -eu
cd "$(dirname "$0")/.."
tools=.lock-tools
python="${PYTHON:-python3}"
[ -x "$tools/bin/uv" ] || { "$python" -m venv "$tools" && "$tools/bin/pip" install --quiet --upgrade uv; }

compile() {
    # Settings of this machine (mirrors, local folders of wheels) must not decide what everyone installs.
    env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u UV_INDEX -u UV_FIND_LINKS \
        "$tools/bin/uv" --no-config --quiet pip compile pyproject.toml \
        --universal --python-version 3.11 --only-binary :all: --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

# `UPGRADE=1 make lock` takes the newest of everything; without it what is locked stays where it still fits.
[ -z "${UPGRADE:-}" ] || rm -f requirements/test.lock requirements/demo.lock
compile --extra server --extra postgres --group build --group dev --output-file requirements/test.lock
rm -f requirements/demo.lock
compile --extra server --group build --constraint requirements/test.lock --output-file requirements/demo.lock
