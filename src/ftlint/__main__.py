"""``python -m ftlint`` is the command ``ftlint``."""

from __future__ import annotations

import sys

from ftlint.cli import main

if __name__ == "__main__":
    sys.exit(main())
