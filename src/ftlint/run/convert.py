"""The stage ``convert``: a dataset into training, validation and held-out files; ready files are only measured."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftlint.errors import ConfigError, InputError
from ftlint.run.files import atomic_writer, dump, sha256_file
from ftlint.run.floors import constant_answer, save_constant
from ftlint.run.heldout import HeldOut, content_text, prompt_key, read_parts, save_heldout
from ftlint.run.metrics import CALLS
from ftlint.run.prompts import difference
from ftlint.run.sources import Row, load_rows
from ftlint.run.spec import Part, PromptSpec, RunSpec
from ftlint.run.template import Template, parse_template

HELDOUT = "heldout.jsonl"
FLOOR = "floor.json"


@dataclass(frozen=True, slots=True)
class Prompt:
    """The parsed templates of ``[prompt]`` or ``[evaluate.prompt]``."""

    system: Template | None
    user: Template
    answer: Template
    references: tuple[Template, ...]

    def ask(self, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The prompt messages, the same for training and for evaluation."""
        system = [{"role": "system", "content": self.system.fill(row)}] if self.system else []
        return [*system, {"role": "user", "content": self.user.fill(row)}]

    def asked(self) -> list[Template]:
        """The templates that make the prompt."""
        return [self.system, self.user] if self.system else [self.user]


def parse_prompt(spec: PromptSpec, file: str, table: str = "prompt") -> Prompt:
    """Parse a prompt; an answer or reference without braces is a column's name.

    Raises:
        ConfigError: a template is broken, or the user's turn would be the same in every row.
    """

    def parse(text: str, key: str) -> Template:
        return parse_template(text, f"{file}: {table}.{key}")

    def column(text: str, key: str) -> Template:
        return parse(text if "{" in text else "{" + text + "}", key)

    user = parse(spec.user, "user")
    if not user.columns:
        raise ConfigError(f"{user.where} names no column", "write `{column}` where a row's text is to stand")
    return Prompt(
        system=parse(spec.system, "system") if spec.system else None,
        user=user,
        answer=column(spec.answer, "answer"),
        references=tuple(column(text, "references") for text in spec.references),
    )


def convert(spec: RunSpec, folder: Path) -> dict[str, Any]:
    """Make the files of a run.

    Args:
        spec: the run file.
        folder: the run's folder.

    Returns:
        For the journal: ``files`` (role to path, sha256, bytes; a relative path is in ``folder``), ``heldout``
        (examples; ``overlap``: how many are refused because their prompt is a training prompt; ``unscored``: how many
        no metric is for; whether it is the validation part),
        ``prompts`` (where that of the evaluation is another than that of the training, or None).

    Raises:
        InputError, ConfigError, UsageError: the dataset cannot be loaded, or the template does not fit it.
    """
    files = _convert_parts(spec, folder) if spec.prompt else _ready_files(spec)
    left_out: dict[str, int] = files.pop("left_out")
    heldout, unusable, trained_as = _heldout_of(spec)
    if unusable:
        left_out["heldout"] = unusable
    train = folder / files["train"]["path"]
    reference = _reference(spec)
    trained = [parts for parts in read_parts(train, reference) if parts]
    heldout, leaks = _unseen(heldout, trained_as, {prompt_key(parts.messages) for parts in trained})
    heldout, unscored = _scored(heldout, spec.evaluate.metrics)
    if spec.evaluate.sample is not None and spec.evaluate.sample < len(heldout):
        chosen = random.Random(spec.dataset.seed).sample(range(len(heldout)), spec.evaluate.sample)  # noqa: S311
        heldout = [heldout[index] for index in sorted(chosen)]
    save_heldout(folder / HELDOUT, heldout)
    answers = [parts.answer for parts in trained if parts.answer]
    save_constant(folder / FLOOR, constant_answer(answers, spec.dataset.seed))
    return {
        "files": files,
        "left_out": left_out,
        "prompts": dataclasses.asdict(differ) if (differ := difference(spec, train, heldout)) else None,
        "heldout": {
            "examples": len(heldout),
            "overlap": leaks,
            "is_validation": spec.dataset.heldout is None,
            **({"unscored": unscored} if unscored else {}),
        },
    }


def _measure(path: Path, name: str) -> dict[str, Any]:
    sha256, size = sha256_file(path)
    return {"path": name, "sha256": sha256, "bytes": size}


def _ready_files(spec: RunSpec) -> dict[str, Any]:
    files: dict[str, Any] = {"left_out": {}}
    for role, path in (("train", spec.dataset.train), ("validation", spec.dataset.validation)):
        if isinstance(path, Path):
            files[role] = _measure(path, str(path.absolute()))
    return files


def _convert_parts(spec: RunSpec, folder: Path) -> dict[str, Any]:
    prompt = _prompt_of(spec)
    files: dict[str, Any] = {"left_out": {}}
    for role, part in (("train", spec.dataset.train), ("validation", spec.dataset.validation)):
        if not isinstance(part, Part):
            continue
        rows = load_rows(part, role, spec.dataset.seed)
        kept = _usable(rows, [*prompt.asked(), prompt.answer])
        if len(kept) < len(rows):
            files["left_out"][role] = len(rows) - len(kept)
        examples = ([*prompt.ask(row), {"role": "assistant", "content": prompt.answer.fill(row)}] for row in kept)
        _write_chat(folder / f"{role}.jsonl", examples)
        files[role] = _measure(folder / f"{role}.jsonl", f"{role}.jsonl")
    return files


def _prompt_of(spec: RunSpec) -> Prompt:
    if spec.prompt is None:
        raise ConfigError(f"{spec.path.name}: prompt is missing", "rows with columns need [prompt]")
    return parse_prompt(spec.prompt, spec.path.name)


def _usable(rows: list[Row], templates: Iterable[Template]) -> list[Row]:
    """The rows in which every named column has a value; a blank dialogue teaches a model to invent one."""
    used = list(templates)
    known = list(dict.fromkeys(column for row in rows for column in row))
    for template in used:
        template.require(known)
    return [row for row in rows if all(template.blank(row) is None for template in used)]


def _write_chat(path: Path, examples: Iterable[list[dict[str, Any]]]) -> None:
    with atomic_writer(path) as out:
        for number, messages in enumerate(examples, start=1):
            try:
                out.write(dump({"messages": messages}).encode() + b"\n")
            except UnicodeEncodeError:
                raise InputError(
                    f"example {number} of {path.name} holds half a surrogate pair, which UTF-8 cannot write",
                    "mend the text in the dataset",
                ) from None


_TrainedAs = dict[int, list[dict[str, Any]]]
"""Held-out examples by id as the training would ask them, where the evaluation asks with another prompt."""


def _heldout_of(spec: RunSpec) -> tuple[list[HeldOut], int, _TrainedAs]:
    source = spec.dataset.heldout or spec.dataset.validation
    if isinstance(source, Part):
        return _heldout_part(spec, source)
    lines = list(read_parts(source, _reference(spec))) if source else []
    examples = [
        HeldOut(
            number,
            parts.messages,
            [] if parts.calls else [parts.answer],
            _last_user(parts.messages),
            parts.calls,
            parts.offer,
        )
        for number, parts in enumerate(lines, 1)
        if parts
    ]
    return examples, len(lines) - len(examples), {}


def _scored(heldout: list[HeldOut], metrics: Sequence[str]) -> tuple[list[HeldOut], int]:
    """The held-out examples that a metric is for: texts, tool calls or both; and how many are left out."""
    calls, texts = CALLS in metrics, any(metric != CALLS for metric in metrics)
    kept = [example for example in heldout if (calls if example.calls else texts)]
    return kept, len(heldout) - len(kept)


def _last_user(messages: list[dict[str, Any]]) -> str:
    users = [message for message in messages if message.get("role") == "user"]
    return content_text(users[-1].get("content")) if users else ""


def _heldout_part(spec: RunSpec, part: Part) -> tuple[list[HeldOut], int, _TrainedAs]:
    asked_with = spec.evaluate.prompt
    prompt = parse_prompt(asked_with, spec.path.name, "evaluate.prompt") if asked_with else _prompt_of(spec)
    rows = load_rows(part, "heldout" if spec.dataset.heldout else "validation", spec.dataset.seed)
    known = list(dict.fromkeys(column for row in rows for column in row))
    references = prompt.references or (prompt.answer,)
    for template in references:
        template.require(known)
    examples = []
    trained = parse_prompt(spec.prompt, spec.path.name) if spec.prompt and asked_with else None
    trained_as: _TrainedAs = {}
    asked = {id(row) for row in _usable(rows, prompt.asked())}
    for number, row in enumerate(rows, start=1):
        texts = [text for template in references for text in _reference_texts(template, row)]
        if id(row) in asked and texts:
            lead = "\n".join(str(row[column]) for column in prompt.user.columns)
            examples.append(HeldOut(number, prompt.ask(row), texts, lead))
            if trained is not None:
                trained_as[number] = trained.ask(row)
    return examples, len(rows) - len(examples), trained_as


def _reference_texts(template: Template, row: Row) -> list[str]:
    """The references that one template gives for a row: a column may hold a list of them; blank ones do not count."""
    if len(template.parts) == 1 and template.columns:
        value = row.get(template.columns[0])
        if isinstance(value, list):
            return [text for text in value if isinstance(text, str) and text.strip()]
    return [] if template.blank(row) else [template.fill(row)]


def _unseen(heldout: list[HeldOut], trained_as: _TrainedAs, trained: set[bytes]) -> tuple[list[HeldOut], int]:
    """The held-out examples whose prompt is not trained on, and how many are refused: their scores would be memory."""
    kept = [e for e in heldout if prompt_key(trained_as.get(e.id, e.messages)) not in trained]
    return kept, len(heldout) - len(kept)


def _reference(spec: RunSpec) -> Template | None:
    text = spec.evaluate.reference
    if text is None:
        return None
    return parse_template(text if "{" in text else "{" + text + "}", f"{spec.path.name}: evaluate.reference")
