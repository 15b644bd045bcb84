"""``ftlint fix``, ``accept``, ``config``, ``init`` and ``--statistics``: files, streams and exit codes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from conftest import chat
from ftlint import accept
from ftlint.cli import fix as fix_command
from ftlint.cli import main
from ftlint.run.load import load_spec
from ftlint.run.training import grader_fields

ROWS = [chat(f"How do I write to you about order {n}?", f"Write to desk{n}@widgets-of-kyoto.jp.") for n in range(12)]
LINES = [json.dumps(row).encode() for row in ROWS]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FTLINT_DEBUG", "1")
    monkeypatch.setenv("FTLINT_TODAY", "2026-11-22")
    Path("train.jsonl").write_bytes(b"\n".join(LINES) + b"\n")


def run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    assert main(list(arguments)) == code
    out, err = capsys.readouterr()
    return out, err


def test_a_file_is_mended_in_place_and_keeps_its_mode(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("train.jsonl")
    good = path.read_bytes()
    path.write_bytes(good.replace(b"\n", b"\r\n") + b"\r\n" + LINES[0].replace(b"assistant", b"asistant") + b"\n")
    path.chmod(0o640)
    out, _ = run(capsys, "fix", "train.jsonl")
    assert out == "fixed 2 findings in 1 file (FT008 1, FT009 1); 1 more with --unsafe-fixes\n"
    assert path.read_bytes() == good + LINES[0].replace(b"assistant", b"asistant") + b"\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    out, _ = run(capsys, "fix", "--unsafe-fixes", "train.jsonl")
    assert out == "fixed 2 findings in 1 file (FT114 1, FT501 1)\n"
    assert path.read_bytes() == good
    assert run(capsys, "fix", "--unsafe-fixes", "train.jsonl")[0] == "fixed 0 findings\n"
    assert [entry.name for entry in Path().iterdir()] == ["train.jsonl"]


def test_a_diff_changes_nothing_and_masks_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("train.jsonl")
    damaged = path.read_bytes().replace(
        b'"assistant", "content": "Write to desk3', b'"asistant", "content": "\\u001b[31m desk3'
    )
    path.write_bytes(damaged + b"\x1b\n")
    out, err = run(capsys, "fix", "--diff", "--unsafe-fixes", "train.jsonl", code=1)
    assert path.read_bytes() == damaged + b"\x1b\n"
    assert "train.jsonl:4: FT114\n- …" in out
    assert "+ …" in out
    assert "widgets" not in out
    assert "\x1b" not in out
    assert err.startswith("would fix 1 finding in 1 file")
    assert run(capsys, "fix", "--diff", "train.jsonl")[0] == ""


def test_the_result_can_go_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("train.jsonl").read_bytes() + b"\n"
    Path("train.jsonl").write_bytes(before)
    run(capsys, "fix", "train.jsonl", "-o", "mended.jsonl")
    assert Path("mended.jsonl").read_bytes() == before[:-1]
    assert Path("train.jsonl").read_bytes() == before


def test_a_file_that_changed_meanwhile_is_not_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("train.jsonl")
    path.write_bytes(path.read_bytes() + b"\n")
    real = fix_command._replace

    def late(*arguments: object) -> None:
        path.write_bytes(b"other bytes\n")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fix_command, "_replace", late)
    _, err = run(capsys, "fix", "train.jsonl", code=2)
    assert err.startswith("error: train.jsonl changed while it was mended")
    assert path.read_bytes() == b"other bytes\n"
    assert [entry.name for entry in Path().iterdir()] == ["train.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["fix"], "no file is named"),
        (["fix", "-"], "standard input cannot be mended"),
        (["fix", "missing.jsonl"], "missing.jsonl does not exist"),
        (["fix", "train.jsonl", "./train.jsonl"], "a file is named twice"),
        (["fix", "train.jsonl", "-o", "no/where.jsonl"], "cannot write no/where.jsonl"),
        (["accept", "train.jsonl", "--reason", "x"], "neither a hash nor a rule"),
        (["accept", "train.jsonl", "--rule", "ALL", "--reason", "x"], "there is no rule `ALL`"),
        (["accept", "train.jsonl", "--rule", "FT701"], "an acceptance needs a reason"),
        (["accept", "train.jsonl", "--rule", "FT902", "--reason", "x"], "FT902 is found by moderation"),
        (["accept", "train.jsonl", "--rule", "FT019", "--reason", "x"], "FT019 cannot be accepted"),
        (["accept", "train.jsonl", "0123456789", "--reason", "x"], "no finding has the hash 0123456789"),
        (["accept", "--rule", "FT701", "--reason", "x"], "no file is named"),
        (["check", "train.jsonl", "--statistics", "--output-format", "sarif"], "--statistics has no format"),
        (["config", "modl"], "there is no setting `modl`"),
        (["init", "nowhere"], "nowhere is not a folder"),
    ],
)
def test_mistakes_are_told_and_change_nothing(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path("train.jsonl").read_bytes()
    _, err = run(capsys, *arguments, code=2)
    assert err.startswith(f"error: {told}")
    assert Path("train.jsonl").read_bytes() == before
    assert not Path(accept.NAME).exists()


def test_a_rule_is_accepted_in_bulk_shown_and_pruned(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = run(capsys, "accept", "--rule", "email-address", "--reason", "our desk", "train.jsonl", "--dry-run")
    assert "would accept 12 findings (FT701 12)" in out
    assert not Path(accept.NAME).exists()
    run(capsys, "accept", "--rule", "FT701", "--reason", "our desk", "train.jsonl")
    check = ("check", "--offline", "train.jsonl", "--select", "FT0,FT7")
    assert run(capsys, *check)[0] == ""
    assert run(capsys, *check, "--no-accepted", code=1)[0].count("FT701") == 12
    assert "accepted 0 findings" in run(capsys, "accept", "--rule", "FT701", "--reason", "x", "train.jsonl")[0]
    Path("train.jsonl").write_bytes(b"\n".join(LINES[2:]) + b"\n")
    assert run(capsys, *check, code=1)[0].count("FT019") == 2
    assert "would remove 2 acceptances, 10 kept" in run(capsys, "accept", "--prune", "--dry-run")[0]
    assert "removed 2 acceptances, 10 kept" in run(capsys, "accept", "--prune", "train.jsonl")[0]
    assert run(capsys, *check)[0] == ""


def test_one_example_is_accepted_by_the_start_of_its_hash(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = run(capsys, "check", "--offline", "train.jsonl", "--output-format", "json", code=1)
    digest = next(one["content_sha256"] for one in json.loads(out)["findings"] if one["code"] == "FT701")
    run(capsys, "accept", digest[:12], "--reason", "seen", "--expires", "2027-01-31", "train.jsonl")
    (entry,) = (one for one in accept.load(Path(accept.NAME)).entries if one.rule == "FT701")
    assert (entry.sha256, entry.reason, str(entry.expires)) == (digest, "seen", "2027-01-31")


def test_a_saved_report_is_accepted_unless_its_file_has_changed(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "check", "--offline", "train.jsonl", "-o", "report.json", code=1)
    arguments = ("accept", "--rule", "FT701", "--reason", "seen", "--report", "report.json")
    assert "accepted 12 findings" in run(capsys, *arguments)[0]
    Path("train.jsonl").write_bytes(b"{}\n")
    assert "train.jsonl has changed since report.json" in run(capsys, *arguments, code=2)[1]


def test_statistics_are_counts_in_place_of_findings(capsys: pytest.CaptureFixture[str]) -> None:
    check = ("check", "--offline", "train.jsonl", "--select", "FT7", "--statistics")
    assert run(capsys, *check, code=1)[0] == "12  FT701  warning  email-address\n"
    (row,) = json.loads(run(capsys, *check, "--output-format", "json", code=1)[0])
    assert row == {"code": "FT701", "name": "email-address", "level": "warning", "count": 12, "fix": None}


def test_each_setting_with_its_origin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("ftlint.toml").write_text('provider = "azure"\n[per-file]\n"a*.jsonl" = ["FT701"]\n', encoding="utf-8")
    monkeypatch.setenv("FTLINT_TIER", "3")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    out, _ = run(capsys, "config", "--config", "fail-on=error")
    assert f'provider = "azure"  ({tmp_path / "ftlint.toml"})\n' in out
    assert 'tier = "3"  (FTLINT_TIER)\n' in out
    assert 'fail-on = "error"  (--config fail-on)\n' in out
    assert 'select = ["ALL"]  (default)\n' in out
    assert "sk-secret" not in out
    (row,) = json.loads(run(capsys, "config", "per-file", "--output-format", "json")[0])
    assert (row["key"], row["value"]) == ("per-file.a*.jsonl", ["FT701"])


def test_rules_left_out_for_some_files_by_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    Path("ftlint.toml").write_text('[per-file]\n"tr*.jsonl" = ["FT7"]\n', encoding="utf-8")
    assert run(capsys, "check", "--offline", "train.jsonl", "--select", "FT7")[0] == ""
    Path("ftlint.toml").write_text('[per-file]\n"tr*.jsonl" = ["FT7xx"]\n', encoding="utf-8")
    assert "there is no rule `FT7xx`" in run(capsys, "check", "--offline", "train.jsonl", code=2)[1]


def test_init_writes_what_loads_and_writes_nothing_over(capsys: pytest.CaptureFixture[str]) -> None:
    Path("data").mkdir()
    Path("train.jsonl").rename("data/train.jsonl")
    Path("data/validation.jsonl").write_bytes(b"\n".join(LINES[:3]) + b"\n")
    Path("data/notes.jsonl").write_text('{"note": 1}\n')
    out, _ = run(capsys, "init", "--dry-run")
    assert "training: data/train.jsonl (chat)\nvalidation: data/validation.jsonl (chat)\n" in out
    assert sorted(entry.name for entry in Path().iterdir()) == ["data"]
    run(capsys, "init")
    spec = load_spec(Path("run.toml"))
    assert (spec.dataset.train, spec.dataset.validation) == (Path("data/train.jsonl"), Path("data/validation.jsonl"))
    run(capsys, "config")
    assert "entry: ftlint check --offline" in Path(".pre-commit-config.yaml").read_text()
    Path("ftlint.toml").write_text("# mine\n")
    out, _ = run(capsys, "init")
    assert out.count("exists and is left alone") == 3
    assert Path("ftlint.toml").read_text() == "# mine\n"


@pytest.mark.parametrize("method", ["dpo", "reinforcement"])
def test_init_writes_a_run_of_every_method(capsys: pytest.CaptureFixture[str], method: str) -> None:
    def made(n: int) -> dict[str, object]:
        asked = [{"role": "user", "content": f"What is {n} plus {n}?"}]
        if method == "reinforcement":
            return {"messages": asked, "answer": 2 * n}
        good, bad = ([{"role": "assistant", "content": text}] for text in (f"It is {2 * n}.", "No idea."))
        return {"input": {"messages": asked}, "preferred_output": good, "non_preferred_output": bad}

    for name, start in (("train.jsonl", 0), ("validation.jsonl", 10)):
        Path(name).write_text("".join(json.dumps(made(n)) + "\n" for n in range(start, start + 10)))
    run(capsys, "init", "--model", "gpt-4.1-2025-04-14")
    spec = load_spec(Path("run.toml"))
    assert spec.train.method == method
    if method == "reinforcement":
        assert spec.evaluate.reference == "answer"
        assert grader_fields(spec.train.grader) == ("answer",)


def test_init_hides_no_settings_of_a_pyproject_and_quotes_the_next_command(capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.jsonl").rename("my train.jsonl")
    Path("pyproject.toml").write_text('[project]\nname = "x"\n')
    assert "ftlint.toml: would be written" in run(capsys, "init", "--dry-run")[0]
    Path("pyproject.toml").write_text('[tool.ftlint]\nfail-on = "error"\n')
    out, _ = run(capsys, "init")
    assert "no ftlint.toml: the settings stand in pyproject.toml" in out
    assert out.endswith("next: ftlint check 'my train.jsonl'\n")
    assert not Path("ftlint.toml").exists()


def test_init_in_an_empty_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.jsonl").unlink()
    out, _ = run(capsys, "init")
    assert out.startswith("no training file here")
    assert not Path("run.toml").exists()
