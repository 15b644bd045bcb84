"""Stage 3, memory: of a file's problems the first of each rule become findings, and the others are counted only."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ftlint.accept import Acceptance, Matcher
from ftlint.cells import Numbers
from ftlint.column import STEP
from ftlint.model import Finding, Level, Line, Omitted, Problem
from ftlint.read import Piece, Source, lines_at
from ftlint.settings import Kept
from ftlint.stamp import Stamper


class Kind(NamedTuple):
    """What is counted together; an order for the report, whatever was found first."""

    code: str
    level: Level
    accepted: bool


class Held(NamedTuple):
    """What a keeper took of some lines, without the means to take more."""

    findings: list[Finding]
    accepted: list[Finding]
    used: set[Acceptance]
    fired: set[str]
    left: dict[Kind, Numbers]


class Keeper:
    """Takes the problems of one file in the order in which they are known.

    What an acceptance covers is told before anything is left out, so that it never counts as a finding.

    Args:
        stamper: makes the findings.
        active: the rules that run on this file.
        kept: how many of each kind are held.
        matcher: the acceptances, or None.
        before: how many of each kind are held of the lines before, as far as that is known.

    Attributes:
        findings: what stands, as far as it is held. ``accepted``: what acceptances cover, as far as it is held.
        used: the acceptances that covered something. ``fired``: the rules that found something, accepted or not.
    """

    def __init__(
        self,
        stamper: Stamper,
        active: frozenset[str],
        kept: Kept,
        matcher: Matcher | None = None,
        before: Mapping[Kind, int] | None = None,
    ) -> None:
        self.stamper = stamper
        self.active = active
        self.kept = kept
        self.matcher = matcher
        self.findings: list[Finding] = []
        self.accepted: list[Finding] = []
        self.used: set[Acceptance] = set()
        self.fired: set[str] = set()
        self._held: Counter[Kind] = Counter(before)
        self._left: dict[Kind, Numbers] = {}
        self._fresh: dict[Kind, array[int]] = {}  # the last of them
        self._late: list[Problem] = []
        self._waiting: Counter[Kind] = Counter()

    @property
    def omitted(self) -> tuple[Omitted, ...]:
        """What is counted only."""
        self._settle()
        return tuple(
            Omitted(self.stamper.path, kind.code, kind.level, len(lines), kind.accepted, lines.held())
            for kind, lines in sorted(self._left.items())
        )

    @property
    def held(self) -> Held:
        """What it has, to be joined to what another keeper has of the lines before."""
        self._settle()
        return Held(self.findings, self.accepted, self.used, self.fired, self._left)

    def counts(self) -> dict[Kind, int]:
        """How many of each kind are held."""
        return dict(self._held)

    def join(self, later: Held) -> None:
        """Take what another keeper has of the lines that follow, as if their problems had been taken here.

        The other may have been told of fewer than are held here, never of more.
        """
        self.used |= later.used
        self.fired |= later.fired
        for finding in (*later.findings, *later.accepted):
            kind = Kind(finding.code, finding.level, finding.accepted is not None)
            held = self._held[kind]
            hidden = finding.frame is not None and finding.frame.hidden
            if self._full(kind, held, hide=hidden):
                self._leave(kind, finding.line)
                continue
            self._held[kind] = held + 1
            framed = held < self.kept.frames or hidden
            (self.accepted if kind.accepted else self.findings).append(
                finding if framed else replace(finding, frame=None)
            )
        self._settle()
        for kind, lines in later.left.items():
            left = self._left.setdefault(kind, Numbers("Q"))
            left += lines

    def take(self, problem: Problem, line: Line | None) -> None:
        """A problem, with its line if it has one."""
        if problem.code not in self.active:
            return
        self.fired.add(problem.code)
        reason = self._accepted(problem, line)
        kind = Kind(problem.code, self.stamper.level(problem), reason is not None)
        held = self._held[kind]
        if self._full(kind, held, hide=problem.hide):
            self._leave(kind, problem.line)
            return
        self._held[kind] = held + 1
        framed = held < self.kept.frames or problem.hide  # a hidden frame says that the line is not to be shown
        finding = self.stamper(problem, line, framed=framed, accepted=reason)
        (self.findings if reason is None else self.accepted).append(finding)

    def offer(self, problem: Problem) -> None:
        """A problem that was known after its line was gone; ``finish`` reads the lines of those that are kept."""
        if problem.code not in self.active:
            return
        kind = Kind(problem.code, self.stamper.level(problem), accepted=False)
        may_be_accepted = self.matcher is not None and problem.code in self.matcher.codes
        if not may_be_accepted and self._full(kind, self._held[kind] + self._waiting[kind], hide=problem.hide):
            self._leave(kind, problem.line)
            return
        self._waiting[kind] += 1
        self._late.append(problem)

    def finish(self, source: Source, skip: int) -> None:
        """Take what was offered, with the lines, which are read again in one pass."""
        for problem, line in with_lines(self.late(), source, skip):
            self.take(problem, line)

    def late(self) -> list[Problem]:
        """What was offered and is to be taken now; it is not held any more."""
        late, self._late = self._late, []
        self._waiting.clear()
        return late

    def _accepted(self, problem: Problem, line: Line | None) -> str | None:
        """The reason for which the problem is accepted, or None."""
        if self.matcher is None or problem.code not in self.matcher.codes:
            return None
        held = self.matcher.held(self.stamper(problem, line, framed=False))
        self.used.update(held)
        return held[0].reason if held else None

    def _full(self, kind: Kind, held: int, *, hide: bool) -> bool:
        most = self.kept.infos if kind.level is Level.INFO else self.kept.severe
        return most is not None and held >= max(most, 1) and not hide

    def _leave(self, kind: Kind, line: int | None) -> None:
        fresh = self._fresh.get(kind)
        if fresh is None:
            fresh = self._fresh[kind] = array("Q")
        fresh.append(line or 0)
        if len(fresh) >= STEP:
            self._settle()

    def _settle(self) -> None:
        for kind, fresh in self._fresh.items():
            left = self._left.setdefault(kind, Numbers("Q"))
            left += fresh
        self._fresh.clear()


def with_lines(
    problems: Sequence[Problem], source: Source, skip: int, piece: Piece | None = None
) -> Iterator[tuple[Problem, Line | None]]:
    """Each problem with its line, read again in one pass: those of the whole file first, then in order of lines."""
    waiting: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.line is None:
            yield problem, None
        else:
            waiting.setdefault(problem.line, []).append(problem)
    if not waiting:
        return
    for line in lines_at(source, waiting, max(waiting), skip=skip, piece=piece):
        for problem in waiting[line.number]:
            yield problem, line
        del waiting[line.number]
    for _, unread in sorted(waiting.items()):  # too long to be kept
        for problem in unread:
            yield problem, None
