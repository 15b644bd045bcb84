"""Problems to findings: level, place, message and code frame; here everything is masked and made inert."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ftlint.model import Finding, Frame, JsonPath, Level, Line, Place, Problem
from ftlint.parse import Places, content_hash, example_hash, parse, unescape_map
from ftlint.privacy import mask
from ftlint.privacy.find import everything
from ftlint.privacy.mask import STAR
from ftlint.privacy.row import Concealed, conceal, mask_known
from ftlint.rulebook import Book, Rule
from ftlint.settings import Settings
from ftlint.text import crop, escapes, json_path, safe

VALUE_WIDTH = 80
"""Characters of a value that a message shows."""
PATH_WIDTH = 300
HELP_WIDTH = 600
_LONGEST = 2000
"""Characters that are masked before they are cropped, far more than are shown, so that no address is cut in two."""
_SHARED = 4096
"""Texts of findings that are remembered, to hold each once."""
SIDE = 100
"""Characters of the line on each side of a span that a frame keeps; renderers crop further."""
SPAN_WIDTH = 200
"""Characters of a long span that a frame keeps."""
_LOOK_AROUND = 400
"""Characters beyond the frame that are looked at, so that personal data cut by its edge is masked too."""
_LONG_KEY = 20_000
"""Characters that a private key in PEM may take."""
_LONG_TOKEN = 4000
_TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+/=%:@"  # noqa: S105
_ESCAPED = 6
"""Characters that an escape takes for one, so that so much more has to be looked at where there are escapes."""


class Stamper:
    """Makes findings of one file's problems."""

    def __init__(self, path: str, settings: Settings, book: Book) -> None:
        self.path = safe(path)
        self.settings = settings
        self.book = book
        self._last: _Told | None = None
        self._concealed = Concealed()
        self._known: dict[str, str] = {}
        self._masks: dict[str, str] = {}

    def level(self, problem: Problem) -> Level:
        """The level of a problem's finding."""
        rule = self.book.rules[problem.code]
        return Level.ERROR if problem.raised else self.settings.severity.get(rule.code, rule.level)

    def __call__(
        self, problem: Problem, line: Line | None, *, framed: bool = True, accepted: str | None = None
    ) -> Finding:
        """The finding for a problem.

        Args:
            problem: what a check yielded.
            line: the line that it is about, or None for a problem of the whole file.
            framed: the finding shows the piece of the line round it.
            accepted: the reason for which it is accepted.
        """
        rule = self.book.rules[problem.code]
        self._concealed = Concealed() if line is None else self._told(line).concealed
        values = {key: self._shown(value) for key, value in problem.values.items()}
        place: dict[str, Any] = {}
        if line is not None:
            place = self._place(problem, line, framed=framed)
        elif problem.line is not None:  # too long to be kept: there is a place, and nothing to show of it
            place = {"line": problem.line, "column": 1, "end_column": 1}
        return Finding(
            code=rule.code,
            name=rule.name,
            level=self.level(problem),
            message=self._one(rule.message.format_map(values)),
            help=self._help(problem, rule, values),
            path=self.path,
            related=tuple(Place(safe(place.path), place.line) for place in problem.related),
            fix=None if rule.fix == "none" or not self._mendable(problem, line) else rule.fix,
            data=self._data(problem.data),
            accepted=None if accepted is None else safe(accepted),
            **place,
        )

    def _mendable(self, problem: Problem, line: Line | None) -> bool:
        """Whether ``ftlint fix`` would mend this one: some rules have a fix in some cases only."""
        from ftlint.fix.row import in_rows, mendable  # which a file without findings does not need

        return line is None or not in_rows(problem.code) or mendable(problem, self._told(line).value, line)

    def _one(self, text: str) -> str:
        """The one copy of a text that many findings share."""
        if len(self._known) >= _SHARED:
            self._known.clear()
        return self._known.setdefault(text, text)

    def _help(self, problem: Problem, rule: Rule, values: dict[str, Any]) -> str | None:
        if problem.help is not None:
            return self._one(safe(crop(self._masked(problem.help), HELP_WIDTH)))
        return self._one(rule.help.format_map(values)) or None

    def _shown(self, value: Any) -> Any:
        if isinstance(value, tuple):  # a phrase: each piece is masked and cropped for itself
            return "".join(str(self._shown(piece)) for piece in value)
        if isinstance(value, list):
            return ", ".join(str(self._shown(item)) for item in value)
        if not isinstance(value, str):
            return value
        return safe(crop(self._masked(value), VALUE_WIDTH))

    def _masked(self, text: str) -> str:
        """Masked by what it holds, and by what the whole row says of it."""
        text = text[:_LONGEST]
        masked = self._masks.get(text)
        if masked is None:
            if len(self._masks) >= _SHARED:
                self._masks.clear()
            masked = self._masks[text] = mask(text, self.settings.phone_regions)
        return mask_known(masked, self._concealed.values)

    def _data(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._shown(key): self._data(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._data(item) for item in value]
        return self._shown(value)

    def _place(self, problem: Problem, line: Line, *, framed: bool) -> dict[str, Any]:
        told = self._told(line)
        if problem.chars is not None:
            start, end = problem.chars
        elif problem.path is not None:
            start, end = told.places.locate(problem.path, key=problem.key, span=problem.span)
        else:
            start, end = 0, len(told.places.text)
        shown = None
        if framed:
            shown = frame(
                told.places.text,
                start,
                end,
                hidden=problem.hide,
                regions=self.settings.phone_regions,
                concealed=told.concealed.spans,
            )
        return {
            "line": line.number,
            "column": start + 1,
            "end_column": end + 1,
            "json_path": self._path(problem.path),
            "example_sha256": told.example,
            "content_sha256": None if problem.path is None else told.content,
            "frame": shown,
        }

    def _told(self, line: Line) -> _Told:
        if self._last is None or self._last.line is not line:
            self._last = _Told(line, self.settings.phone_regions)
        return self._last

    def _path(self, path: JsonPath | None) -> str | None:
        if path is None:
            return None
        return self._one(safe(crop(self._masked(json_path(path)), PATH_WIDTH)))


class _Told:
    """What all findings of one line share, each made once: where its nodes stand, and its hashes."""

    def __init__(self, line: Line, regions: tuple[str, ...]) -> None:
        self.line = line
        self.regions = regions
        self.places = Places(line.raw.decode("utf-8", "replace"))

    @cached_property
    def concealed(self) -> Concealed:
        return conceal(self.line, self.places, self.regions)

    @cached_property
    def example(self) -> str:
        return example_hash(self.line)

    @cached_property
    def parsed(self) -> tuple[Any, bytes]:
        return parse(self.line)

    @property
    def value(self) -> Any:
        return self.parsed[0]

    @cached_property
    def content(self) -> str:
        return content_hash(self.parsed[1]).hex()


def frame(
    text: str,
    start: int,
    end: int,
    *,
    hidden: bool,
    regions: tuple[str, ...],
    concealed: Sequence[tuple[int, int]] = (),
) -> Frame:
    """The piece of a line round a span, with personal data starred out and every character harmless.

    Args:
        concealed: spans of the line that are to be starred out, beside what the piece shows of itself.
    """
    end = min(max(end, start), start + SPAN_WIDTH)
    first = max(0, start - SIDE)
    last = min(len(text), end + SIDE)
    near = _LOOK_AROUND * (_ESCAPED if "\\u" in text[max(0, first - _LOOK_AROUND) : last + _LOOK_AROUND] else 1)
    wide, far = _reach(text, max(0, first - near), min(len(text), last + near))
    window = text[wide:far]
    starred = _starred(window, regions)
    for begin, stop in concealed:
        starred.update(range(max(begin, first) - wide, min(stop, last) - wide))
    changed = escapes(window) | dict.fromkeys(starred, STAR)
    places = sorted(changed)
    before, span, after = (
        _shown(window, left - wide, right - wide, changed, places)
        for left, right in ((first, min(start, last)), (min(start, last), min(end, last)), (min(end, last), last))
    )
    marks = len(before), len(before) + len(span)
    return Frame(before + span + after, *marks, first > 0, last < len(text), hidden)


def _shown(window: str, start: int, end: int, changed: dict[int, str], places: list[int]) -> str:
    """A piece of a slice, with what takes the place of some of its characters, whose offsets are given in order too."""
    pieces: list[str] = []
    at = start
    for place in places[bisect_left(places, start) : bisect_left(places, end)]:
        pieces += (window[at:place], changed[place])
        at = place + 1
    return "".join((*pieces, window[at:end]))


def _reach(text: str, first: int, last: int) -> tuple[int, int]:
    """The slice made wider where its edges would cut a long token, or a private key that began before it."""
    head = text.rfind("PRIVATE KEY", max(0, first - _LONG_KEY), first)
    if head >= 0:
        first = max(0, head - 40)
    before = text[max(0, first - _LONG_TOKEN) : first]
    after = text[last : last + _LONG_TOKEN]
    return first - len(before) + len(before.rstrip(_TOKEN)), last + len(after) - len(after.lstrip(_TOKEN))


def _starred(window: str, regions: tuple[str, ...]) -> set[int]:
    """Offsets of personal data in a raw slice, found also where it is written with JSON escapes, once or twice."""
    stars = {at for hit in everything(window, regions) for at in range(hit.start, hit.end)}
    if "\\\\u" in window:
        decoded, offsets = unescape_map(window)
        for hit in everything(decoded, regions):
            stars.update(range(offsets[hit.start], offsets[hit.end]))
    return stars
