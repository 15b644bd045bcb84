"""Stage: sandbox, moderation scores. They come only from harmless markers in the text, such as `⟦hate=0.94⟧`.

No harmful text is ever needed or stored. Text without a marker gets quiet scores below 1e-4 that depend on nothing but
its bytes. The threshold of 0.5 is the sandbox's own guess: the real ones are not published.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
IMAGE_CATEGORIES = frozenset(
    ("self-harm", "self-harm/instructions", "self-harm/intent", "sexual", "violence", "violence/graphic")
)
FLAGGED = 0.5
# A file is blocked from these scores on, below what is flagged: the real filter, too, is stricter than the
# Moderation API.
BLOCKED = 0.3
BLOCKED_MINORS = 0.01

# The stand-in of a guard model finds fault from a lower score on, so that it is told from moderation.
UNSAFE = 0.1
_HAZARDS = {
    "S1": ("violence", "violence/graphic"),
    "S2": ("illicit",),
    "S4": ("sexual/minors",),
    "S9": ("illicit/violent",),
    "S10": ("harassment", "harassment/threatening", "hate", "hate/threatening"),
    "S11": ("self-harm", "self-harm/instructions", "self-harm/intent"),
    "S12": ("sexual",),
}

_MARKER = re.compile(r"⟦([a-z/-]{4,30})([=+])(0(?:\.\d{1,12})?|1(?:\.0{1,12})?)⟧")
_QUIET = 9e-5


def scores(text: str) -> dict[str, float]:
    """A score from 0 to 1 for each of the 13 categories: the highest of its markers, or a quiet one without any.

    Markers such as `⟦sexual/minors+0.002⟧` add up over the text: harmless one by one, and not together.

    What is not exactly a marker (an unknown category, a value outside 0 to 1) is ordinary text.
    """
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4 * len(CATEGORIES)).digest()
    found = {
        category: 1e-7 + _QUIET * int.from_bytes(digest[4 * i : 4 * i + 4]) / 2**32
        for i, category in enumerate(CATEGORIES)
    }
    sums: dict[str, float] = {}
    for category, sign, value in _MARKER.findall(text):
        if category in found and sign == "+":
            sums[category] = sums.get(category, 0.0) + float(value)
        elif category in found:
            found[category] = max(found[category], float(value))
    for category, value in sums.items():
        found[category] = min(1.0, max(found[category], round(value, 12)))
    return found


def combined(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The highest score of each category over several parts of one input."""
    rows = list(parts)
    return {category: max((row[category] for row in rows), default=0.0) for category in CATEGORIES}


def guarded(text: str) -> list[str]:
    """Hazard categories of Llama Guard 3 that the text's markers stand for; none for a safe text."""
    found = scores(text)
    return [code for code, categories in _HAZARDS.items() if any(found[category] >= UNSAFE for category in categories)]


def blocks(text: str) -> bool:
    """Whether a training file with this text is blocked."""
    if "⟦" not in text:
        return False
    return any(
        score >= (BLOCKED_MINORS if category == "sexual/minors" else BLOCKED)
        for category, score in scores(text).items()
    )
