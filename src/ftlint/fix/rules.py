"""Which rules have a fix, and whether it is safe; the rule pages say the same, and a test holds them together."""

from __future__ import annotations

SAFE = "safe"
UNSAFE = "unsafe"

FIXES: dict[str, str] = {
    "FT004": SAFE,
    "FT008": SAFE,
    "FT009": SAFE,
    "FT011": SAFE,
    "FT110": UNSAFE,
    "FT114": UNSAFE,
    "FT115": UNSAFE,
    "FT116": UNSAFE,
    "FT118": UNSAFE,
    "FT119": UNSAFE,
    "FT134": UNSAFE,
    "FT150": UNSAFE,
    "FT151": UNSAFE,
    "FT170": UNSAFE,
    "FT501": UNSAFE,
    "FT601": UNSAFE,
    "FT604": UNSAFE,
    "FT607": UNSAFE,
    "FT608": UNSAFE,
    "FT609": UNSAFE,
    "FT610": UNSAFE,
    "FT612": UNSAFE,
}
"""Rule to ``safe`` (no example changes) or ``unsafe`` (an example changes, or goes)."""
