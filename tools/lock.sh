#!/bin/sh
# Writes both lock files from pyproject.toml. New releases cool down for a week first.
set -eu
cooled=$(date -u -d '7 days ago' +%Y-%m-%d)
for pair in "requirements.lock" "requirements-dev.lock --group dev"; do
    # shellcheck disable=SC2086
    set -- $pair
    out=$1
    shift
    uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
        --python-version 3.11 --exclude-newer "$cooled" pyproject.toml "$@" -o "$out"
done
