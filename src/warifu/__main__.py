"""`warifu`: answers --version before anything heavy is imported."""

from __future__ import annotations

import gc
import sys

from warifu import __version__


def main() -> int:
    """Run the command line and return its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"warifu {__version__}\n")
        return 0
    gc.set_threshold(
        50_000, 20, 50
    )  # what is loaded at the start stays: looking through it costs a tenth of a start
    from warifu.apps.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
