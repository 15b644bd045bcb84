"""What FT502 and FT505 compare: what is said in a row, as prompt and answer, without case and white space."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import add, sub
from typing import TYPE_CHECKING, Any, AnyStr, NamedTuple

import orjson

from ftlint.checks.columns import plain
from ftlint.model import Example, Format
from ftlint.talks import SYSTEM
from ftlint.texts import RESERVED
from ftlint.toolrows import Course

if TYPE_CHECKING:
    import numpy as np

_LOWER = bytes(range(256)).lower()
_SPACE = bytes([*range(9, 14), *range(28, 33)])
_ASCII = bytes(range(128))
_SAME: set[str] = set()
"""Signs beyond ASCII that are known to stay as they are."""
_FIRST = -64
"""The first byte of a character of UTF-8 is this or more, as a signed number; those that follow it are less."""
_FEW = 12
_SPARSE = 16
"""So many signs at most are replaced one by one, in a text that is mostly ASCII."""
_NARROW = {wide: str(digit) for digit, wide in enumerate("０１２３４５６７８９")}


class Said(NamedTuple):
    """What was said in a row: all before the last turn, and that."""

    prompt: str
    answer: str
    turns: int
    calls: bool


def said_in(example: Example, fmt: Format) -> Said:
    """What was said in a row: no system prompt and no tools, which rows share."""
    value = example.value
    if fmt is Format.COMPLETION:
        prompt, completion = value.get("prompt"), value.get("completion")
        return Said(
            prompt if isinstance(prompt, str) else "", completion if isinstance(completion, str) else "", 2, False
        )
    calls = False
    if fmt is Format.PREFERENCE:
        given = value.get("input")
        turns, _ = _turns(given.get("messages") if isinstance(given, dict) else None)
        turns += _turns(value.get("non_preferred_output"))[0]
        last, calls = _turns(value.get("preferred_output"))
        turns += last
    else:
        turns, calls = _turns(value.get("messages"))
        if fmt is Format.REINFORCEMENT:
            reference = {key: node for key, node in value.items() if key not in RESERVED}
            turns.append(orjson.dumps(reference, option=orjson.OPT_SORT_KEYS).decode())
    answer = turns.pop() if turns else ""
    return Said("\n".join(turns), answer, len(turns) + 1, calls)


def said_plainly(messages: Any) -> tuple[str, str, int, bool] | None:
    """The same for a chat whose messages are a role and a string each, in a fraction of the time; None for others."""
    try:
        if max(map(len, messages)) != 2:
            return None
        turns = [message["content"] for message in messages if message["role"] not in SYSTEM]
        answer = turns.pop()
        prompt = "\n".join(turns)
    except (TypeError, KeyError, IndexError, ValueError):  # no list, no object, no text or no turn at all
        return None
    return (prompt, answer, len(turns) + 1, False) if isinstance(answer, str) else None


def said_at_once(
    texts: Sequence[AnyStr], roles: list[str], ends: list[int], between: AnyStr
) -> tuple[list[AnyStr], list[AnyStr], list[int]]:
    """The prompts, the answers and the turns of plain chats.

    Args:
        texts: of all messages, one after another, as strings or all in UTF-8; ``roles``: likewise.
        ends: 0, and behind each chat the number of messages so far.
        between: a line feed, which stands between the turns of a prompt.
    """
    empty = between[:0]
    starts, behind = ends[:-1], ends[1:]
    sizes = list(map(sub, behind, starts))
    shared = sum(map(roles.count, SYSTEM))
    if shared and 0 not in sizes:
        leading = [role in SYSTEM for role in map(roles.__getitem__, starts)]
        starts, sizes = list(map(add, starts, leading)), list(map(sub, sizes, leading))
        shared -= sum(leading)
    if shared or 0 in sizes:  # they stand elsewhere; nothing is said
        cuts = [(texts[first:end], roles[first:end]) for first, end in pairwise(ends)]
        turns = [[text for text, role in zip(*cut, strict=True) if role not in SYSTEM] for cut in cuts]
        prompts, answers = [between.join(each[:-1]) for each in turns], [each[-1] if each else empty for each in turns]
        return prompts, answers, [max(len(each), 1) for each in turns]
    prompts = list(map(texts.__getitem__, starts))
    if sizes.count(2) < len(sizes):
        for at, size in enumerate(sizes):
            if size != 2:
                prompts[at] = between.join(texts[starts[at] : behind[at] - 1])
    return prompts, [texts[end - 1] for end in behind], sizes


def _turns(messages: Any) -> tuple[list[str], bool]:
    """The text of each turn, and whether the last one calls functions."""
    found = []
    names: list[str] = []
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") not in SYSTEM:
            content = message.get("content")
            text = content if isinstance(content, str) else plain(content)
            calls = message.get("tool_calls")
            names = _names(calls) if isinstance(calls, list) else []
            found.append(" ".join([text, *names]) if names else text)
    return found, bool(names)


def _names(calls: list[Any]) -> list[str]:
    made = [call.get("function") for call in calls if isinstance(call, dict)]
    return [f"{call.get('name')} {call.get('arguments')}" for call in made if isinstance(call, dict)]


def said_calling(course: Course, texts: list[str], names: Sequence[str]) -> tuple[str, str, int, bool]:
    """The same for a row with tools that is as it should be.

    Args:
        texts: of its messages; ``names``: what it calls.
    """
    turns: list[str] = []
    named = iter(names)
    for first, calling, end in course.turns:
        if calling is None:
            turns.append(texts[first])
            continue
        made = [f"{next(named)} {arguments}" for arguments in texts[calling:end]]
        turns.append(" ".join([texts[first] if first < calling else "", *made]))
    answer = turns.pop() if turns else ""
    return "\n".join(turns), answer, len(turns) + 1, bool(course.turns) and course.turns[-1][1] is not None


def squeeze(text: str) -> str:
    """A text without upper case, white space and NUL; digits are narrow."""
    if text.isascii():
        return text.encode().translate(_LOWER, _SPACE + b"\0").decode("ascii")
    return _folded(text).replace("\0", "")


def _folded(text: str) -> str:
    text = "".join(text.casefold().split())
    for wide, digit in _NARROW.items():
        if wide in text:
            text = text.replace(wide, digit)
    return text


def squeezed(texts: Sequence[str]) -> list[bytes]:
    """The texts, each squeezed, in UTF-8."""
    whole = "\0".join(texts)
    raw = whole.encode("utf-8", "surrogatepass")
    more = len(raw) - len(whole)
    changed = None
    if more * _SPARSE < len(raw):
        changed = _changed(raw.translate(None, _ASCII)) if more else {}
    if changed is None:
        raw = _folded(whole).encode("utf-8", "surrogatepass")
    else:
        raw = _replaced(raw.translate(_LOWER, _SPACE), changed)
    found = raw.split(b"\0")
    return found if len(found) == len(texts) else [squeeze(text).encode("utf-8", "surrogatepass") for text in texts]


def squeezed_pieces(pieces: Sequence[bytes]) -> list[bytes]:
    """The same, by numpy, of texts that are in UTF-8 already, hold no NUL, and are mostly ASCII."""
    import numpy as np

    units = np.frombuffer(b"\0".join(pieces), np.int8)
    changed = _changed(units[units < 0].tobytes())
    if changed is None:
        return squeezed(list(map(bytes.decode, pieces)))
    found = [piece.translate(_LOWER, _SPACE) for piece in pieces]
    return _replaced(b"\0".join(found), changed).split(b"\0") if changed else found


def mostly_ascii(units: np.ndarray[Any, np.dtype[np.uint8]]) -> bool:
    """Whether few of these bytes of UTF-8 follow the first one of their sign."""
    import numpy as np

    return int(np.count_nonzero(units.view(np.int8) < _FIRST)) * _SPARSE < units.size


def _replaced(raw: bytes, changed: dict[str, str]) -> bytes:
    """A text with other signs for some; beyond ASCII mostly few signs change."""
    for sign, other in changed.items():
        raw = raw.replace(sign.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
    return raw


def _changed(beyond: bytes) -> dict[str, str] | None:
    """What becomes of the signs of a text that do not stay as they are; None where those are many."""
    signs = set(beyond.decode("utf-8", "surrogatepass")) - _SAME
    changed = {sign: other for sign, other in zip(signs, map(squeeze, signs), strict=True) if sign != other}
    _SAME.update(signs - changed.keys())
    return changed if len(changed) <= _FEW else None
