"""FT709, the words beside a name in a text without a script of its own: where a long question, or a statement, is read
for a fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftlint.lazy import lazy
from ftlint.privacy.profile.kinds import asked_for
from ftlint.privacy.profile.screen import may_ask
from ftlint.privacy.profile.sought import ASKED, Scan
from ftlint.privacy.profile.subjects import RELATION, RELATIVES

_NEAR = 50
"""Characters beside a name in which a fact is looked for; the word that stands there may be cut in two."""
_BEFORE_ANY = lazy(r"(?:o(?<=\bo)f|v(?<=\bv)on|d(?<=\bd)e)\s*")
_BEFORE_NAME = lazy(rf"{_BEFORE_ANY.pattern}(?=[A-Z]|[^\x00-\x7f]|(?i:{RELATION}))")
"""What a name stands behind in a text that is not all in small letters."""


def facts_beside_names(texts: Sequence[str], scan: Scan) -> set[int]:
    """Indexes of the texts in which a fact may be meant where ``facts`` reads a long question, or a statement.

    Args:
        scan: of ``sought.near``.
    """
    pieces = [(at, piece) for at, text in enumerate(texts) for piece in _pieces(text)]
    asking = [pieces[number] for number in scan([piece for _, piece in pieces])[ASKED]] if pieces else ()
    return {at for at, piece in asking if may_ask(piece) and asked_for(piece)}


def _pieces(text: str) -> Iterator[str]:
    """What stands behind "Jane's", or before "of Jane", as far as ``facts`` reads it."""
    small = text.islower()
    for mark in "'’":
        at = text.find(mark)
        while at >= 0:
            word = text[text.rfind(" ", 0, at) + 1 : at]
            if small or not word.islower() or word.endswith(RELATIVES):
                yield text[at : at + _NEAR]
            if word[-1:] == "d":  # d'Alice
                end = len(text) - len(text[at + 1 :].lstrip())
                yield text[max(0, end - _NEAR) : end]
            at = text.find(mark, at + 1)
    if "of" in text or "de" in text or "von" in text:
        for match in (_BEFORE_ANY if small else _BEFORE_NAME).finditer(text):
            yield text[max(0, match.end() - _NEAR) : match.end()]
