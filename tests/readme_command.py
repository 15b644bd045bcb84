"""Prints one of the README's two commands, so that CI runs what a reader would run.

python tests/readme_command.py main [--without-install]
python tests/readme_command.py test [--without-install]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def command(which: str) -> str:
    """The command in the first code block after the marker ``<!-- command: WHICH -->``."""
    match = re.search(
        rf"<!-- command: {which} -->\s*```(?:sh|bash)\n(.*?)\n```", README.read_text(encoding="utf-8"), re.S
    )
    if match is None:
        raise SystemExit(f"the README has no command `{which}`")
    return match[1].strip()


def without_install(line: str) -> str:
    """The command without its leading ``pip install ... &&``."""
    return re.sub(r"^(?:python -m )?pip install [^&]*&&\s*", "", line)


if __name__ == "__main__":
    found = command(sys.argv[1])
    print(without_install(found) if "--without-install" in sys.argv else found)
