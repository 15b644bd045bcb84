"""Edits inside one line of valid JSON: only the span that is at fault is replaced, nothing is serialised again."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ftlint.checks.schema import ROLES
from ftlint.fix.words import CODES, cuts
from ftlint.model import JsonPath, Line, Problem
from ftlint.parse import locate, unescape_map


class Edit(NamedTuple):
    """Characters of a decoded line (from 0, end exclusive), and what stands there afterwards.

    Attributes:
        code: of the rule; ``place``: the finding's path. Several edits may mend one finding.
    """

    start: int
    end: int
    text: str
    code: str
    place: str


def edits(problems: Iterable[Problem], value: dict[str, Any], text: str) -> list[Edit]:
    """The edits that mend what can be mended, in order and without overlaps.

    Args:
        problems: of this line, with their paths.
        value: the parsed line; ``text``: the line as it stands.
    """
    found: set[Edit] = set()
    taken: set[tuple[JsonPath, str]] = set()
    for problem in problems:
        fixer = _FIXERS.get(problem.code)
        if fixer is not None and problem.path:
            found.update(fixer(problem, value, text, taken))
    made: list[Edit] = []
    for edit in sorted(found):
        if not made or edit.start >= made[-1].end:
            made.append(edit)
    return made


_LONG = 200_000
"""Bytes of a line in which no single finding is tried for its fix."""


def in_rows(code: str) -> bool:
    """The rule's fix edits a row, and may find nothing that it can do."""
    return code in _FIXERS


def mendable(problem: Problem, value: Any, line: Line) -> bool:
    """Whether there is an edit for this problem of a parsed line."""
    fixer = _FIXERS.get(problem.code)
    if fixer is None or not problem.path:
        return False
    if len(line.raw) > _LONG:  # each look would read all of it
        return True
    return bool(fixer(problem, value, line.raw.decode("utf-8", "replace"), set()))


def applied(text: str, changes: Iterable[Edit]) -> str:
    """The line with the edits in it."""
    pieces, at = [], 0
    for edit in changes:
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join((*pieces, text[at:]))


_Taken = set[tuple[JsonPath, str]]


def _node(value: Any, path: JsonPath) -> Any:
    """What stands at a path; None where the path does not exist."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def _role(problem: Problem, value: Any, text: str, _: _Taken) -> list[Edit]:
    """FT114: the one role that a misspelt one can stand for."""
    assert problem.path is not None
    given, meant = _node(value, problem.path), problem.data.get("suggestion")
    if not isinstance(given, str) or not isinstance(meant, str) or _unclear(given.strip().lower(), meant):
        return []
    return [Edit(*locate(text, problem.path), json.dumps(meant), problem.code, repr(problem.path))]


def _unclear(word: str, meant: str) -> bool:
    """Another role is nearly as close."""
    close = difflib.get_close_matches(word, ROLES, 2, 0.6)
    if word == meant or len(close) < 2:
        return False
    best, second = (difflib.SequenceMatcher(None, word, role).ratio() for role in close)
    return best - second < 0.1


_TYPES: dict[str, tuple[type, ...]] = {
    "messages": (list,),
    "tools": (list,),
    "tool_calls": (list,),
    "preferred_output": (list,),
    "non_preferred_output": (list,),
    "input": (dict,),
    "role": (str,),
    "name": (str,),
    "tool_call_id": (str,),
    "prompt": (str,),
    "completion": (str,),
    "content": (str, list),
}
"""What a key holds; a value of another kind did not mean this key."""


def _rename(problem: Problem, value: Any, text: str, taken: _Taken) -> list[Edit]:
    """A misspelt or renamed key, where the right one is free and the value is of its kind."""
    assert problem.path is not None
    meant = problem.values.get("wanted") if problem.code == "FT151" else problem.data.get("suggestion")
    base, old = problem.path[:-1], problem.path[-1]
    holder = _node(value, base)
    if not problem.key or not isinstance(meant, str) or not meant or not isinstance(holder, dict):
        return []
    fits = meant not in _TYPES or isinstance(holder.get(str(old)), _TYPES[meant])
    if old not in holder or meant in holder or not fits or (base, meant) in taken:
        return []
    taken.add((base, meant))
    return [Edit(*locate(text, problem.path, key=True), json.dumps(meant), problem.code, repr(problem.path))]


def _arguments(problem: Problem, value: Any, text: str, _: _Taken) -> list[Edit]:
    """FT134: the object as it stands, inside a string."""
    assert problem.path is not None
    if not isinstance(_node(value, problem.path), dict):
        return []
    start, end = locate(text, problem.path)
    return [Edit(start, end, json.dumps(text[start:end], ensure_ascii=False), problem.code, repr(problem.path))]


def _words(problem: Problem, value: Any, text: str, _: _Taken) -> list[Edit]:
    """A text that is mended inside; the string keeps its escapes outside of what is replaced."""
    assert problem.path is not None
    given = _node(value, problem.path)
    if not isinstance(given, str):
        return []
    made = cuts(problem, given)
    if not made:
        return []
    first, last = locate(text, problem.path)
    offsets = unescape_map(text[first + 1 : last - 1])[1]  # once, however many cuts there are
    place = repr(problem.path)
    return [
        Edit(
            first + 1 + offsets[start],
            first + 1 + offsets[end],
            json.dumps(new, ensure_ascii=False)[1:-1],
            problem.code,
            place,
        )
        for start, end, new in made
    ]


_FIXERS: dict[str, Callable[[Problem, Any, str, _Taken], list[Edit]]] = {
    "FT114": _role,
    "FT134": _arguments,
    **dict.fromkeys(CODES, _words),
    **dict.fromkeys(("FT110", "FT115", "FT116", "FT118", "FT119", "FT150", "FT151", "FT170"), _rename),
}
