"""`./run docs [--check]`: writes the generated pages, checks links and shown commands, builds the site.

With --check nothing is written: a stale page is a fault.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from tools.pages import find_faults, generated  # noqa: E402 - found by the line above


def main() -> int:
    """Write, check, build; return 1 when something is wrong."""
    only_check = "--check" in sys.argv[1:]
    faults: list[str] = []
    for page, text in generated(ROOT / "docs").items():
        if page.exists() and page.read_text("utf-8") == text:
            continue
        if only_check:
            faults.append(f"{page.relative_to(ROOT)} is stale: ./run docs writes it again")
        else:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, "utf-8")
            print(f"docs: wrote {page.relative_to(ROOT)}")
    faults += find_faults(ROOT)
    for fault in faults:
        print(f"docs: {fault}", file=sys.stderr)
    if faults or only_check:
        return 1 if faults else 0
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"],
        cwd=ROOT,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},  # known: docs/decisions/006-mkdocs-material.md
    )
    print("docs: site/index.html" if built.returncode == 0 else "docs: the site was not built")
    return built.returncode


if __name__ == "__main__":
    sys.exit(main())
