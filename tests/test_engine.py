"""Stage 4: the report of whole files, the same for any batch size."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conftest import FIXTURES, chat
from ftlint import engine
from ftlint.errors import UsageError
from ftlint.model import Format, Report, Role, Verdict
from ftlint.settings import Settings

Write = Callable[..., Path]
CLEAN = sorted((FIXTURES / "clean").glob("*.jsonl")) + sorted((FIXTURES / "ja").glob("*.jsonl"))

ROW = st.one_of(
    st.builds(chat, st.text(max_size=8), st.text(max_size=8)),
    st.sampled_from(
        [
            chat("How do I boil an egg?", "Eight minutes in boiling water."),
            chat("mail me at kim@acme-widgets.com", "<|endoftext|> As an AI language model, I cannot."),
            {"messages": []},
            {"messages": [{"role": "asistant", "content": 3}]},
            {"messages": [{"role": "user", "content": "hi"}]},
            {"prompt": "a", "completion": "b"},
            {"input": {"messages": []}, "preferred_output": [], "non_preferred_output": []},
            {"messages": [{"role": "assistant", "tool_calls": [{"id": "1", "type": "function"}]}], "x": 1},
            [1],
            7,
        ]
    ).map(lambda value: json.loads(json.dumps(value))),
)
LINE = st.one_of(
    ROW.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(
        [b"", b"  ", b"{", b"{'a': 1}", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff\xfe", b'{"a": "\x00"}', b"{}\r"]
    ),
)


def check(path: Path, settings: Settings, **changes: Any) -> Report:
    return engine.check([(path, Role.TRAIN)], dataclasses.replace(settings, **changes))


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE, max_size=25), st.lists(LINE, max_size=8))
def test_the_report_is_the_same_for_any_batch_size(
    tmp_path: Path, settings: Settings, training: list[bytes], validation: list[bytes]
) -> None:
    paths = [(tmp_path / "train.jsonl", Role.TRAIN), (tmp_path / "validation.jsonl", Role.VALIDATION)]
    for (path, _), lines in zip(paths, (training, validation), strict=True):
        path.write_bytes(b"\n".join(lines))
    reports = [engine.check(paths, dataclasses.replace(settings, batch_lines=size)) for size in (1, 7, 1000)]
    assert reports[0] == reports[1] == reports[2]


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.name)
def test_clean_files_have_no_finding(path: Path, settings: Settings) -> None:
    report = check(path, settings)
    assert [(finding.code, finding.line, finding.message) for finding in report.findings] == []
    assert report.verdict is Verdict.OFFLINE_CLEAN


@pytest.mark.parametrize(
    ("name", "fmt"),
    [("chat", "chat"), ("preference", "preference"), ("reinforcement", "reinforcement"), ("completion", "completion")],
)
def test_the_format_is_that_of_most_rows(name: str, fmt: str, settings: Settings) -> None:
    assert check(FIXTURES / "clean" / f"{name}.jsonl", settings).files[0].format is Format(fmt)


def test_a_finding_carries_its_place(write: Write, settings: Settings) -> None:
    rows = [chat(f"question {number}", f"answer {number}") for number in range(12)]
    rows[4]["messages"][1]["role"] = "asistant"
    path = write(rows)
    report = check(path, settings)
    finding = next(finding for finding in report.findings if finding.code == "FT114")
    line = path.read_text(encoding="utf-8").splitlines()[4]
    assert finding.line == 5
    assert finding.column is not None
    assert finding.end_column is not None
    assert line[finding.column - 1 : finding.end_column - 1] == '"asistant"'
    assert finding.json_path == "$.messages[1].role"
    assert finding.help == "did you mean `assistant`?"
    assert finding.frame is not None
    assert finding.frame.text[finding.frame.start : finding.frame.end] == '"asistant"'


def test_personal_data_is_masked_in_every_string_of_a_report(write: Write, settings: Settings) -> None:
    secret = "kim.lee@acme-widgets.com"
    rows = [chat(f"question {number}", f"answer {number}") for number in range(12)]
    rows[0]["messages"][0]["content"] = f"write to {secret}"
    rows[1]["messages"][0]["role"] = secret
    rows[2][secret] = secret
    rows[3]["messages"][1]["content"] = f"{secret} <|endoftext|>"
    lines = [json.dumps(row) for row in rows]
    lines[5] = lines[5].replace("question 5", secret.replace("@", "\\u0040") + " <|endoftext|>")
    report = check(write(lines), settings)
    codes = {finding.code for finding in report.findings}
    assert {"FT114", "FT118", "FT304", "FT701"} <= codes
    assert secret not in repr(report)
    assert "kim.lee" not in repr(report)


def test_rules_are_selected_and_ignored_by_code_name_and_prefix(write: Write, settings: Settings) -> None:
    path = write([chat("q", "")] * 2)
    assert set(check(path, settings).by_code()) == {"FT207", "FT401", "FT501"}
    assert set(check(path, settings, select=("FT5",)).by_code()) == {"FT501"}
    assert set(check(path, settings, ignore=("duplicate-example", "ft4")).by_code()) == {"FT207"}
    assert set(check(path, settings, select=("FT5",), extend_select=("empty-answer",)).by_code()) == {"FT207", "FT501"}
    with pytest.raises(UsageError) as caught:
        check(path, settings, select=("empty-anser",))
    assert caught.value.hint == "did you mean `empty-answer`?"


def test_a_rule_of_ones_own_is_a_page_with_a_pattern(write: Write, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "my-rules"
    folder.mkdir()
    (folder / "ACME001-old-product-name.md").write_text(
        '+++\ncode = "ACME001"\nname = "old-product-name"\nlevel = "warning"\nsummary = "the product has a new name"\n'
        'message = "`{match}` is the old name"\nhelp = "write Gizmo"\napplies = "text"\npattern = "Widg[ei]t"\n'
        'where = ["assistant"]\n+++\n\n## What it does\n\nFinds the old name.\n',
        encoding="utf-8",
    )
    rows = [chat(f"What about Widget {number}?", f"{number} is fine") for number in range(12)]
    rows[3]["messages"][1]["content"] = "Buy a Widget today"
    report = check(write(rows), settings, rules=(folder,))
    assert [(finding.code, finding.line, finding.message) for finding in report.findings] == [
        ("ACME001", 4, "`Widget` is the old name")
    ]


def test_a_validation_row_of_the_training_file_is_named_on_both_sides(write: Write, settings: Settings) -> None:
    rows = [chat(f"question {number}", f"answer {number}") for number in range(12)]
    training = write(rows)
    again = json.dumps(rows[7], indent=None, separators=(",", ":"))
    validation = write([chat("another", "one"), again], "validation.jsonl")
    report = engine.check([(training, Role.TRAIN), (validation, Role.VALIDATION)], settings)
    assert [(finding.code, finding.path, finding.line) for finding in report.findings] == [
        ("FT504", str(validation), 2)
    ]
    assert [(place.path, place.line) for place in report.findings[0].related] == [(str(training), 8)]
