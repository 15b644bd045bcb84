"""FT709 over the dataset: what all rows together tell of one person."""

from __future__ import annotations

import bisect
import functools
import operator
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import field, replace

from ftlint.checks.base import Batch, Context, FileResult
from ftlint.checks.dataset import RELATED
from ftlint.checks.privacy import SCREEN as PERSONAL_DATA
from ftlint.checks.privacy import seen_for
from ftlint.lazy import lazy
from ftlint.model import JsonPath, Place, Problem, Text
from ftlint.privacy.profile import Told, facts
from ftlint.privacy.profile.facts import facts_against
from ftlint.privacy.profile.kinds import KINDS, NUMBER, PERSONAL, SETTLED
from ftlint.privacy.profile.nameless import is_nameless
from ftlint.privacy.profile.screen import QUESTION, cued, may_portray, may_state
from ftlint.privacy.profile.subjects import key_of
from ftlint.privacy.profile.worth import TellingRow, telling_rows
from ftlint.records import dataclass
from ftlint.talks import SYSTEM

CODE = "FT709"
LEAST = 3
"""Kinds of facts that make a profile."""
WEIGHT = 2
"""So many kinds more are needed for each sign that a product, a place, a company or a public figure is meant."""
MANY = 50
"""Where so many people are asked about, and few of them often, the questions are general knowledge."""
MANY_LEAST = 6
"""Kinds that make a profile there."""
NAMELESS_LEAST = 6
"""Kinds that make a profile of "you" or "she", where one row gives the name and the others only say "you"."""
NAMELESS_ROWS = 5
"""Rows per kind there: with more of them, many people talk."""
_KINDS = ("content", "reference")


def _bits(*names: str) -> int:
    return sum(1 << NUMBER[name] for name in names)


_ONLY_PEOPLE = _bits("job", "employer", "hobby", "blood type", "income", "religion")
_MOSTLY_PEOPLE = _bits("birth date", "home town", "nationality")
_SOFT = _bits("hobby", "blood type", "health", "appearance", "character", "sex", "birth date")


@dataclass(slots=True)
class Held:
    """What a file tells of one subject.

    Attributes:
        kinds, against: bits, of ``KINDS`` and of ``speaks_against``.
        honoured: it was named with a form of address at least once.
        lines: rows with a fact, in order.
        path, span: where the first fact stands.
        names: what "you" or "she" is called; one name too many is enough to know that many people are meant.
    """

    name: str
    kinds: int = 0
    against: int = 0
    honoured: bool = False
    lines: array[int] = field(default_factory=lambda: array("Q"))
    path: JsonPath = ()
    span: tuple[int, int] = (0, 0)
    names: frozenset[str] = frozenset()

    def take(self, told: Told, line: int) -> None:
        """Take in what a row tells."""
        self.kinds |= told.kinds
        self.against |= told.against
        self.honoured |= told.subject.honoured
        self._call(told.subject.key, told.subject.name)
        if told.kinds and (not self.lines or self.lines[-1] != line):
            if not self.lines:
                self.path, self.span = told.path, told.span
            self.lines.append(line)

    def _call(self, key: str, name: str) -> None:
        if name and is_nameless(key) and len(self.names) < 2:
            self.names |= {name}
            self.name = self.name or name

    def join(self, later: Held) -> None:
        """Take in what later lines, or another name of the same subject, tell."""
        self.kinds |= later.kinds
        self.against |= later.against
        self.honoured |= later.honoured
        self.names |= later.names
        self.name = self.name or later.name
        if later.lines and (not self.lines or later.lines[0] < self.lines[0]):
            self.path, self.span = later.path, later.span
        if self.lines and later.lines and later.lines[0] <= self.lines[-1]:
            self.lines = array("Q", sorted({*self.lines, *later.lines}))
        else:
            self.lines += later.lines


@dataclass
class Profiles:
    """What is told of each subject of a file.

    Attributes:
        each: where they are wanted, line number and content of all that was told.
    """

    subjects: dict[str, Held] = field(default_factory=dict)
    each: list[tuple[int, Told]] | None = None

    def add(self, batch: Batch, context: Context) -> None:
        """Take in the next batch of the file."""
        if CODE in context.active:
            seen = seen_for(batch, context.settings.phone_regions)
            rows = rows_to_read(batch.texts, seen) if seen is not None else None
            if rows is None:
                self.read(batch.texts, context.settings.phone_regions)
            else:
                self.read_rows(batch.texts, rows, context.settings.phone_regions)

    def read(self, texts: Sequence[Text], regions: Sequence[str]) -> None:
        """Take in the texts of whole rows, in order."""
        for line in sorted(_worth_reading(texts)):
            first = bisect.bisect_left(texts, line, key=lambda text: text.line)
            last = bisect.bisect_right(texts, line, key=lambda text: text.line)
            self._take(texts[first:last], regions)

    def read_rows(self, texts: Sequence[Text], rows: Iterable[TellingRow], regions: Sequence[str]) -> None:
        """Take in some of the rows, given by where they stand among the texts."""
        for first, end, against in rows:
            if against:
                for index, signs in against.items():
                    self.hold(facts_against(texts[index], signs), texts[first].line)
            elif any(text.kind in _KINDS and _worth(text) for text in texts[first:end]):
                self._take(texts[first:end], regions)

    def _take(self, row: Sequence[Text], regions: Sequence[str]) -> None:
        self.hold(facts(row, regions), row[0].line)

    def hold(self, found: Iterable[Told], line: int) -> None:
        """Take in what a row tells."""
        for told in found:
            if self.each is not None:
                self.each.append((line, told))
            held = self.subjects.get(told.subject.key)
            if held is None:
                held = self.subjects[told.subject.key] = Held(told.subject.name)
            held.take(told, line)

    def merge(self, later: Profiles) -> None:
        """Take in the state of the lines that follow."""
        for key, held in later.subjects.items():
            if key in self.subjects:
                self.subjects[key].join(held)
            else:
                self.subjects[key] = held


def rows_to_read(texts: Sequence[Text], seen: dict[str, list[int]]) -> Iterator[TellingRow] | None:
    """The rows that may tell something; None where it is not known, and each has to be read.

    Args:
        seen: what the scan over the texts found.
    """
    from ftlint.checks.screens import short_scans

    scans = short_scans()
    return telling_rows(texts, seen, seen[PERSONAL_DATA], scans) if scans is not None else None


def _worth_reading(texts: Sequence[Text]) -> set[int]:
    """Rows in which anything is asked for or told that may be a fact about somebody."""
    return {text.line for text in texts if text.kind in _KINDS and _worth(text)}


def _worth(text: Text) -> bool:
    if text.role == "user":
        return cued(text.text) if len(text.text) <= QUESTION else may_portray(text.text)
    if text.role in SYSTEM:
        return _portrays(text.text)
    if text.role not in ("assistant", "reference"):
        return False
    return (len(text.text) <= QUESTION // 2 and may_state(text.text)) or may_portray(text.text)


@functools.lru_cache(maxsize=256)
def _portrays(prompt: str) -> bool:
    return may_portray(prompt)


@dataclass(slots=True)
class Profile:
    """One subject over all files: by file index, what is told there."""

    kinds: int
    against: int
    honoured: bool
    parts: dict[int, Held]

    @property
    def name(self) -> str:
        """The longest name it goes by."""
        return max((held.name for held in self.parts.values()), key=len)

    @property
    def kind_names(self) -> list[str]:
        """The kinds of facts, in the order of the table."""
        return [kind.name for at, kind in enumerate(KINDS) if self.kinds >> at & 1]


def profiles(states: Iterable[tuple[int, Profiles]]) -> list[Profile]:
    """The people of whom three or more kinds of facts are told, over all files.

    Args:
        states: index and state of each file.
    """
    found: dict[str, Profile] = {}
    listed = list(states)
    if _all_kinds(state for _, state in listed).bit_count() < LEAST:
        return []
    for index, state in listed:
        for key, held in state.subjects.items():
            profile = found.setdefault(key, Profile(0, 0, False, {}))
            profile.parts[index] = _copy(held)
            _sum(profile)
    _name_the_nameless(found)
    _fold_short_names(found)
    people = [profile for profile in found.values() if _human(profile)]
    full = [profile for profile in people if _kinds(profile) >= LEAST and _telling(profile)]
    if len(people) > MANY and len(full) * 5 < len(people):
        full = [profile for profile in full if _kinds(profile) >= MANY_LEAST]
    return full


def _all_kinds(states: Iterable[Profiles]) -> int:
    """Whatever is told of anybody: what one subject goes by is more than one name at times."""
    return functools.reduce(operator.or_, (held.kinds for state in states for held in state.subjects.values()), 0)


def _copy(held: Held) -> Held:
    return replace(held, lines=array("Q", held.lines))


def _name_the_nameless(found: dict[str, Profile]) -> None:
    """Whoever is only "you" or "she" gets the name that the rows agree on, or is left out."""
    for key in [key for key in found if is_nameless(key)]:
        profile = found.pop(key)
        names = {key_of(name) for held in profile.parts.values() for name in held.names}
        rows, kinds = sum(len(held.lines) for held in profile.parts.values()), profile.kinds.bit_count()
        if len(names) == 1 and kinds >= NAMELESS_LEAST and rows <= kinds * NAMELESS_ROWS:
            _into(found, names.pop(), profile)


def _into(found: dict[str, Profile], key: str, profile: Profile) -> None:
    """Put a profile under a name, with what is known of that name already."""
    whole = found.setdefault(key, Profile(0, 0, False, {}))
    for index, held in profile.parts.items():
        if index in whole.parts:
            whole.parts[index].join(held)
        else:
            whole.parts[index] = held
    _sum(whole)


def _sum(profile: Profile) -> None:
    profile.kinds = profile.against = 0
    for held in profile.parts.values():
        profile.kinds |= held.kinds
        profile.against |= held.against
        profile.honoured |= held.honoured


def _fold_short_names(found: dict[str, Profile]) -> None:
    """`Jane` and `Roe` are `Jane Roe` where nobody else has that name, and so are 花子 and 山田 山田花子."""
    longer: dict[str, set[str]] = defaultdict(set)
    for key in found:
        words = key.split()
        if len(words) > 1:
            for word in {words[0], words[-1]}:
                longer[word].add(key)
        elif not key.isascii() and len(key) >= 3:
            for at in range(1, len(key)):
                for piece in (key[:at], key[at:]):
                    if piece in found:
                        longer[piece].add(key)
    for short, keys in longer.items():
        if short in found and len(keys) == 1 and (key := next(iter(keys))) in found:
            _into(found, key, found.pop(short))


def _kinds(profile: Profile) -> int:
    if profile.against & SETTLED:
        return 0
    return profile.kinds.bit_count() - WEIGHT * profile.against.bit_count()


def _human(profile: Profile) -> bool:
    return bool(profile.kinds & PERSONAL)


def _telling(profile: Profile) -> bool:
    """Whether these facts are a person's, and not those of a tower, a school or an animal."""
    kinds, full = profile.kinds, _full_name(profile.name)
    if profile.honoured or (full and kinds & (_ONLY_PEOPLE | _MOSTLY_PEOPLE)):
        return True
    personal = (kinds & PERSONAL).bit_count()
    if full:
        return personal >= 2
    return bool(kinds & (_ONLY_PEOPLE | _MOSTLY_PEOPLE)) and personal >= 2 and bool(kinds & _SOFT)


_NAME_LIKE = lazy(r"[一-鿿々ヶ]{2,3}[一-鿿々ヶぁ-ゖァ-ヺー]{1,4}|[가-힣]{3}")


_PLACE = frozenset({
    "tower", "bridge", "university", "college", "school", "hospital", "inc", "ltd", "corp", "company", "co",
    "group", "bank", "hotel", "lake", "mount", "mountain", "river", "street", "road", "church", "museum", "club",
    "city", "dairy", "foundation", "airport", "station",
})  # fmt: skip


def _full_name(name: str) -> bool:
    words = name.casefold().split()
    if not _PLACE.isdisjoint(words):
        return False
    return 2 <= len(words) <= 4 or _NAME_LIKE.fullmatch(name.replace(" ", "")) is not None


def check(files: Sequence[FileResult], _: Context) -> Iterator[tuple[int, Problem]]:
    """FT709: one finding per subject, at the first row with a fact about it."""
    names = {file.index: file.path for file in files}
    for profile in profiles((file.index, file.states["profiles"]) for file in files):
        places = [Place(names[index], line) for index, held in sorted(profile.parts.items()) for line in held.lines]
        first = next(held for _, held in sorted(profile.parts.items()) if held.lines)
        index = min(index for index, held in profile.parts.items() if held is first)
        kinds = profile.kind_names
        where = f"{len(places)} rows" if len(places) > 1 else "this row"
        values = {"kinds": kinds, "count": len(kinds), "rows": where, "who": hidden(profile.name)}
        data = {"kinds": kinds, "rows": len(places)}
        yield (
            index,
            Problem(
                CODE,
                first.lines[0],
                first.path,
                span=first.span,
                values=values,
                related=tuple(places[1 : RELATED + 1]),
                data=data,
                hide=True,
            ),
        )


def hidden(name: str) -> str:
    """A name as a finding shows it: its first character, and three stars however long it is."""
    return f"{name[:1]}***"


def groups(states: Iterable[tuple[str, Profiles]]) -> list[Collection[Place]]:
    """The rows of each subject, for moderation, which scores them together too.

    Args:
        states: path and state of each file, in order.
    """
    listed = list(states)
    return [
        tuple(Place(listed[index][0], line) for index, held in sorted(profile.parts.items()) for line in held.lines)
        for profile in profiles((index, state) for index, (_, state) in enumerate(listed))
    ]
