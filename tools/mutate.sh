#!/bin/sh
# Breaks trust and rotation in small ways, one at a time, and lists what no unit test of the two noticed.
#
#     ./run mutate                               all, some hours
#     ./run mutate 'warifu.domain.trust.rules.*'
#
# What was tried is remembered in mutants/; `mutmut show NAME` there prints one.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
uv venv --quiet --python 3.11 "$there/venv"
uv pip install --quiet --python "$there/venv/bin/python" -r requirements-dev.lock mutmut
"$there/venv/bin/mutmut" run "$@"
"$there/venv/bin/mutmut" results
