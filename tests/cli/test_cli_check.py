"""``ftlint check`` round an engine that says what the test wants: streams, files, order, exit codes."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ftlint import engine
from ftlint.cli import main, moderate
from ftlint.errors import ServiceFailed, Stopped
from ftlint.model import Level, Report, Role, Verdict
from samples import COMPLETE, FILE, FLAGGED, INFO, ROLE, WHOLE, report


class Engine:
    """Stands in for ``ftlint.engine.check`` and remembers what it was asked."""

    def __init__(self) -> None:
        self.report: Report = report()
        self.files: Any = None
        self.settings: Any = None
        self.stdin: bytes | None = None

    def check(self, files: Any, settings: Any, *, stdin: bytes | None = None, progress: Any = None) -> Report:
        self.files, self.settings, self.stdin = files, settings, stdin
        if progress is not None:
            progress("check", 1, 2)
        return self.report


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    """An engine of the test's own, in a folder with train.jsonl and valid.jsonl."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FTLINT_DEBUG", "1")
    (tmp_path / "train.jsonl").write_text("{}\n")
    (tmp_path / "valid.jsonl").write_text("{}\n")
    stand_in = Engine()
    monkeypatch.setattr(engine, "check", stand_in.check)
    return stand_in


def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


def test_piped_output_is_concise_and_the_summary_goes_to_stderr(
    fake: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.report = report(ROLE, WHOLE, INFO)
    assert main(["check", "train.jsonl", "--offline"]) == 1
    out, err = capsys.readouterr()
    assert out == (
        "data/train.jsonl:118:693: FT114 unknown role `asistant` [*]\n"
        "data/train.jsonl: FT401 4 examples, the minimum is 10\n"
        "data/train.jsonl:9:1: FT305 70,113 tokens, the median is 541\n"
    )
    assert err == (
        "data/train.jsonl: 100 examples, 2 errors, 1 info; moderation not run (--offline); verdict: findings\n"
    )


def test_a_terminal_gets_frames_and_the_verdict_last(
    fake: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    fake.report = report(ROLE)
    assert main(["check", "train.jsonl", "--offline"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("error[FT114]: unknown role `asistant`\n   --> data/train.jsonl:118:693")
    assert out.count("error[FT114]") == 1
    assert out.splitlines()[-1] == "✗ findings: 1 error; the gate is closed"
    assert err == ""


def test_colours_on_a_terminal(
    fake: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch)
    fake.report = report(ROLE)
    main(["check", "train.jsonl", "--offline"])
    assert "\x1b[1;31merror[FT114]" in capsys.readouterr().out
    main(["check", "train.jsonl", "--offline", "--color", "never"])
    assert "\x1b" not in capsys.readouterr().out


def test_json_is_all_that_standard_output_holds(fake: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    fake.report = report(ROLE)
    assert main(["check", "train.jsonl", "--offline", "--output-format", "json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["verdict"] == "findings"
    assert "verdict: findings" in err


def test_quiet_leaves_findings_only(fake: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    fake.report = report(ROLE)
    assert main(["check", "train.jsonl", "--offline", "-q"]) == 1
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "")
    main(["check", "train.jsonl", "--offline", "-q", "--output-format", "full"])
    assert "gate is closed" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("made", "arguments", "code"),
    [
        (report(), [], 0),
        (report(ROLE), [], 1),
        (report(ROLE), ["--exit-zero"], 0),
        (report(verdict=Verdict.CLEAN, moderation=COMPLETE), [], 0),
    ],
)
def test_exit_codes(fake: Engine, made: Report, arguments: list[str], code: int) -> None:
    fake.report = made
    assert main(["check", "train.jsonl", "--offline", *arguments]) == code


def test_files_roles_and_settings_reach_the_engine(fake: Engine) -> None:
    arguments = [
        "--validation", "valid.jsonl", "--model", "m", "--provider", "azure", "--method", "dpo", "--format", "chat",
        "--epochs", "2", "--select", "FT1,FT2", "--select", "FT3", "--ignore", "FT114", "--extend-select", "FT7",
        "--fail-on", "error", "--no-tokens", "--tier", "3", "--base-url", "http://127.0.0.1:9/v1", "--today",
        "2026-11-22", "--offline",
    ]  # fmt: skip
    main(["check", "train.jsonl", *arguments])
    assert fake.files == [(Path("train.jsonl"), Role.TRAIN), (Path("valid.jsonl"), Role.VALIDATION)]
    found = fake.settings
    assert (found.model, found.provider, found.method, found.format, found.epochs) == ("m", "azure", "dpo", "chat", 2)
    assert (found.select, found.ignore, found.extend_select) == (("FT1", "FT2", "FT3"), ("FT114",), ("FT7",))
    assert (found.fail_on, found.tokens, found.moderation.tier) == (Level.ERROR, False, "3")
    assert found.services.moderator.base_url == "http://127.0.0.1:9/v1"
    assert found.today.isoformat() == "2026-11-22"


def test_the_configuration_next_to_the_file_counts(
    fake: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.jsonl").write_text("")
    (tmp_path / "data" / "ftlint.toml").write_text('model = "near"')
    main(["check", "data/train.jsonl", "--offline"])
    assert fake.settings.model == "near"
    main(["check", "data/train.jsonl", "--offline", "--isolated"])
    assert fake.settings.model is None
    main(["check", "data/train.jsonl", "--offline", "--config", "model=given"])
    assert fake.settings.model == "given"
    monkeypatch.setenv("FTLINT_TODAY", "2027-01-01")
    main(["check", "data/train.jsonl", "--offline"])
    assert fake.settings.today.isoformat() == "2027-01-01"


def test_standard_input_has_a_name(
    fake: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}\n\xff")))
    inside = replace(ROLE, path="<stdin>", related=(replace(ROLE.related[0], path="<stdin>"),))
    fake.report = report(inside, files=(replace(FILE, path="<stdin>"),))
    assert main(["check", "-", "--stdin-filename", "in\x1b.jsonl", "--offline", "--output-format", "json"]) == 1
    tree = json.loads(capsys.readouterr().out)
    assert fake.stdin == b"{}\n\xff"
    assert fake.files == [("-", Role.TRAIN)]
    names = [tree["files"][0]["path"], tree["findings"][0]["path"], tree["findings"][0]["related"][0]["path"]]
    assert names == ["in\\x1b.jsonl"] * 3


def test_reports_in_files(fake: Engine, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    fake.report = report(ROLE, FLAGGED)
    arguments = ["-o", "out.json", "--also", "concise=out.txt", "--also", "full=full.txt"]
    assert main(["check", "train.jsonl", "--offline", *arguments]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "verdict: findings" in err
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["error"] == 2
    assert (tmp_path / "out.txt").read_text().count("\n") == 2
    full = (tmp_path / "full.txt").read_text()
    assert full.splitlines()[-1] == "✗ findings: 2 errors; the gate is closed"
    assert "SOMETHING" not in full
    main(["check", "train.jsonl", "--offline", "--show-text", *arguments])
    assert "SOMETHING" in (tmp_path / "full.txt").read_text()


def test_flagged_text_is_shown_on_a_terminal_and_not_in_ci(
    fake: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch)
    fake.report = report(FLAGGED)
    main(["check", "train.jsonl", "--offline"])
    assert "SOMETHING" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    main(["check", "train.jsonl", "--offline"])
    assert "SOMETHING" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no file is named"),
        (["missing.jsonl"], "cannot read missing.jsonl: no such file or directory"),
        (["."], ". is a folder"),
        (["train.jsonl", "train.jsonl"], "a file is named twice"),
        (["-", "--validation", "-"], "standard input can be read once only"),
        (["train.jsonl", "--offline", "--online"], "exclude each other"),
        (["train.jsonl", "--output-format", "jsn"], "there is no output format `jsn`"),
        (["train.jsonl", "-o", "train.jsonl"], "is a file that is read"),
        (["train.jsonl", "-o", "no/out"], "folder that does not exist"),
        (["train.jsonl", "--also", "json"], "--also takes FORMAT=FILE"),
        (["train.jsonl", "--tier", "9"], "`tier` must be"),
        (["train.jsonl", "--base-url", "ftp://x"], "`services.moderator.base-url` must be"),
        (["train.jsonl", "--today", "x"], "--today is not a date"),
        (["train.jsonl", "--config", "x=1"], "unknown key `x`"),
        (["train.jsonl", "--online"], "--online needs a key: OPENAI_API_KEY is not set"),
    ],
)
def test_what_is_refused_before_any_work(
    fake: Engine, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["check", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err.splitlines()[0]
    assert len(err.splitlines()) <= 2
    assert fake.files is None


def test_force_exclude(fake: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ftlint.toml").write_text('exclude = ["valid.jsonl"]')
    main(["check", "train.jsonl", "valid.jsonl", "--offline"])
    assert len(fake.files) == 2
    main(["check", "train.jsonl", "valid.jsonl", "--offline", "--force-exclude"])
    assert fake.files == [(Path("train.jsonl"), Role.TRAIN)]
    capsys.readouterr()
    assert main(["check", "valid.jsonl", "--offline", "--force-exclude"]) == 0
    assert capsys.readouterr() == ("", "")


def test_findings_are_printed_before_moderation_and_only_once(
    fake: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.report = report(ROLE)
    seen: list[str] = []

    def moderated(before: Report, *_: Any) -> Report:
        seen.append(capsys.readouterr().out)
        return replace(before, findings=(ROLE, FLAGGED), moderation=COMPLETE)

    monkeypatch.setattr("ftlint.cli.session.moderated", moderated)
    assert main(["check", "train.jsonl"]) == 1
    assert seen == ["data/train.jsonl:118:693: FT114 unknown role `asistant` [*]\n"]
    assert capsys.readouterr().out == "data/train.jsonl:21:57: FT901 flagged: harassment/threatening 0.94\n"


def test_frames_wait_for_moderation_where_flagged_text_must_not_be_shown(
    fake: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour = replace(ROLE, line=21, frame=FLAGGED.frame and replace(FLAGGED.frame, hidden=False))
    fake.report = report(neighbour)
    monkeypatch.setattr(
        "ftlint.cli.session.moderated", lambda before, *_: replace(before, findings=(neighbour, FLAGGED))
    )
    main(["check", "train.jsonl", "--output-format", "full"])
    assert "SOMETHING" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("stop", "code", "reason"),
    [
        (ServiceFailed("the key is wrong"), 3, "the key is wrong"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_a_pass_that_ends_early_still_leaves_a_report(
    fake: Engine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    stop: BaseException,
    code: int,
    reason: str,
) -> None:
    def moderated(*_: Any) -> Report:
        raise stop

    monkeypatch.setattr("ftlint.cli.session.moderated", moderated)
    fake.report = report(ROLE)
    assert main(["check", "train.jsonl", "--also", "json=out.json"]) == code
    tree = json.loads((tmp_path / "out.json").read_text())
    assert (tree["verdict"], tree["moderation"]["status"], tree["moderation"]["reason"]) == (
        "incomplete",
        "partial",
        reason,
    )
    assert tree["moderation"]["coverage"] == 0
    err = capsys.readouterr().err
    assert "verdict: incomplete" in err
    if code == 130:
        assert err.endswith("help: ftlint check train.jsonl --also json=out.json\n")


def test_an_interrupted_pass_says_how_far_it_came() -> None:
    partial = replace(COMPLETE, status="partial", coverage=0.5, reason="interrupted")
    known = replace(report(ROLE), moderation=partial, verdict=Verdict.INCOMPLETE)
    assert moderate.interrupted(report(ROLE), Stopped(known)) == known
    early = moderate.interrupted(report(ROLE), KeyboardInterrupt())
    assert (early.moderation.status, early.verdict) == ("partial", Verdict.INCOMPLETE)


def test_the_command_to_run_again_keeps_the_options(
    fake: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch)
    main(["check", "train.jsonl", "--offline", "--model", "m", "--color", "never"])
    assert "next: ftlint check train.jsonl --model m --color never --online\n" in capsys.readouterr().out


def test_an_address_from_a_configuration_file_is_sent_nothing_unasked(
    fake: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    service = '[services.moderator]\nbase_url = "https://elsewhere.example/v1"\n'
    (tmp_path / "ftlint.toml").write_text(service + 'api_key_env = "OPENAI_API_KEY"\n')
    assert main(["check", "train.jsonl"]) == 0
    assert "the configuration file names elsewhere.example; --online sends the texts there" in capsys.readouterr().err
    (tmp_path / "ftlint.toml").write_text(service)
    assert main(["check", "train.jsonl", "--online"]) == 2
    assert "no api_key_env" in capsys.readouterr().err


def test_one_file_under_two_names_is_named_twice(
    fake: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "train.jsonl")
    for other in ("./train.jsonl", str(tmp_path / "train.jsonl"), "link.jsonl"):
        assert main(["check", "train.jsonl", other, "--offline"]) == 2
        assert "a file is named twice" in capsys.readouterr().err


def test_no_report_is_written_over_a_file_that_is_read(
    fake: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "benchmark.jsonl").write_text("{}")
    (tmp_path / "ftlint.toml").write_text("select = ['ALL']")
    for name in ("benchmark.jsonl", "ftlint.toml"):
        before = (tmp_path / name).read_text()
        assert main(["check", "train.jsonl", "--against", "benchmark.jsonl", "--offline", "-o", name]) == 2
        assert "is a file that is read" in capsys.readouterr().err
        assert (tmp_path / name).read_text() == before
