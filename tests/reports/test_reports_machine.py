"""The formats that programs read: jsonl, github, gitlab, junit, sarif; each parsed as its reader would."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from ftlint.model import Level, ModerationSummary, Verdict
from ftlint.reports import FORMATS, Options, render
from ftlint.rulebook import parse_rule
from hostile import hostile_report
from samples import COMPLETE, FLAGGED, INFO, ROLE, WHOLE, report

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
SECRET = "NOT TO BE SHOWN"
PARTIAL = ModerationSummary("partial", reason="quota", required=True, coverage=0.5)


def sarif(*findings: Any, **changes: Any) -> dict[str, Any]:
    """The run of a SARIF log that fits the schema."""
    log = json.loads(render(report(*findings, **changes), "sarif"))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_lets_a_control_character_through(name: str) -> None:
    text = render(hostile_report(), name, Options(show_text=True))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\u2066\ud800]", text)
    text.encode("utf-8")


OWN = """+++
code = "ACME001"
name = "acme-words"
level = "warning"
summary = "words that we do not use ##[group]"
message = "`{match}`"
help = "use ours"
applies = "text"
pattern = 'Acme'
+++

## What it does

Finds <b>words</b> of old. ##vso[task.complete]x

```
::error::in a line of its own
\tcode
```

## Example

```jsonl
{}
```
"""


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_gives_orders_to_a_build_server(name: str) -> None:
    own = parse_rule(OWN, "own.md", own=True)
    text = render(hostile_report(), name, Options(show_text=True, own=(own,)))
    assert not re.search(r"##\w*\[", text)
    if name != "github":
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]


def test_the_page_of_a_rule_of_ones_own_is_shown() -> None:
    own = parse_rule(OWN, "own.md", own=True)
    finding = replace(ROLE, code=own.code, name=own.name)
    log = json.loads(render(report(finding), "sarif", Options(own=(own,))))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert rule["id"] == "ACME001"
    assert rule["fullDescription"]["text"].startswith("Finds <b>words</b> of old.")
    assert "## What it does" in rule["help"]["markdown"]
    assert "## Example" not in rule["help"]["markdown"]
    page = render(report(finding), "html", Options(own=(own,)))
    assert "<summary>the rule</summary>" in page
    assert "Finds &lt;b&gt;words&lt;/b&gt; of old." in page
    assert "words that we do not use" in page
    unknown = render(report(finding), "html")
    assert "<summary>the rule</summary>" not in unknown


@pytest.mark.parametrize("name", FORMATS)
def test_flagged_text_is_in_no_format_unless_it_is_asked_for(name: str) -> None:
    other = replace(ROLE, line=FLAGGED.line, frame=replace(FLAGGED.frame, hidden=False))
    assert SECRET not in render(report(FLAGGED, other, moderation=COMPLETE), name)


@pytest.mark.parametrize("name", ["json", "sarif", "html", "full"])
def test_flagged_text_is_shown_on_demand(name: str) -> None:
    assert SECRET in render(report(FLAGGED), name, Options(show_text=True))


def test_jsonl_has_a_line_per_finding_and_ends_with_the_report() -> None:
    accepted = replace(INFO, accepted="on purpose")
    lines = [json.loads(line) for line in render(report(ROLE, WHOLE, accepted=(accepted,)), "jsonl").splitlines()]
    assert [line["type"] for line in lines] == ["finding", "finding", "finding", "report"]
    assert [line.get("accepted") for line in lines[:3]] == [None, None, "on purpose"]
    tree = json.loads(render(report(ROLE, WHOLE, accepted=(accepted,)), "json"))
    assert lines[0] == {"type": "finding", **tree["findings"][0]}
    assert {**lines[3], "type": None} == {
        **{k: v for k, v in tree.items() if k not in ("findings", "accepted")},
        "type": None,
    }


def test_github_to_the_letter() -> None:
    assert render(report(ROLE, WHOLE), "github").splitlines() == [
        (
            "::error file=data/train.jsonl,line=118,endLine=118,col=693,endColumn=703,title=FT114 unknown-role"
            "::unknown role `asistant` ($.messages[2].role)%0Ahelp: replace it with `assistant`"
        ),
        "::error file=data/train.jsonl,title=FT401 too-few-examples::4 examples, the minimum is 10",
        (
            "::notice title=ftlint::data/train.jsonl: 100 examples, 2 errors; moderation not run (--offline); "
            "verdict: findings"
        ),
    ]


def test_github_shows_ten_the_worst_first_and_says_how_many_more() -> None:
    warnings = [replace(ROLE, level=Level.WARNING, line=number) for number in range(1, 20)]
    lines = render(report(*warnings, ROLE, WHOLE), "github").splitlines()
    assert [line.split()[0] for line in lines] == ["::error"] * 2 + ["::warning"] * 8 + ["::notice"]
    assert lines[-1].endswith("11 further findings not annotated")
    infos = render(report(*[replace(INFO, line=number) for number in range(1, 20)]), "github").splitlines()
    assert len(infos) == 10, "GitHub shows ten notices, and the summary is one"


def test_github_data_can_neither_end_a_command_nor_start_one() -> None:
    lines = render(hostile_report(), "github").split("\n")
    assert lines.pop() == ""
    assert all(re.match("::(error|warning|notice) [^:]*::", line) for line in lines)
    assert len(lines) == 4
    properties = lines[0].removeprefix("::error ").split("::")[0].split(",")
    assert [entry.split("=")[0] for entry in properties] == ["file", "line", "endLine", "col", "endColumn", "title"]
    assert "%250A" in lines[0]


def test_gitlab_has_what_the_code_quality_view_needs() -> None:
    entries = json.loads(render(report(ROLE, WHOLE, INFO), "gitlab"))
    assert [sorted(entry) for entry in entries] == [
        ["check_name", "description", "fingerprint", "location", "severity"]
    ] * 3
    assert [entry["severity"] for entry in entries] == ["critical", "critical", "info"]
    assert entries[0]["location"] == {"path": "data/train.jsonl", "lines": {"begin": 118}}
    assert entries[1]["location"]["lines"] == {"begin": 1}
    assert entries[0]["description"] == "FT114 unknown-role: unknown role `asistant`"
    assert render(report(), "gitlab").strip() == "[]"


def test_a_fingerprint_outlives_moved_lines_and_tells_copies_apart() -> None:
    def prints(*findings: Any) -> list[str]:
        return [entry["fingerprint"] for entry in json.loads(render(report(*findings), "gitlab"))]

    moved = replace(ROLE, line=200, column=3, end_column=9, example_sha256="d" * 64)
    changed = replace(ROLE, content_sha256="e" * 64)
    assert prints(ROLE) == prints(moved)
    assert len({*prints(ROLE, moved, changed, WHOLE, replace(ROLE, path="other.jsonl"))}) == 5
    assert prints(replace(ROLE, path="./data/train.jsonl")) == prints(ROLE)


def test_junit_counts_and_cases() -> None:
    root = ElementTree.fromstring(render(report(ROLE, WHOLE, INFO), "junit"))
    assert root.attrib == {"name": "ftlint", "tests": "3", "failures": "2", "errors": "0"}
    cases = root.findall("./testsuite/testcase")
    assert [case.find("failure") is not None for case in cases] == [True, True, False]
    assert cases[0].attrib["name"] == "FT114 unknown-role at 118:693"
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.attrib == {"message": "unknown role `asistant`", "type": "error"}
    assert "help: replace it with `assistant`" in (failure.text or "")


def test_junit_of_a_clean_file_has_a_case_that_passed_and_of_an_incomplete_check_an_error() -> None:
    clean = ElementTree.fromstring(render(report(), "junit"))
    assert clean.attrib == {"name": "ftlint", "tests": "1", "failures": "0", "errors": "0"}
    half = ElementTree.fromstring(render(report(verdict=Verdict.INCOMPLETE, moderation=PARTIAL), "junit"))
    assert (half.attrib["tests"], half.attrib["errors"]) == ("2", "1")
    assert "50 %" in half.findall(".//error")[0].attrib["message"]


def test_junit_holds_no_character_that_xml_forbids() -> None:
    root = ElementTree.fromstring(render(hostile_report(), "junit"))
    assert "<script>alert(1)</script>" in root.findall(".//failure")[0].attrib["message"]
    assert "\\ufffe\\uffff\\ud800" in root.findall(".//failure")[0].attrib["message"]


def test_sarif_fits_the_schema_and_says_where() -> None:
    run = sarif(ROLE, WHOLE, INFO, replace(ROLE, code="ACME001", name="own-rule"), moderation=COMPLETE)
    assert [result["ruleId"] for result in run["results"]] == ["FT114", "FT401", "ACME001", "FT305"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["FT114", "FT401", "ACME001", "FT305"]
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "data/train.jsonl"}
    region = place["physicalLocation"]["region"]
    assert region == {"startLine": 118, "startColumn": 693, "endColumn": 703, "snippet": {"text": '"asistant"'}}
    assert place["logicalLocations"] == [{"fullyQualifiedName": "$.messages[2].role"}]
    assert run["columnKind"] == "unicodeCodePoints"
    page = next(rule for rule in rules if rule["id"] == "FT114")["help"]["markdown"]
    assert page.startswith("## What it does\n\nReports a role")
    assert "```" not in page


def test_sarif_of_hostile_text_fits_the_schema_and_links_nowhere() -> None:
    run = sarif(*hostile_report().findings, files=hostile_report().files, accepted=hostile_report().accepted)
    assert not any("](" in result["message"]["text"] for result in run["results"])
    assert all(re.fullmatch(r"[\w/.%~-]+", found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
               for found in run["results"])  # fmt: skip
    assert run["results"][-1]["suppressions"][0]["status"] == "accepted"


def test_sarif_keeps_the_worst_five_thousand_and_notes_the_rest() -> None:
    many = [replace(INFO, line=number) for number in range(1, 5101)]
    run = sarif(*many, ROLE)
    assert len(run["results"]) == 5000
    assert run["results"][0]["ruleId"] == "FT114"
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert any(note.startswith("101 findings left out") for note in notes)
    assert run["properties"]["byCode"] == {"FT114": 1, "FT305": 5100}


def test_sarif_of_a_check_that_did_not_end_was_not_successful() -> None:
    invocation = sarif(verdict=Verdict.INCOMPLETE, moderation=PARTIAL)["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][-1]["level"] == "error"


def test_paths_with_spaces_and_japanese_are_uris() -> None:
    run = sarif(replace(ROLE, path="デ ータ/a:b#c.jsonl"))
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "%E3%83%87%20%E3%83%BC%E3%82%BF/a%3Ab%23c.jsonl"
