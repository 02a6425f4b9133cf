#!/bin/sh
# Has a second type checker read what callers may rely on of the public types: tests/typing.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
uv venv --quiet --python 3.11 "$there/venv"
uv pip install --quiet --python "$there/venv/bin/python" 'pyright[nodejs]'
"$there/venv/bin/pyright" --pythonpath .venv/bin/python "$@" tests/typing
