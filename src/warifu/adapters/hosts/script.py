"""The POSIX sh scripts that look at and change a node over SSH.

They need coreutils, grep, sed and flock (util-linux) on the node, nothing else. Scripts come on
standard input, each before the contents of files, so that neither appears in an argument list. Answers
are frames: a line with a word and numbers, then as many bytes as the line says; the last is END, or
says why there is none, so that what breaks off is never taken for whole.

Spec: POSIX.1-2017 §2 (sh); GNU coreutils 8.24 for `sync FILE`.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from typing import assert_never

from warifu.adapters.hosts.fence import encode, lock_path
from warifu.adapters.hosts.operations import temporary_name
from warifu.ports.changes import (
    Act,
    Fence,
    MakeFolder,
    Operation,
    PointLink,
    Remove,
    WriteFile,
)
from warifu.ports.hosts import MOST_READ

# A shell that carries out one script after the other, each in a shell of its own that takes its locks
# and open files with it when it ends. What commands print lies in memory where the node can do that.
SERVE = b"""\
LC_ALL=C; export LC_ALL; umask 077; trap '' XFSZ
PATH=$PATH:/usr/sbin:/sbin
for c in mktemp head cat rm; do
  command -v "$c" >/dev/null 2>&1 || { printf 'READY\\nMISSING %s\\n%sOVER 0\\n' ${#c} "$c"; exit 0; }
done
for b in /dev/shm "${TMPDIR:-/tmp}" /tmp; do
  d=$(mktemp -d "$b/warifu.XXXXXX" 2>/dev/null) && break
done
[ -n "$d" ] || { printf 'READY\\nMISSING 9\\n/dev/shm/OVER 0\\n'; exit 0; }
trap 'rm -rf -- "$d"' EXIT
trap 'exit 1' HUP INT TERM PIPE
while IFS=' ' read -r size given; do
  printf 'READY\\n'
  text=$(head -c "$size")
  [ ${#text} = "$size" ] || exit 1
  if [ "$given" = 0 ]; then ( eval "$text" ) </dev/null
  else head -c "$given" | { ( eval "$text" ); code=$?; cat >/dev/null; exit $code; }; fi
  printf 'OVER %s\\n' $?
  for f in "$d"/*; do : >"$f"; done
done
"""

_BEGIN = """\
for c in NEEDED; do
  command -v "$c" >/dev/null 2>&1 || { printf 'MISSING %s\\n%s' ${#c} "$c"; exit 0; }
done
"""

_RUN = """\
act() { # SECONDS STDIN-SIZE COMMAND...
  seconds=$1; size=$2; shift 2; begun=$(date +%s)
  head -c "$size" | {
    timeout -k 1 "$seconds" "$@" >"$d/out" 2>"$d/err" 9>&- 8>&-
    code=$?; cat >/dev/null; exit $code
  }
  code=$?
  printf 'RAN %s %s %s %s\\n' $code $(($(date +%s) - begun)) $(wc -c <"$d/out") $(wc -c <"$d/err")
  cat -- "$d/out" "$d/err"
  return $code
}
"""

_READ = """\
facts() { stat -L -c '%f %u %g %s %U %G' -- "$1" 2>"$d/err"; }
fault() {
  e=$(tail -n 1 "$d/err")
  case $e in
    *"No such file or directory"|*"Not a directory") printf 'ABSENT %s\\n%s' ${#link} "$link" ;;
    *) printf 'FAULT %s\\n%s' ${#e} "$e" ;;
  esac
}
see() { # PATH
  p=$1; link=
  [ -L "$p" ] && link=$(readlink -n -- "$p")
  if s=$(facts "$p"); then
    if [ -f "$p" ]; then
      if ( : <"$p" ) 2>"$d/err"; then
        exec 3<"$p"; s=$(facts /proc/self/fd/3); set -- $s
        n=$4; [ "$n" -le "$most" ] || n=$most
        printf 'FILE %s %s %s\\n%s' ${#link} "$n" "$s" "$link"; head -c "$n" <&3
      else fault; fi
    else printf 'SEEN %s %s\\n%s' ${#link} "$s" "$link"; fi
  else fault; fi
}
"""

_NAMES = """\
if [ -d "$p" ]; then
  if [ -r "$p" ] && [ -x "$p" ]; then
    for f in "$p"/* "$p"/.[!.]* "$p"/..?*; do
      if [ -e "$f" ] || [ -L "$f" ]; then printf '%s\\0' "$f"; fi
    done >"$d/out"
    printf 'NAMES %s\\n' $(wc -c <"$d/out"); cat -- "$d/out"
  else printf 'FAULT 17\\nPermission denied'; fi
elif [ -e "$p" ]; then printf 'FAULT 15\\nNot a directory'
else printf 'NAMES 0\\n'; fi
printf 'END\\n'
"""

# One program for all processes each time: a node has hundreds. The clock is read last.
_LOOK = """\
cat /proc/[0-9]*/stat >"$d/stat" 2>/dev/null
grep -zaH '' /proc/[0-9]*/cmdline >"$d/cmdline" 2>/dev/null
stat -c '%n %u %U' /proc/[0-9]* >"$d/owner" 2>/dev/null
stat -c '%N' /proc/[0-9]*/exe >"$d/exe" 2>/dev/null
{ getconf CLK_TCK; cat /proc/sys/kernel/random/boot_id; date +%s.%N; cat /proc/uptime; } >"$d/clock"
for f in stat cmdline owner exe clock; do
  printf 'LOOK %s\\n' $(wc -c <"$d/$f"); cat -- "$d/$f"
done
printf 'END\\n'
"""

_CHANGE = """\
n=0; t=
fail() {
  e=$1; [ -n "$e" ] || e=$(tail -n 1 "$d/err")
  [ -z "$t" ] || rm -rf -- "$t"
  printf 'STOP %s %s\\n%s' $n ${#e} "$e"; exit 0
}
try() { "$@" 2>"$d/err" </dev/null || fail ""; }
own() { # PATH OWNER MODE
  [ -z "$2" ] || try chown -- "$2" "$1"
  [ "$(stat -c %a -- "$1")" = "$3" ] || try chmod -- "$3" "$1"
}
make_all() { # PATH OWNER MODE
  [ -d "$1" ] && return 0
  make_all "$(dirname -- "$1")" "$2" "$3"
  mkdir -- "$1" 2>"$d/err" || [ -d "$1" ] || fail ""  # somebody else may have made it just now
  own "$1" "$2" "$3"; try sync -- "$(dirname -- "$1")"
}
folder() { # PATH OWNER MODE
  make_all "$@"; own "$@"
}
place() { # TEMPORARY PATH
  try mv -fT -- "$1" "$2"; t=
}
file() { # PATH TEMPORARY OWNER MODE SIZE
  t=$2; try rm -rf -- "$t"
  ( set -C; : >"$t" ) 2>"$d/err" || fail ""
  exec 7>"$t"; own "$t" "$3" "$4"
  head -c "$5" >&7 2>"$d/err" || fail ""
  exec 7>&-
  [ "$(stat -c %s -- "$t")" = "$5" ] || fail "the connection broke off"
  try sync -- "$t"
  if [ -f "$1" ] && [ ! -L "$1" ] && cmp -s -- "$t" "$1" &&
    [ "$(stat -c '%a %u %g' -- "$1")" = "$(stat -c '%a %u %g' -- "$t")" ]
  then try rm -f -- "$t"; t=
  else place "$t" "$1"; fi
  try sync -- "$(dirname -- "$1")"
}
link() { # PATH TEMPORARY LEADS-TO
  if [ ! -L "$1" ] || [ "$(readlink -n -- "$1")" != "$3" ]; then
    t=$2; try rm -rf -- "$t"; try ln -sT -- "$3" "$t"; place "$t" "$1"
  fi
  try sync -- "$(dirname -- "$1")"
}
remove() { # PATH
  if [ -e "$1" ] || [ -L "$1" ]; then
    try rm -rf -- "$1"; try sync -- "$(dirname -- "$1")"
  fi
}
"""

_LOCK = """\
make_all "$(dirname -- "$fence")" "" 700
( : >>"$lock" ) 2>"$d/err" || fail ""
exec 9>>"$lock"
flock -w "$patience" 9 || fail "another change holds the lock"
field() { sed -n 's/^ "'"$1"'": \\([0-9a-z][0-9a-z]*\\),*$/\\1/p' "$fence"; }
held=; released=; mine=no
if [ -s "$fence" ]; then
  held=$(field epoch); released=$(field released)
  grep -qxF -e "$journal" "$fence" && mine=yes
fi
"""

# The one comparison that counts: made under the lock, in the command that then changes things.
_COMPARE = """\
if [ -s "$fence" ]; then
  ok=no
  case $held in *[!0-9]*|'') ;; *)
    if [ "$released" = true ]; then ok=yes
    elif [ "$released" = false ] && [ $mine = yes ] && [ "$held" -le "$epoch" ]; then ok=yes; fi ;;
  esac
  [ $ok = yes ] || { printf 'FENCED %s\\n' $(wc -c <"$fence"); cat -- "$fence"; exit 0; }
fi
"""

_IF_OURS = """\
[ "$released" = false ] && [ $mine = yes ] && [ "$held" -le "$epoch" ] || { printf 'END\\n'; exit 0; }
"""

_CHANGE_NEEDS = (
    "head",
    "stat",
    "sync",
    "mv",
    "mkdir",
    "chmod",
    "chown",
    "flock",
    "timeout",
    "grep",
    "sed",
    "cmp",
)


def read_script(paths: Sequence[str]) -> bytes:
    """Return the script that looks at paths, one after the other."""
    looks = "".join(f"see {shlex.quote(path)}\n" for path in paths)
    return (
        _begin("stat", "tail", "readlink")
        + (_set(most=str(MOST_READ)) + _READ + looks + "printf 'END\\n'\n").encode()
    )


def names_script(folder: str) -> bytes:
    """Return the script that lists a folder."""
    return _begin("wc") + (_set(p=folder) + _NAMES).encode()


def look_script() -> bytes:
    """Return the script that reads clocks and processes."""
    return _begin("grep", "stat", "getconf") + _LOOK.encode()


def run_script(argv: Sequence[str], size: int, seconds: float) -> bytes:
    """Return the script that runs a command with `size` bytes of standard input."""
    line = f"act {_seconds(seconds)} {size} {shlex.join(argv)}\nprintf 'END\\n'\n"
    return _begin("timeout", "head", "wc") + (_RUN + line).encode()


def change_script(operations: Sequence[Operation], fence: Fence, lock_seconds: float) -> tuple[bytes, bytes]:
    """Return the script that carries out operations under a fence, and the contents it reads after it."""
    first = WriteFile(fence.path, encode(fence, released=False), 0o600)
    lines = [_file_line(first)]
    contents = [first.data]
    for number, operation in enumerate(operations, 1):
        lines.append(f"n={number}; {_line(operation)}")
        if isinstance(operation, WriteFile):
            contents.append(operation.data)
        elif isinstance(operation, Act):
            contents.append(operation.stdin)
    text = _locked(_COMPARE, fence, lock_seconds) + "\n".join(lines) + "\nprintf 'END\\n'\n"
    return _begin(*_CHANGE_NEEDS) + text.encode(), b"".join(contents)


def release_script(fence: Fence, lock_seconds: float) -> tuple[bytes, bytes]:
    """Return the script that marks a fence as released if it is this one, and the content it reads."""
    last = WriteFile(fence.path, encode(fence, released=True), 0o600)
    text = _locked(_IF_OURS, fence, lock_seconds) + _file_line(last) + "\nprintf 'END\\n'\n"
    return _begin(*_CHANGE_NEEDS) + text.encode(), last.data


def _begin(*needed: str) -> bytes:
    return _BEGIN.replace("NEEDED", " ".join(needed)).encode()


def _set(**values: str) -> str:
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())


def _locked(compare: str, fence: Fence, lock_seconds: float) -> str:
    values = _set(
        fence=fence.path,
        lock=lock_path(fence),
        journal=encode(fence, released=False).decode().splitlines()[1],
        epoch=str(int(fence.epoch)),
        patience=_seconds(lock_seconds),
    )
    return _RUN + _CHANGE + values + _LOCK + compare


def _line(operation: Operation) -> str:
    match operation:
        case MakeFolder(path, mode, owner):
            return shlex.join(["folder", path, owner, f"{mode:o}"])
        case WriteFile():
            return _file_line(operation)
        case PointLink(path, leads_to):
            return shlex.join(["link", path, temporary_name(path), leads_to])
        case Remove(path):
            return shlex.join(["remove", path])
        case Act(argv, stdin, timeout):
            run = f"act {_seconds(timeout.total_seconds())} {len(stdin)} {shlex.join(argv)}"
            return f"{run} || {{ printf 'END\\n'; exit 0; }}"
        case _:
            assert_never(operation)


def _file_line(wanted: WriteFile) -> str:
    words = ["file", wanted.path, temporary_name(wanted.path), wanted.owner, f"{wanted.mode:o}"]
    return shlex.join([*words, str(len(wanted.data))])


def _seconds(value: float) -> str:
    return str(max(1, math.ceil(value)))
