"""FT701 to FT708 and FT72x, personal data and secrets in the texts of a row; never the value itself."""

from __future__ import annotations

import bisect
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from ftlint.checks.base import Batch, Context, Joined
from ftlint.lazy import lazy
from ftlint.model import Problem, Text
from ftlint.parse import unescape
from ftlint.privacy import Found, inspect
from ftlint.privacy.find import asks, fold, unbroken
from ftlint.privacy.forms import BIRTH, DATE, ELSEWHERE, FINDERS, PHONE, SECRET, cue_of
from ftlint.privacy.passwords import wants_password
from ftlint.privacy.phones import by_script, elsewhere
from ftlint.privacy.screen import ESCAPE, MAYBE, may_hold_secret, searches
from ftlint.texts import Texts

CODES = (
    "FT701", "FT702", "FT703", "FT704", "FT705", "FT706", "FT707", "FT708", "FT720", "FT721", "FT722", "FT723",
)  # fmt: skip
SCREEN = "FT7"
# A hash tells two keys apart and gives neither away; a person's or a card's number could be found by trying them all.
_HASHED = frozenset({"FT720", "FT721"})
_HASHED_KINDS = frozenset({"jwt", "bearer-token", "token"})
_HASH = 12
_ELSEWHERE = lazy(ELSEWHERE)
_HALVES = lazy("[\ud800-\udfff]")
"""Halves of pairs of surrogates, which cannot be written in UTF-8."""
_FEW, _FIRST = 32, 2_000
"""So many texts of the first rows are looked at by every finder, where they hold too little for most of them: the scan
for the finders takes 5 ms to load."""


def personal_data(batch: Batch, context: Context) -> Iterator[Problem]:
    """One problem for each text and kind that it holds; ``count`` says how often."""
    texts, regions = batch.texts, context.settings.phone_regions
    for index, finders in sorted(candidates(batch, regions).items()):
        text = texts[index]
        hits = inspect(text.text, regions, _question(texts, index), finders)
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


def seen_for(batch: Batch, regions: Sequence[str]) -> dict[str, list[int]] | None:
    """What the scan found, with the phone numbers of all regions among what finders look for; None without a scan.

    Args:
        regions: the user's.
    """
    seen = batch.seen
    if seen is None or not elsewhere(regions):
        return seen
    numbers = (index for index, text in enumerate(batch.texts) if _ELSEWHERE.search(text.text))
    return {**seen, SCREEN: sorted({*seen[SCREEN], *numbers})}


def candidates(batch: Batch, regions: Sequence[str]) -> dict[int, Collection[str]]:
    """By index of a text that is worth a look, the finders that may find something in it."""
    texts, seen = batch.texts, seen_for(batch, regions)
    if seen is not None:
        return _by_finder(texts, seen[SCREEN], regions)
    found = set(_searched(batch.joined))
    # an answer means what the question says
    found |= {index + 1 for index in found if asks(_question(texts, index + 1))}
    found |= {index for index in range(len(texts)) if wants_password(_question(texts, index))}
    return dict.fromkeys(found, FINDERS)


def _by_finder(texts: Sequence[Text], worth: Sequence[int], regions: Sequence[str]) -> dict[int, Collection[str]]:
    from ftlint.checks.screens import finder_scan

    found: defaultdict[int, set[str]] = defaultdict(set)
    if not worth:
        return {}
    few = len(worth) <= _FEW and texts[-1].line <= _FIRST
    scan = None if few and not any(_is_full(texts[index].text) for index in worth) else finder_scan()
    if scan is None:
        return {at: FINDERS for index in worth for at in (index, index + 1) if at == index or _question(texts, at)}
    worth, strings = _meant(texts, worth)
    seen = scan(strings)
    for index in (worth[at] for at in seen[ELSEWHERE]):
        if elsewhere(regions) or by_script(texts[index].text):
            found[index].add(PHONE)
    for finder in FINDERS:
        for at in seen[finder]:
            found[worth[at]].add(finder)
        for index in (worth[at] for at in seen[cue_of(finder)]):
            for here in (index, index + 1):  # in a question too
                if (here == index or _question(texts, here)) and _may_mean(finder, texts, here):
                    found[here].add(finder)
    return dict(found)


def _meant(texts: Sequence[Text], worth: Sequence[int]) -> tuple[list[int], list[str]]:
    """These texts, and once more those with escapes of JSON, without them; and the index of each."""
    indexes, strings = list(worth), [texts[index].text for index in worth]
    for index, text in zip(worth, strings.copy(), strict=True):
        if ESCAPE in text:
            meant = unescape(text)
            whole = "\\" not in meant and not _HALVES.search(meant)
            indexes.append(index)
            strings.append(meant if whole else "\0")  # which is looked at for everything
    return indexes, strings


def _is_full(text: str) -> bool:
    """Whether nearly every finder would look closer at a text."""
    return MAYBE.search(text) is not None or may_hold_secret(text)


def _may_mean(finder: str, texts: Sequence[Text], index: int) -> bool:
    """Whether a text holds what the cue to it is about."""
    if ESCAPE in texts[index].text:
        return True
    if finder == BIRTH:
        return DATE.search(texts[index].text) is not None
    if finder == SECRET:
        return may_hold_secret(unbroken(texts[index].text)) or wants_password(_question(texts, index))
    return True


def _searched(joined: Joined) -> Iterator[int]:
    """The same by plain searches over all texts together."""
    for search in searches(unbroken(joined.whole)):
        at = search(0)
        while at >= 0:
            index = bisect.bisect_right(joined.starts, at) - 1
            yield index
            at = search(joined.starts[index] + len(joined.texts[index].text) + 1)


def _question(texts: Sequence[Text], index: int) -> str:
    """The text of somebody else that stands right before one of the same row."""
    if not 0 < index < len(texts):
        return ""
    if isinstance(texts, Texts):  # of most of them nothing else is asked
        same = texts.lines[index - 1] == texts.lines[index] and texts.roles[index - 1] != texts.roles[index]
        return texts.strings[index - 1] if same else ""
    before = texts[index - 1]
    return before.text if before.line == texts[index].line and before.role != texts[index].role else ""


def _data(hits: list[Found], text: str) -> dict[str, Any]:
    first = hits[0]
    data: dict[str, Any] = {"kind": first.kind, "count": len(hits)}
    if first.code in _HASHED or first.kind in _HASHED_KINDS:
        value = "".join(fold(text[first.start : first.end]).split())
        data["sha256"] = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]
    return data
