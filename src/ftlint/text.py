"""Untrusted text made harmless: every string of a dataset passes here before anyone sees it."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, line and paragraph separators, zero-width and bidi controls, interlinear marks, the BOM,
# Mongolian separator, variation-free tag characters, and lone surrogates (which no encoder takes).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
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


def safe_char(char: str) -> str:
    """One character, made visible if it is not harmless; used where offsets must be kept."""
    return _UNSAFE.sub(_escape, char)


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
