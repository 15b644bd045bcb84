"""What somebody has accepted is not mended behind their back."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ftlint.accept import Acceptances, load
from ftlint.checks.base import Context
from ftlint.model import Line
from ftlint.parse import Unparsable, content_hash, example_hash, parse


class Accepted:
    """The acceptances that hold for one file today.

    Args:
        context: names the file of acceptances.
        name: the data file.
    """

    def __init__(self, context: Context, name: str) -> None:
        path = context.settings.accepted
        book = Acceptances(Path()) if path is None else load(path)
        here = book.relative(name)
        self._book = context.book
        self._held = {
            (entry.rule, entry.kind, entry.sha256)
            for entry in book.entries
            if not entry.expired(context.settings.today) and (entry.kind == "content_sha256" or entry.path == here)
        }
        self._rules = {rule for rule, _, _ in self._held}

    def row(self, code: str, line: Line) -> bool:
        """A rule's finding on a line is accepted."""
        if code not in self._rules:
            return False
        if (code, "example_sha256", example_hash(line)) in self._held:
            return True
        try:
            digest = content_hash(parse(line)[1]).hex()
        except Unparsable:
            return False
        return (code, "content_sha256", digest) in self._held

    def file(self, code: str) -> bool:
        """A rule's finding on the whole file, whose message has no fields, is accepted."""
        digest = hashlib.sha256(self._book.rules[code].message.encode()).hexdigest()
        return (code, "message_sha256", digest) in self._held
