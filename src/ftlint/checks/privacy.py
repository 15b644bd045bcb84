"""FT701 to FT708 and FT72x, personal data and secrets in the texts of a row; never the value itself."""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from ftlint.checks.base import Batch, Context, Joined
from ftlint.model import Problem, Text
from ftlint.privacy import Found, inspect
from ftlint.privacy.find import asks, fold
from ftlint.privacy.screen import searches

CODES = (
    "FT701", "FT702", "FT703", "FT704", "FT705", "FT706", "FT707", "FT708", "FT720", "FT721", "FT722", "FT723",
)  # fmt: skip
SCREEN = "FT7"
# A hash tells two keys apart and gives neither away; a person's or a card's number could be found by trying them all.
_HASHED = frozenset({"FT720", "FT721"})
_HASHED_KINDS = frozenset({"jwt", "bearer-token", "token"})
_HASH = 12


def personal_data(batch: Batch, context: Context) -> Iterator[Problem]:
    """One problem for each text and kind that it holds; ``count`` says how often."""
    texts = batch.texts
    for index in _candidates(batch):
        text = texts[index]
        hits = inspect(text.text, context.settings.phone_regions, _question(texts, index))
        for code, kind in sorted({(hit.code, hit.kind) for hit in hits}):
            same = [hit for hit in hits if (hit.code, hit.kind) == (code, kind)]
            yield Problem(
                code,
                text.line,
                text.path,
                span=(same[0].start, same[0].end),
                values={"count": len(same), "role": text.role, "kind": kind},
                data=_data(same, text.text),
            )


def _candidates(batch: Batch) -> list[int]:
    """Indexes of the texts that are worth a look, in order."""
    texts = batch.texts
    found = set(batch.seen[SCREEN] if batch.seen is not None else _searched(batch.joined))
    # a date in an answer means what the question says
    found |= {index + 1 for index in found if index + 1 < len(texts) and asks(texts[index].text)}
    return sorted(found)


def _searched(joined: Joined) -> Iterator[int]:
    """The same by plain searches over all texts together."""
    for search in searches(joined.whole):
        at = search(0)
        while at >= 0:
            index = bisect.bisect_right(joined.starts, at) - 1
            yield index
            at = search(joined.starts[index] + len(joined.texts[index].text) + 1)


def _question(texts: Sequence[Text], index: int) -> str:
    """The text of somebody else that stands right before one of the same row."""
    before = texts[index - 1] if index else None
    if before is None or before.line != texts[index].line or before.role == texts[index].role:
        return ""
    return before.text


def _data(hits: list[Found], text: str) -> dict[str, Any]:
    first = hits[0]
    data: dict[str, Any] = {"kind": first.kind, "count": len(hits)}
    if first.code in _HASHED or first.kind in _HASHED_KINDS:
        value = "".join(fold(text[first.start : first.end]).split())
        data["sha256"] = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]
    return data
