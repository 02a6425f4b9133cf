#!/bin/sh
# Runs the tests that need no other programs with the lowest versions that pyproject.toml allows.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
uv pip compile --quiet --resolution lowest-direct --no-header --python-version 3.11 pyproject.toml -o "$there/lowest.txt"
uv venv --quiet --python 3.11 "$there/venv"
uv pip install --quiet --python "$there/venv/bin/python" -r "$there/lowest.txt" \
    hypothesis pytest pytest-randomly pytest-socket pytest-timeout tomlkit
uv pip install --quiet --python "$there/venv/bin/python" --no-deps --editable .
[ $# -gt 0 ] || set -- tests/unit tests/contract/issuers tests/contract/keys tests/contract/verifiers
"$there/venv/bin/python" -m pytest -q "$@"
