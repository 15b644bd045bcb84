"""What stands for a secret and is none: documented examples, placeholders, and what nobody would generate."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

from ftlint.lazy import lazy

_WORDS = lazy(
    r"example|xxxx|your|dummy|sample|placeholder|redacted|changeme|change-me|replace|insert|_here|-here|fake|notreal|"
    r"not-real|deadbeef|0123456789abcdef|\.\.\.|…|\*\*\*|#{4}|_{6}|-{6}|<|>|\$\{|\{\{",
    re.IGNORECASE,
)
_WEAK = lazy(
    r"pass|p[@4]ss|pwd|secret|hunter2|qwert|letmein|welcome|admin|changeme|example|test|demo|foo|bar|your|xxx|abc|123"
    r"|correct.?horse|tr0ub4dor|<|>|\*\*|\.\.\.|…|\$\{|\{|\[|%[sd(]",
    re.IGNORECASE,
)


def is_dummy(body: str) -> bool:
    """Whether the part of a key behind its prefix is a placeholder."""
    if _WORDS.search(body):
        return True
    letters = [char for char in body if char.isalnum()]
    if len(set(letters)) < min(8, len(letters) // 2):
        return True
    steps = sum(ord(after) - ord(char) == 1 for char, after in pairwise(letters))
    return steps * 10 > len(letters) * 7  # abcdef..., 012345...


def is_weak(password: str) -> bool:
    """Whether a password is one that texts about passwords use, or no password at all."""
    return _WEAK.search(password) is not None or len(set(password.lower())) < 4


def entropy(text: str) -> float:
    """Shannon's entropy in bits per character."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())


def looks_random(text: str, bits: float) -> bool:
    """Letters and digits mixed, and as many different ones as in what a machine has drawn."""
    mixed = any(char.isdigit() for char in text) and any(char.isalpha() for char in text)
    return mixed and entropy(text) >= bits
