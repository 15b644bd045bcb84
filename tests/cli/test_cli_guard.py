"""A guard model beside moderation, against the sandbox: what it adds, what it leaves alone, and how it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import chat
from ftlint import engine, gate
from ftlint.cli import main
from ftlint.model import Role, Verdict
from ftlint.sandbox.launch import RunningSandbox
from ftlint.settings import GuardConfig, ModerationSettings, Services, Settings

CHAT = {"method": "POST", "path": "/v1/chat/completions"}
Check = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def train(tmp_path: Path) -> Path:
    """Row 5 is called unsafe by the guard alone, row 9 by moderation too."""
    marks = {5: "⟦violence=0.11⟧", 9: "⟦hate=0.9⟧"}
    rows = [chat(f"What is {n}?", f"It is {n}, I say. {marks.get(n, '')}") for n in range(1, 15)]
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def check(tmp_path: Path, train: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Run `check` with these arguments; (exit code, JSON report, stderr)."""

    def run(*arguments: str, model: str = "sandbox-guard") -> tuple[int, dict[str, Any], str]:
        target = tmp_path / "report.json"
        common = ["--isolated", "--today", "2026-11-22", "--also", f"json={target}", "--select", "FT9"]
        named = ["--guard-model", model] if "--guard-base-url" in arguments else []
        code = main(["check", str(train), *common, *named, *arguments])
        return code, json.loads(target.read_text(encoding="utf-8")), capsys.readouterr().err

    return run


def lines(report: dict[str, Any]) -> list[tuple[str, int]]:
    return sorted((finding["code"], finding["line"]) for finding in report["findings"])


def test_without_a_key_the_guard_is_asked_alone(launch: Callable[..., RunningSandbox], check: Check) -> None:
    sandbox = launch()
    code, report, err = check("--guard-base-url", sandbox.base_url)
    assert (code, lines(report)) == (1, [("FT902", 5), ("FT902", 9)])
    assert report["moderation"]["status"] == "not-run"
    first = report["findings"][0]
    assert first["message"] == "the guard model calls it unsafe: guard:S1 (violent crimes) (places: 1)"
    assert (first["level"], first["data"]["categories"], first["frame"]["text"]) == ("warning", ["guard:S1"], "")
    assert report["guard"]["status"] == "complete"
    assert (report["guard"]["units"], report["guard"]["unsafe"]) == (14, 2)
    assert "sending 14 texts, one by one, to sandbox-guard at 127.0.0.1" in err
    code, report, err = check("--guard-base-url", sandbox.base_url)
    assert (report["guard"]["cached"], "sending" in err) == (14, False)


def test_beside_moderation_it_adds_and_lifts_nothing(launch: Callable[..., RunningSandbox], check: Check) -> None:
    sandbox = launch()
    moderator = ["--online", "--config", 'services.moderator.provider="sandbox"', "--base-url", sandbox.base_url]
    _, alone, _ = check(*moderator, "--config", "moderation.cache=false")
    _, both, _ = check(*moderator, "--config", "moderation.cache=false", "--guard-base-url", sandbox.base_url)
    assert lines(alone) == [("FT901", 9)]
    assert lines(both) == [("FT901", 9), ("FT902", 5), ("FT902", 9)]
    assert both["moderation"]["status"] == alone["moderation"]["status"] == "complete"
    assert both["moderation"]["coverage"] == alone["moderation"]["coverage"]
    assert alone["guard"] is None


@pytest.mark.parametrize(
    ("fault", "model", "said"),
    [
        ({"do": "status", "status": 401, "times": None}, "sandbox-guard", "the key was refused"),
        ({"do": "status", "status": 501, "times": None}, "sandbox-guard", "the service refused it (501)"),
        (None, "no-such-model", "does not exist"),
        (None, "sandbox-mini", "neither safe nor unsafe"),
    ],
)
def test_a_guard_that_fails_leaves_the_check_incomplete(
    launch: Callable[..., RunningSandbox], check: Check, fault: dict[str, Any] | None, model: str, said: str
) -> None:
    sandbox = launch(*([{"match": CHAT, **fault}] if fault else []))
    code, report, _ = check("--guard-base-url", sandbox.base_url, model=model)
    assert (code, report["verdict"], report["guard"]["status"]) == (3, "incomplete", "partial")
    assert said in report["guard"]["reason"] + " ".join(report["notes"])
    assert report["moderation"]["status"] == "not-run"


def test_one_odd_answer_is_counted(launch: Callable[..., RunningSandbox], check: Check) -> None:
    sandbox = launch({"do": "status", "status": 400, "match": CHAT, "after": 3})
    code, report, _ = check("--guard-base-url", sandbox.base_url)
    assert (code, report["guard"]["status"], report["guard"]["judged"]) == (3, "partial", 13)
    (note,) = report["notes"]
    assert note.startswith("the guard model gave no verdict on 1 text (")
    code, report, _ = check("--guard-base-url", sandbox.base_url)
    assert (code, report["guard"]["status"], report["guard"]["cached"]) == (1, "complete", 13)


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after_ms": 5}, {"status": 503, "retry_after_ms": 5}])
def test_what_passes_is_sat_out(launch: Callable[..., RunningSandbox], check: Check, fault: dict[str, Any]) -> None:
    sandbox = launch({"do": "status", "match": CHAT, "times": 3, **fault})
    code, report, _ = check("--guard-base-url", sandbox.base_url)
    assert (code, report["guard"]["status"]) == (1, "complete")


def test_who_is_asked_when(tmp_path: Path, train: Path) -> None:
    assert main(["check", str(train), "--offline", "--guard-base-url", "http://127.0.0.1:9/v1"]) == 2
    assert main(["check", str(train), "--isolated", "--guard-model", "g"]) == 2
    given = tmp_path / "own.toml"
    given.write_text('[services.guard]\nbase-url = "https://guard.example/v1"\napi-key-env = "GUARD_KEY"\n')
    target = tmp_path / "o.json"
    common = ["check", str(train), "--today", "2026-11-22", "--config", str(given), "--also", f"json={target}"]
    main(common)
    report = json.loads(target.read_text(encoding="utf-8"))
    assert report["guard"] is None
    assert "the configuration file names guard.example" in report["notes"][0]
    main([*common, "--offline"])
    assert json.loads(target.read_text(encoding="utf-8"))["notes"] == ["the guard model was not asked: --offline"]


def test_a_run_asks_the_guard_that_its_configuration_names(
    launch: Callable[..., RunningSandbox], train: Path, settings: Settings
) -> None:
    sandbox = launch()
    services = Services(guard=GuardConfig(sandbox.base_url, "sandbox-guard"))
    asked = replace(settings, services=services, run=True, moderation=ModerationSettings(cache=False))
    report = engine.check([(train, Role.TRAIN)], asked)
    assert report.guard is not None
    assert (report.guard.status, report.guard.unsafe, report.moderation.status) == ("complete", 2, "not-run")
    assert engine.check([(train, Role.TRAIN)], replace(asked, run=False)).guard is None
    broken = replace(asked, services=Services(guard=GuardConfig(sandbox.base_url, "no-such-model")))
    report = engine.check([(train, Role.TRAIN)], broken)
    assert (report.verdict, gate.exit_code(report)) == (Verdict.INCOMPLETE, 3)
    assert any(
        "the guard model has a verdict on 0 of 14 texts" in why
        for why in gate.reasons(report, moderation_required=False)
    )
