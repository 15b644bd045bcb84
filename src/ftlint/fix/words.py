"""Edits inside one text: what is cut out of an answer, or written anew, as offsets of the decoded string."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from ftlint.checks import quality
from ftlint.model import Problem

Cut = tuple[int, int, str]
"""Offsets in the decoded text (end exclusive), and what stands there afterwards."""

_REFERENCE = re.compile(r"&(?:amp;)*(?:nbsp|amp|lt|gt|quot|apos|#39|#x27|#160);")
_TRACE = re.compile(
    r"\A\s*+<(think|thinking|thought|thoughts|reasoning|scratchpad|reflection|inner_thoughts)>"
    r"(?:(?!<\1>).)*?</\1>\s*+",
    re.DOTALL,
)


def cuts(problem: Problem, text: str) -> list[Cut]:
    """What mends a text; nothing where all of it would go, for an empty answer is worse."""
    made = list(_CUTTERS[problem.code](problem, text))
    left, at = [], 0
    for start, end, new in made:
        left += [text[at:start], new]
        at = end
    return made if "".join((*left, text[at:])).strip() else []


def _trim(problem: Problem, text: str) -> Iterator[Cut]:
    """FT601: white space at the edges that the finding names."""
    edge = str(problem.values.get("edge", ""))
    first, last = len(text) - len(text.lstrip()), len(text.rstrip())
    if "starts" in edge and first:
        yield 0, first, ""
    if "ends" in edge and first < last < len(text):
        yield last, len(text), ""


def _front(problem: Problem, text: str) -> Iterator[Cut]:
    """FT607 and FT610: what stands in front of the message, and the space behind it."""
    if problem.span is not None:
        end = problem.span[1]
        yield 0, end + len(text[end:]) - len(text[end:].lstrip()), ""


def _mojibake(_: Problem, text: str) -> Iterator[Cut]:
    """FT604: each word that ``ftfy`` knows to be decoded wrongly."""
    import ftfy
    from ftfy.badness import is_bad

    for match in re.finditer(r"\S+", text):
        if not match[0].isascii() and is_bad(match[0]):
            right = ftfy.fix_encoding(match[0])
            if right != match[0] and "\ufffd" not in right:
                yield *match.span(), right


def _invisible(_: Problem, text: str) -> Iterator[Cut]:
    """FT608: every invisible character that no script and no emoji needs."""
    start = end = -1
    for at in quality.needless(text):
        if at > end:
            if end >= 0:
                yield start, end, ""
            start = at
        end = at + 1
    if end >= 0:
        yield start, end, ""


def _references(_: Problem, text: str) -> Iterator[Cut]:
    """FT609: character references, however often they were escaped."""
    for match in _REFERENCE.finditer(text):
        plain, before = html.unescape(match[0]), match[0]
        while plain != before:
            plain, before = html.unescape(plain), plain
        yield *match.span(), plain


def _trace(_: Problem, text: str) -> Iterator[Cut]:
    """FT612: a whole trace at the start of the answer."""
    if match := _TRACE.match(text):
        yield *match.span(), ""


_CUTTERS: dict[str, Callable[[Problem, str], Iterator[Cut]]] = {
    "FT601": _trim,
    "FT604": _mojibake,
    "FT607": _front,
    "FT608": _invisible,
    "FT609": _references,
    "FT610": _front,
    "FT612": _trace,
}
CODES = tuple(_CUTTERS)
