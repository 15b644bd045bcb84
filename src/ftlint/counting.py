"""Exact token counts of many texts in one call, by the fastest way that gives tiktoken's counts.

`toktok` counts without making ids, in time that grows with the length alone, and takes a third of a second to load; so
`few` counts the first texts without it. `vocabulary` holds the reference, tiktoken: it counts where toktok is not
installed, and the texts that the two could split differently.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import filterfalse

from ftlint import few, vocabulary
from ftlint.lazy import lazy

UNSETTLED = lazy(
    "[\u017f\ud800-\udfff\u088f\u0c5c\u0cdc\u1acf-\u1aeb\ua7ce-\ua7d4\ua7f1\U00010940-\U00010959\U00010ec5-\U00010efb"
    "\U00011b60-\U00011b67\U00011db0-\U00011de9\U00016ea0-\U00016ed3\U00016ff2-\U00016ff6\U000187f8-\U000187ff"
    "\U00018d09-\U00018d1e\U00018d80-\U00018df2\U0001e6c0-\U0001e6ff\U0002b73a-\U0002b73f\U0002cea2-\U0002cead"
    "\U000323b0-\U00033479]"
)
"""Characters on which toktok 0.3 and tiktoken 0.14 differ: those that Unicode 17 added (toktok has the tables of 16),
the long s of a contraction, and halves of surrogate pairs, which toktok refuses. A test goes through all characters."""
_LEADS = (b"\xc5\xbf", b"\xe0", b"\xe1", b"\xea", b"\xed", b"\xf0")
"""How the UTF-8 of each of them begins: to look for a byte is far faster than to look at characters, or for two."""
_SCREEN = lazy(
    "[^\0-\u017e\u0180-\u088e\u0890-\u0c5b\u0c5d-\u0cdb\u0cdd-\u1ace\u1aec-\ua7cd\ua7f2-\ud7ff\ue000-\uffff"
    "\U0001f000-\U0001faff]"
)
"""What may be one of them: faster over a text that holds none, since so few ranges are beyond 16 bits."""
_SAMPLE = 64
"""So many texts of a batch tell whether its texts repeat."""
_MOST_NEW = 0.75
"""Share of the characters that are in texts not seen before, from which to find the others would not pay."""


def count(texts: Sequence[str], encoding: str, threads: int = 1) -> list[int]:
    """The number of tokens of each text, special-token literals counted as plain text.

    Lone surrogates count as U+FFFD, as tiktoken has it.

    Args:
        texts: any strings.
        encoding: a name of ``ENCODINGS``.
        threads: how many threads count at once; the engines release the interpreter while they work.

    Raises:
        UsageError: the encoding is unknown.
        FtlintError: the vocabulary's file is damaged or missing, or the tokenizer gave up on a text.
    """
    vocabulary.check(encoding)
    held = texts if isinstance(texts, list) else list(texts)
    if not held:
        return []
    sample = held[:_SAMPLE]
    if sum(map(len, set(sample))) > _MOST_NEW * sum(map(len, sample)):
        return _counted(held, encoding, threads)
    distinct = list(dict.fromkeys(held))
    return list(map(dict(zip(distinct, _counted(distinct, encoding, threads), strict=True)).__getitem__, held))


def _counted(texts: list[str], encoding: str, threads: int) -> list[int]:
    found = few.count(texts, encoding)
    if found is not None:
        return found
    engine = _engine()
    if engine is None:
        return vocabulary.count(texts, encoding, threads)
    odd = _odd(texts)
    if not odd:
        return engine(texts, encoding, threads)
    settled = texts.copy()
    for at in odd:
        settled[at] = ""
    counts = engine(settled, encoding, threads)
    for at, tokens in zip(odd, vocabulary.count([texts[at] for at in odd], encoding), strict=True):
        counts[at] = tokens
    return counts


def _odd(texts: list[str]) -> list[int]:
    """The places of the texts that hold an unsettled character."""
    wide = "".join(filterfalse(str.isascii, texts)).encode("utf-8", "surrogatepass")
    if not any(lead[-1:] in wide and lead in wide for lead in _LEADS):
        return []
    return [at for at, text in enumerate(texts) if _unsettled(text)]


def _unsettled(text: str) -> bool:
    return not text.isascii() and bool(_SCREEN.search(text) and UNSETTLED.search(text))


@functools.cache
def _engine() -> Callable[[list[str], str, int], list[int]] | None:
    """toktok's own call, or None where it is not installed."""
    try:
        from toktok import batch_count
    except ImportError:
        return None
    engine: Callable[[list[str], str, int], list[int]] = batch_count
    return engine
