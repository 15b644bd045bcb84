"""The explicit table: which function stands behind which rules, in the order they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ftlint.checks import conversation, dataset, job, patterns, privacy, schema, tokens, tools
from ftlint.checks.base import BatchCheck, DatasetCheck

SCHEMA_CODES = (
    "FT105", "FT110", "FT111", "FT112", "FT113", "FT114", "FT115", "FT116", "FT117", "FT118", "FT119", "FT120",
    "FT121", "FT122", "FT123", "FT124", "FT130", "FT131", "FT132", "FT133", "FT134", "FT150", "FT151", "FT152",
    "FT154", "FT160", "FT170",
)  # fmt: skip

BATCH: tuple[tuple[BatchCheck, tuple[str, ...]], ...] = (
    (schema.schema, SCHEMA_CODES),
    (tools.arguments, ("FT135",)),
    (tools.undeclared, ("FT137",)),
    (conversation.conversation, ("FT161", "FT201", "FT202")),
    (conversation.answers, ("FT207",)),
    (conversation.tool_results, ("FT209", "FT210")),
    (tokens.limits, ("FT301", "FT302")),
    (tokens.special_tokens, ("FT304",)),
    (patterns.patterns, ()),  # runs for every active rule that has a pattern
    (privacy.personal_data, ("FT701", "FT702")),
)

DATASET: tuple[tuple[DatasetCheck, tuple[str, ...]], ...] = (
    (job.too_few, ("FT401",)),
    (job.model, ("FT403", "FT404", "FT414")),
    (dataset.duplicates, ("FT501",)),
    (dataset.leaks, ("FT504",)),
)

STATES: dict[str, Callable[[], Any]] = {"digests": dataset.Digests}
"""What dataset-wide checks remember of each file, by the name they look it up under."""

# Told by the reader and the parser, before there is a batch of examples.
READING = (
    "FT001", "FT002", "FT003", "FT004", "FT005", "FT006", "FT007", "FT008", "FT009", "FT010", "FT014", "FT015",
    "FT016", "FT017", "FT018", "FT101", "FT102", "FT103", "FT104", "FT106", "FT107", "FT108",
)  # fmt: skip
MODERATION = ("FT901", "FT902", "FT903", "FT909")
