"""All kinds of defect, in the order of the rule book."""

from __future__ import annotations

from benchmarks.detection.field import Kind
from benchmarks.detection.kinds_conversation import CONVERSATION, JOB, TOKENS
from benchmarks.detection.kinds_file import FILE, JSON
from benchmarks.detection.kinds_quality import QUALITY
from benchmarks.detection.kinds_schema import SCHEMA

KINDS: list[Kind] = [*FILE, *JSON, *SCHEMA, *CONVERSATION, *TOKENS, *JOB, *QUALITY]

NOT_PLANTED = {
    "FT019": "it is about the file of acceptances, not about the data; tests of its own",
    "FT415": "it needs a run file; tests of its own",
    "FT806": "it needs the network",
}
"""Rules of FT0 to FT6 and FT8 without a kind, each with the reason."""


def select(words: list[str]) -> list[Kind]:
    """The kinds whose code starts with one of the words, or whose name holds one; all for no words."""
    if not words:
        return KINDS
    return [k for k in KINDS if any(k.code.startswith(word.upper()) or word.lower() in k.name for word in words)]
