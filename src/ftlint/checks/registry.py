"""The explicit table: which function stands behind which rules, in the order they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ftlint.checks import (
    answers,
    columns,
    conversation,
    creation,
    dataset,
    file,
    grader,
    images,
    job,
    lengths,
    limits,
    minors,
    near,
    overlap,
    patterns,
    preference,
    privacy,
    profile,
    prompts,
    quality,
    schema,
    tokens,
    tools,
    turns,
)
from ftlint.checks.base import BatchCheck, DatasetCheck

SCHEMA_CODES = (
    "FT105", "FT110", "FT111", "FT112", "FT113", "FT114", "FT115", "FT116", "FT117", "FT118", "FT119", "FT120",
    "FT121", "FT122", "FT123", "FT124", "FT130", "FT131", "FT132", "FT133", "FT134", "FT150", "FT151", "FT152",
    "FT154", "FT160", "FT170", "FT804",
)  # fmt: skip

BATCH: tuple[tuple[BatchCheck, tuple[str, ...]], ...] = (
    (schema.schema, SCHEMA_CODES),
    (file.final_newline, ("FT011",)),
    (tools.arguments, ("FT135", "FT136")),
    (tools.undeclared, ("FT137",)),
    (tools.deprecated, ("FT138",)),
    (preference.identical, ("FT153",)),
    (grader.fields, ("FT162",)),
    (turns.turns, ("FT161", "FT201", "FT202", "FT203", "FT204", "FT205", "FT206", "FT213")),
    (conversation.answers, ("FT207", "FT208")),
    (conversation.call_ids, ("FT211",)),
    (conversation.nothing_trained, ("FT212",)),
    (conversation.tool_results, ("FT209", "FT210")),
    (tokens.limits, ("FT301", "FT302", "FT303")),
    (tokens.special_tokens, ("FT304",)),
    (images.images, ("FT801", "FT802", "FT803", "FT805")),
    (patterns.patterns, ()),  # runs for every active rule that has a pattern
    (overlap.overlap, ("FT509",)),
    (quality.untrimmed, ("FT601",)),
    (quality.mojibake, ("FT604",)),
    (quality.invisible, ("FT608",)),
    (quality.echo, ("FT610",)),
    (quality.loops, ("FT611",)),
    (privacy.personal_data, privacy.CODES),
    (minors.near, ("FT905",)),
)

DATASET: tuple[tuple[DatasetCheck, tuple[str, ...]], ...] = (
    (job.too_few, ("FT401",)),
    (job.model, ("FT403", "FT404", "FT414")),
    (job.method, ("FT405",)),
    (limits.size, ("FT012",)),
    (limits.extension, ("FT013",)),
    (limits.too_many, ("FT402",)),
    (limits.formats_differ, ("FT411",)),
    (limits.validation, ("FT412",)),
    (creation.hyperparameters, ("FT406",)),
    (creation.suffix, ("FT407",)),
    (creation.metadata, ("FT408",)),
    (creation.budget, ("FT409",)),
    (creation.training_tokens, ("FT410",)),
    (creation.stale_price, ("FT413",)),
    (creation.prompts_differ, ("FT415",)),
    (prompts.drifting, ("FT214",)),
    (prompts.missing, ("FT215",)),
    (lengths.outliers, ("FT305",)),
    (dataset.duplicates, ("FT501",)),
    (dataset.leaks, ("FT504",)),
    (near.near_copies, ("FT502", "FT505")),
    (answers.conflicts, ("FT503",)),
    (answers.one_answer, ("FT506", "FT507")),
    (answers.drift, ("FT508",)),
    (profile.check, ("FT709",)),
    (answers.unlike_the_rest, ("FT606", "FT615", "FT617", "FT620")),
)

STATES: dict[str, Callable[[], Any]] = {
    "digests": dataset.Digests,
    "rows": columns.Rows,
    "sketches": near.Sketches,
    "prompts": prompts.Prompts,
    "lengths": lengths.Lengths,
    "images": limits.Images,
    "profiles": profile.Profiles,
}
"""What dataset-wide checks remember of each file, by the name they look it up under."""

# Told by the reader and the parser, before there is a batch of examples.
READING = (
    "FT001", "FT002", "FT003", "FT004", "FT005", "FT006", "FT007", "FT008", "FT009", "FT010", "FT014", "FT015",
    "FT016", "FT017", "FT018", "FT019", "FT101", "FT102", "FT103", "FT104", "FT106", "FT107", "FT108",
)  # fmt: skip
MODERATION = ("FT901", "FT902", "FT903", "FT904", "FT909")
NETWORK = ("FT806",)
