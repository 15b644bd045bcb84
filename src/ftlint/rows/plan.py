"""From what the user asked for and what the columns are to a plan: how each row is read, and what it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ftlint.errors import ConfigError, UsageError
from ftlint.model import Format
from ftlint.rows.draft import NO_TURNS, Draft, Message, Row, Unfit, turn
from ftlint.rows.shapes import Reader, recognise
from ftlint.rows.targets import REFERENCE
from ftlint.run.template import Template, parse_template
from ftlint.texts import RESERVED

Rows = Sequence[Row]


@dataclass(frozen=True)
class Wanted:
    """What the user asked for; None where the columns are to say it.

    Attributes:
        to: the target format.
        user, answer, system, preferred, non_preferred: templates.
        fields: name to template, of the fields that a grader reads.
    """

    to: Format | None = None
    user: str | None = None
    answer: str | None = None
    system: str | None = None
    preferred: str | None = None
    non_preferred: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Plan:
    """How a row becomes an example.

    Attributes:
        reader: how the row is read; ``target``: the format that it becomes.
        system: a template for the system message, or None.
        templates: the grader's fields that are made of text; ``plain``: those that are a column as it is.
        used: columns that go into the example beside those of the reader.
    """

    reader: Reader
    target: Format
    system: Template | None
    templates: dict[str, Template]
    plain: dict[str, str]
    used: set[str]

    def draft(self, row: Row) -> Draft:
        """The row as it was read; raises Unfit."""
        draft = self.reader.read(row)
        if self.system is not None:
            told = [message for message in draft.messages if message.get("role") != "system"]
            draft.messages = [turn("system", _filled(self.system, row)), *told]
        return draft

    def fields(self, row: Row) -> dict[str, Any]:
        """What a reinforcement example holds beside its messages."""
        found: dict[str, Any] = {name: row.get(column) for name, column in self.plain.items()}
        for name, template in self.templates.items():
            found[name] = None if template.blank(row) is not None else _filled(template, row)
        if self.target is Format.REINFORCEMENT and not found:
            found[REFERENCE] = None
        return found


def plan_of(rows: Rows, known: Sequence[str], wanted: Wanted) -> Plan:
    """The plan for rows with these columns.

    Raises:
        UsageError: the columns are not recognised, or cannot give the format that is wanted.
        ConfigError: a template is broken, or names a column that does not exist.
    """
    to = wanted.to or _said(wanted)
    reader = _by_templates(wanted, to, known) if wanted.user is not None else recognise(known, rows, to)
    target = to or reader.target
    if target is Format.PREFERENCE and reader.target is not Format.PREFERENCE:
        raise UsageError(
            f"{reader.kind} give no preference pairs", "--user, --preferred and --non-preferred name columns"
        )
    system = _parsed(wanted.system, "--system", known) if wanted.system is not None else None
    templates, plain = _fields(wanted, reader, known) if target is Format.REINFORCEMENT else ({}, {})
    used = {*plain.values(), *(column for template in templates.values() for column in template.columns)}
    return Plan(reader, target, system, templates, plain, used | set(system.columns if system else ()))


def _said(wanted: Wanted) -> Format | None:
    """The format that the options say by being there."""
    if wanted.preferred is not None or wanted.non_preferred is not None:
        return Format.PREFERENCE
    if wanted.fields:
        return Format.REINFORCEMENT
    return Format.CHAT if wanted.answer is not None else None


def _fields(wanted: Wanted, reader: Reader, known: Sequence[str]) -> tuple[dict[str, Template], dict[str, str]]:
    """The grader's fields: templates, and columns whose value is taken as it is."""
    templates, plain = {}, {}
    for name, text in wanted.fields.items():
        template = _parsed(text, f"--field {name}", known)
        if (only := template.only) is not None:
            plain[name] = only
        else:
            templates[name] = template
    if not wanted.fields:
        plain = {column: column for column in known if column not in reader.asked and column not in RESERVED}
    return templates, plain


def _parsed(text: str, where: str, known: Sequence[str]) -> Template:
    template = parse_template(text, where)
    template.require(known)
    return template


def _filled(template: Template, row: Row) -> str:
    """The text; a column without a value makes an example that teaches the model to invent one."""
    if template.blank(row) is not None:
        raise Unfit(NO_TURNS)
    try:
        return template.fill(row)
    except ConfigError as error:
        raise Unfit(f"with something else than text: {error.message}") from None


def _by_templates(wanted: Wanted, to: Format | None, known: Sequence[str]) -> Reader:
    ask = _parsed(wanted.user or "", "--user", known)
    names: tuple[tuple[str, str | None], ...] = ()
    if to is Format.PREFERENCE:
        names = (("--preferred", wanted.preferred), ("--non-preferred", wanted.non_preferred))
    elif to is not Format.REINFORCEMENT:
        names = (("--answer", wanted.answer),)
    for option, text in names:
        if text is None:
            raise UsageError(f"--user needs {option}", f"{option} '{{column}}'")
    replies = [_parsed(text or "", option, known) for option, text in names]

    def read(row: Row) -> Draft:
        told: list[Message] = [turn("assistant", _filled(reply, row)) for reply in replies]
        return Draft([turn("user", _filled(ask, row)), *told[:1]], other=told[1] if len(told) > 1 else None)

    answered = tuple(column for reply in replies for column in reply.columns)
    return Reader("templates", (*ask.columns, *answered), (), read, to or Format.CHAT)
