"""``ftlint fix``: from the problems of a check to splices of the file's bytes; what is not mended stays as it is."""

from __future__ import annotations

from ftlint.fix.mend import Fixed, mend
from ftlint.fix.rules import FIXES
from ftlint.fix.scan import Change

__all__ = ["FIXES", "Change", "Fixed", "mend"]
