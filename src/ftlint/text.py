"""Untrusted text made harmless: every string of a dataset passes here before anyone sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable

# C0 and C1 controls, DEL, line and paragraph separators, zero-width and bidi controls, interlinear marks, the BOM,
# Mongolian separator, variation-free tag characters, and lone surrogates (which no encoder takes). Build servers obey
# `##[command]`, `##vso[command]` and the like wherever they stand in a line of a log.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]|(?<=#)#(?=[A-Za-z]{0,20}\\[)"
)
_LEADING = re.compile(r"(\s*):(?=:)")
_LONGEST_SLIP = 64
_MOST_KNOWN = 500
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def safe(text: str) -> str:
    """The text with every character that could act on a terminal, a log or a page written as a visible escape."""
    return _UNSAFE.sub(_escape, text)


def escapes(text: str) -> dict[int, str]:
    """What ``safe`` writes, by the offset of the character that it replaces; used where offsets must be kept."""
    return {match.start(): _escape(match) for match in _UNSAFE.finditer(text)}


def log_line(line: str) -> str:
    """A line that no build server takes for a command: GitHub obeys ``::command::`` where a line begins with it."""
    return _LEADING.sub(r"\1\\x3a", line, count=1) if _LEADING.match(line) else line


def safe_json(text: str) -> str:
    """JSON text whose strings are harmless and still the same strings: what ``safe`` would replace is escaped."""
    return _UNSAFE.sub(lambda match: "\n" if match[0] == "\n" else _json_escape(match[0]), text)


def _json_escape(char: str) -> str:
    import json

    return "\\u0023" if char == "#" else json.dumps(char)[1:-1]


def closest(word: str, known: Iterable[str], cutoff: float) -> str | None:
    """The known word that is most like one which may be misspelt; no word is, where there is too much to compare."""
    import difflib

    words = list(known)
    if len(word) > _LONGEST_SLIP or len(words) > _MOST_KNOWN:
        return None
    return next(iter(difflib.get_close_matches(word, words, 1, cutoff)), None)


def crop(text: str, width: int) -> str:
    """At most ``width`` characters, with an ellipsis where something was left away."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def plural(count: int, singular: str, plural_form: str | None = None) -> str:
    """``1 example``, ``2 examples``, ``1,234 examples``."""
    return f"{count:,} {singular if count == 1 else plural_form or singular + 's'}"


def json_path(path: tuple[str | int, ...]) -> str:
    """``$.messages[2].role``; keys that are no plain names are quoted."""
    parts = ["$"]
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", step):
            parts.append(f".{step}")
        else:
            quoted = step.replace("\\", "\\\\").replace("'", "\\'")
            parts.append(f"['{quoted}']")
    return "".join(parts)
