"""Tokens of rows with tools as columns: each list of tools and each name is counted once, and added to every row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, compress

from ftlint.tokens import Part, message_overhead, tool_parts
from ftlint.toolrows import ToolRows, Toolset


class Calling:
    """Those of some rows whose tools and calls are as they should be: the texts to count, and what follows from that.

    Attributes:
        places: of these rows. ``others``: those of the other rows.
        texts: what has to be counted.
        totals, trained: of each of these rows, once ``take`` was called. A part of each is an estimate.
    """

    def __init__(self, tooled: ToolRows, wanted: Sequence[int], encoding: str) -> None:
        wish = set(wanted) if tooled.places else set[int]()
        self._at = [at for at, row in enumerate(tooled.places) if row in wish]
        self.places = [tooled.places[at] for at in self._at]
        mine = set(self.places)
        self.others = [row for row in wanted if row not in mine] if mine else wanted
        self._tooled, self._encoding = tooled, encoding
        self._names = sorted(set(chain.from_iterable(tooled.names[at] for at in self._at)))
        new = {id(each): each for each in (tooled.toolsets[at] for at in self._at) if encoding not in each.tokens}
        self._new = [(toolset, tool_parts(toolset.tools, encoding)) for toolset in new.values()]
        self.texts = [*self._said(), *self._names, *(part.text for _, parts in self._new for part in parts)]
        self.totals: list[int] = []
        self.trained: list[int] = []

    def _said(self) -> Iterable[str]:
        """The texts of the messages of these rows."""
        tooled = self._tooled
        if len(self._at) == len(tooled.places):
            return tooled.texts
        return chain.from_iterable(tooled.texts[tooled.ends[at] : tooled.ends[at + 1]] for at in self._at)

    def take(self, counts: Sequence[int]) -> Sequence[int]:
        """Add up, and give back the counts that are left.

        Args:
            counts: tokens of each of the texts, and of others behind them.
        """
        courses = [self._tooled.courses[at] for at in self._at]
        ends = list(accumulate((len(course.frames) for course in courses), initial=0))
        sums = list(accumulate(counts[: ends[-1]], initial=0))
        at = ends[-1] + len(self._names)
        cost = dict(zip(self._names, counts[ends[-1] : at], strict=True))
        for toolset, parts in self._new:
            _note(toolset, self._encoding, parts, counts[at : at + len(parts)])
            at += len(parts)
        priming = message_overhead(0, 0, self._encoding)
        per_message = message_overhead(1, 0, self._encoding) - priming
        for nth, place in enumerate(self._at):
            course, start, end = courses[nth], ends[nth], ends[nth + 1]
            called = sum([cost[name] for name in self._tooled.names[place]])
            told = sums[end] - sums[start] + called + self._tooled.toolsets[place].tokens[self._encoding]
            self.totals.append(told + per_message * len(course.kinds) + priming)
            self.trained.append(called + sum(compress(counts[start:end], course.trained)))
        return counts[at:]


def _note(toolset: Toolset, encoding: str, parts: Sequence[Part], counts: Sequence[int]) -> None:
    toolset.tokens[encoding] = sum(counts) + sum(part.constant for part in parts)
