"""FT2, the order of turns: judged once per sequence of roles, since most rows of a file share a few of them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from ftlint.checks.base import Batch, Context
from ftlint.checks.conversation import given_messages
from ftlint.checks.schema import ROLES
from ftlint.model import Format, Problem
from ftlint.talks import SYSTEM
from ftlint.toolrows import CALLS

_REPEATED = ("user", "assistant")

_Found = tuple[str, int | None, tuple[tuple[str, Any], ...]]
"""Code, index of the message (None for all of them together), and values."""


def turns(batch: Batch, _: Context) -> Iterator[Problem]:
    """FT161, FT201 to FT206 and FT213: who speaks, in which order."""
    if batch.format in (Format.COMPLETION, Format.UNKNOWN):
        return
    given, kinds = batch.talks.roles, batch.kinds
    if batch.tooled.places:
        given = given.copy()
        for at, course in zip(batch.tooled.places, batch.tooled.courses, strict=True):
            given[at] = course.kinds
        kinds = set(given)
    good = {roles for roles in kinds if roles is not None and not judge(roles, batch.format)}
    if good == kinds:
        return
    for example, roles in zip(batch.examples, given, strict=True):
        if roles in good:
            continue
        base, messages = given_messages(example, batch.format)
        shape = tuple([_kind(message) for message in messages])
        for code, index, values in judge(shape, batch.format):
            if code == "FT206" and index is not None and _two_speakers(messages, index):
                continue
            path = base if index is None else (*base, index)
            yield Problem(code, example.line.number, path, values=dict(values))


def _kind(message: Any) -> str:
    """The role, marked where it calls a tool; empty for one that is not known, which is the schema's finding."""
    role = message.get("role") if isinstance(message, dict) else None
    if not isinstance(role, str) or role not in ROLES:
        return ""
    return role + CALLS if role == "assistant" and (message.get("tool_calls") or message.get("function_call")) else role


@functools.lru_cache(maxsize=4096)
def judge(shape: tuple[str, ...], fmt: Format) -> tuple[_Found, ...]:
    """What is wrong with a sequence of roles. A role that is not known may be the one that is missed: nothing then."""
    roles = [kind.removesuffix(CALLS) for kind in shape]
    if not roles or not all(roles):
        return ()
    return (*_ends(roles, fmt), *_systems(roles, fmt), *_repeated(shape, fmt))


def _ends(roles: list[str], fmt: Format) -> Iterator[_Found]:
    last = len(roles) - 1
    if fmt is Format.REINFORCEMENT:
        if roles[-1] != "user":
            yield "FT161", last, (("role", roles[-1]),)
        return
    if fmt is Format.CHAT and "assistant" not in roles:
        yield "FT201", None, ()
        return
    if fmt is Format.CHAT and roles[-1] != "assistant":
        yield "FT202", last, (("role", roles[-1]),)
    if "user" not in roles:
        yield "FT203", None, (("roles", ", ".join(dict.fromkeys(roles))),)


def _systems(roles: list[str], fmt: Format) -> Iterator[_Found]:
    """FT204, FT205 and FT213; in reinforcement a system message is refused, and a developer message is the rule."""
    places = [index for index, role in enumerate(roles) if role in SYSTEM]
    if fmt is Format.REINFORCEMENT and "system" in roles:
        return
    late = next((index for index in places if any(role not in SYSTEM for role in roles[:index])), None)
    if late is not None:
        yield "FT204", late, (("role", roles[late]), ("place", late + 1))
    if len(places) > 1:
        yield "FT205", places[1], (("count", len(places)), ("first", places[0] + 1))
    if fmt is Format.CHAT and "developer" in roles:
        yield "FT213", roles.index("developer"), ()


def _repeated(shape: tuple[str, ...], fmt: Format) -> Iterator[_Found]:
    """FT206 for the first turn that repeats the role before it; a call that has no result is FT210's."""
    for index in range(1, len(shape)):
        role = shape[index].removesuffix(CALLS)
        if role in _REPEATED and shape[index - 1] == role:
            yield "FT206", index, (("role", role),)
            return
    if fmt is Format.PREFERENCE and shape[-1] == "assistant":
        yield "FT206", len(shape) - 1, (("role", "assistant"),)  # the outputs are the assistant's as well


def _two_speakers(messages: list[Any], index: int) -> bool:
    """Two messages of one role, by speakers whose names differ: a conversation of several people."""
    names = [messages[place].get("name") for place in (index - 1, index)]
    return index > 0 and names[0] != names[1] and all(isinstance(name, str) for name in names)
