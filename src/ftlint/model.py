"""The types that every stage shares, from a line to the report. No I/O, and no import of ours but records."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum
from typing import Any, NamedTuple

from ftlint.records import dataclass

JsonPath = tuple[str | int, ...]
"""Keys and indexes from the example's root to a node: ``("messages", 2, "role")``. The root itself is ``()``."""


class Level(StrEnum):
    """How bad a finding is; the service refuses it (error), a person who knows would change it, worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info: smaller is worse."""
        return _RANK[self]


_RANK = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}


class Format(StrEnum):
    """The format of a training file, decided by the majority of its rows."""

    CHAT = "chat"
    PREFERENCE = "preference"
    REINFORCEMENT = "reinforcement"
    COMPLETION = "completion"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a file is for: some rules are about training files only."""

    TRAIN = "train"
    VALIDATION = "validation"


class Verdict(StrEnum):
    """The gate's word on a report, worst first: what was not checked outweighs what was found."""

    INCOMPLETE = "incomplete"
    FINDINGS = "findings"
    OFFLINE_CLEAN = "offline-clean"
    CLEAN = "clean"


class Line(NamedTuple):
    """One line of a file as it stands on disk.

    Attributes:
        number: counted from 1.
        offset: of the first byte, from the start of the file, in bytes.
        raw: the bytes without the terminator.
        terminated: the line ends with a newline (the last one of a file may not).
    """

    number: int
    offset: int
    raw: bytes
    terminated: bool


class Example(NamedTuple):
    """One line that parsed to a JSON object.

    Attributes:
        line: where it stands.
        value: the parsed object, a dict.
        canonical: its canonical JSON (sorted keys, no spaces, UTF-8), the same however the file was serialised.
    """

    line: Line
    value: dict[str, Any]
    canonical: bytes

    @property
    def content_sha256(self) -> bytes:
        """Hash of the canonical JSON, 32 bytes."""
        return hashlib.sha256(self.canonical).digest()


class Text(NamedTuple):
    """One text of an example, the unit that quality, privacy and moderation share.

    Attributes:
        text: the decoded string.
        line: line number of its example.
        path: JSON path of the string.
        role: the message's role, or the part of the example that it stands in (``"tool-definition"``).
        kind: ``content``, ``name``, ``arguments``, ``tool-result``, ``tool-description``, ``reference`` ...
        trained: the model learns to produce it.
    """

    text: str
    line: int
    path: JsonPath
    role: str
    kind: str
    trained: bool


class Span(NamedTuple):
    """A place inside a line: columns count characters of the decoded line from 1; the end is exclusive."""

    column: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file that a finding also concerns (the other copy of a duplicate)."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check yields: where, and the values for the rule's message. It knows no level, text or column.

    Attributes:
        code: the rule that is broken.
        line: line number, or None for a problem of the whole file.
        path: JSON path of the node at fault, or None for the line or file as such.
        key: the key of the node is at fault, not its value.
        span: offsets inside the decoded string at ``path`` (end exclusive), or None for the whole node.
        chars: columns (0-based, end exclusive) in the decoded line, for lines that did not parse.
        values: named fields of the rule's message and help templates; a list is joined by commas, and the pieces of a
            tuple make one phrase in which each is masked and cropped for itself.
        related: other places that belong to the finding.
        data: machine-readable extras, for the JSON report.
        hide: the text itself is not to be shown where others may read it.
        help: replaces the rule's own help where the remedy depends on the case.
        raised: the rule's level is raised to error in this case (the rule's page says when).
    """

    code: str
    line: int | None = None
    path: JsonPath | None = None
    key: bool = False
    span: tuple[int, int] | None = None
    chars: tuple[int, int] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    related: tuple[Place, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    hide: bool = False
    help: str | None = None
    raised: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The piece of a line round a span, masked and inert, ready to be shown.

    Attributes:
        text: at most a few hundred characters, control characters already escaped.
        start: offset of the span in ``text``; ``end`` is exclusive.
        cut_left: text was left away before, and ``cut_right`` after it.
        hidden: the text was flagged by moderation; only a user's own terminal may show it.
    """

    text: str
    start: int
    end: int
    cut_left: bool
    cut_right: bool
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with everything stamped on it; all strings are masked and inert.

    Attributes follow the JSON report, version 1 (README). ``line``, ``column`` and ``end_column`` are None for a
    finding about the whole file. ``accepted`` holds the reason when an acceptance covers it.
    """

    code: str
    name: str
    level: Level
    message: str
    help: str | None
    path: str
    line: int | None = None
    column: int | None = None
    end_column: int | None = None
    json_path: str | None = None
    example_sha256: str | None = None
    content_sha256: str | None = None
    related: tuple[Place, ...] = ()
    fix: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    frame: Frame | None = None
    accepted: str | None = None

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Order of a report: file, then place, then rule; the same for any batch size."""
        return (self.path, self.line or 0, self.column or 0, self.code, self.json_path or "", self.message)


@dataclass(frozen=True, slots=True)
class TokenStats:
    """Tokens of one file. Percentiles are over examples (nearest rank); ``over_limit`` counts examples.

    Attributes:
        total: tokens of all examples, as counted (not clipped at the limit).
        trained: tokens of what the model learns to produce.
        billed: sum of min(tokens, limit) over examples, one epoch.
        histogram: counts of examples in bins of equal width between 0 and ``histogram_max`` tokens; where ``max`` is
            above that, the last entry counts the examples beyond.
        estimated: some overhead (tools, images) is an estimate.
    """

    total: int
    trained: int
    max: int
    p5: int
    p50: int
    p95: int
    encoding: str
    billed: int = 0
    limit: int | None = None
    over_limit: int = 0
    histogram: tuple[int, ...] = ()
    histogram_max: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One checked file. ``tokens`` is None only where counting was switched off."""

    path: str
    role: Role
    sha256: str
    bytes: int
    lines: int
    examples: int
    format: Format
    tokens: TokenStats | None


@dataclass(frozen=True, slots=True)
class Cost:
    """The price of a job. ``usd`` is None where no price is known; it is never 0 for that reason.

    Attributes:
        billed_tokens: tokens of one epoch, clipped at the model's limit, times ``epochs``.
        price_as_of: date of the price (YYYY-MM-DD), ``"user"`` where the user gave it, or None.
        estimated_epochs: the number of epochs is the documented estimate for "auto", not a setting.
    """

    model: str
    epochs: int
    billed_tokens: int
    usd: float | None
    price_as_of: str | None
    estimated_epochs: bool


@dataclass(frozen=True, slots=True)
class ModerationSummary:
    """What the moderation pass did. ``coverage`` is the share of units that have a verdict, 0 to 1.

    Attributes:
        status: ``complete``, ``partial``, ``sampled`` or ``not-run``.
        segments: units before, ``unique`` after deduplication; ``cached`` of them were known already.
        required: the gate demands a complete pass.
        nearest: per category the highest score and its place, for the summary (category, score, path, line).
    """

    status: str
    model: str | None = None
    segments: int = 0
    unique: int = 0
    cached: int = 0
    requests: int = 0
    coverage: float = 0.0
    reason: str | None = None
    required: bool = False
    nearest: tuple[tuple[str, float, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class GuardSummary:
    """What a guard model, asked for a second opinion beside moderation, said.

    Attributes:
        status: ``complete`` (a verdict on everything) or ``partial``.
        name: provider and host; ``model`` as it was asked for.
        units: strings to be judged; ``judged`` of them have a verdict, ``cached`` of those from an earlier pass.
        unsafe: rows that hold what it calls unsafe.
        reason: why there is not a verdict on everything, or None.
    """

    status: str
    name: str
    model: str
    units: int = 0
    judged: int = 0
    cached: int = 0
    unsafe: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A rule that was not run, and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Omitted:
    """Findings of one rule and level in one file that a report counts and does not hold, so that it stays small.

    Attributes:
        accepted: an acceptance covers them.
        lines: where they stand, 0 for a whole file; empty in a report that was saved and read again.
    """

    path: str
    code: str
    level: Level
    count: int
    accepted: bool = False
    lines: Sequence[int] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one check found; renderers and the gate read it, nothing changes it.

    Every count is exact: what is ``omitted`` counts like what is held. Of a rule, level and file in ``omitted`` the
    report always holds some findings too.

    Attributes:
        omitted: findings, accepted ones too, beyond those that are kept of each rule, level and file.
        costs: one entry for the given model, or one per trainable model; ``cost`` is the given model's.
        accepted: findings that an acceptance covers, left out of ``findings``.
        notes: sentences for the person who reads the summary (rehearsal, provider dates).
        guard: what the guard model said, or None where none was asked.
    """

    version: int
    tool_version: str
    verdict: Verdict
    files: tuple[FileSummary, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    cost: Cost | None
    costs: tuple[Cost, ...]
    moderation: ModerationSummary
    skipped: tuple[Skipped, ...]
    fail_on: Level
    notes: tuple[str, ...] = ()
    guard: GuardSummary | None = None
    omitted: tuple[Omitted, ...] = ()

    def counts(self) -> dict[Level, int]:
        """Findings per level, accepted ones not counted."""
        tally = dict.fromkeys(Level, 0)
        for finding in self.findings:
            tally[finding.level] += 1
        for left in self.omitted:
            tally[left.level] += 0 if left.accepted else left.count
        return tally

    def by_code(self) -> dict[str, int]:
        """Findings per rule, in order of code."""
        tally = self.omitted_by_code()
        for finding in self.findings:
            tally[finding.code] = tally.get(finding.code, 0) + 1
        return dict(sorted(tally.items()))

    def total(self) -> int:
        """All findings, accepted ones not counted."""
        return sum(self.counts().values())

    def accepted_total(self) -> int:
        """All accepted findings."""
        return len(self.accepted) + sum(left.count for left in self.omitted if left.accepted)

    def omitted_by_code(self, path: str | None = None) -> dict[str, int]:
        """Findings that are counted and not held, per rule in order of code; of one file if a path is given."""
        tally: dict[str, int] = {}
        for left in sorted(self.omitted, key=lambda left: left.code):
            if not left.accepted and path in (None, left.path):
                tally[left.code] = tally.get(left.code, 0) + left.count
        return tally
