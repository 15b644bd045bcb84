"""The one error handler, lazy commands, and what the terminal shows when something goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ftlint import __version__
from ftlint.cli import COMMANDS, LazyGroup, cli, main
from ftlint.errors import JobRefused


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that fails in the way its argument says."""

    @click.command("fail")
    @click.argument("how")
    def fail(how: str) -> int:
        if how == "refused":
            raise JobRefused("the job \x1b[31m failed", "try \u202eagain")
        if how == "interrupt":
            raise KeyboardInterrupt
        if how == "crash":
            secret = "the user's own words"
            raise ValueError(secret) from KeyError("more of the user's words")
        return 7

    monkeypatch.setattr(sys.modules[__name__], "fail_command", fail, raising=False)
    monkeypatch.setitem(COMMANDS, "fail", (f"{__name__}:fail_command", "Fail."))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ftlint", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_help_lists_every_command_without_importing_one() -> None:
    script = (
        "import sys; from ftlint.cli import main; main(['--help'])\n"
        "print(sorted(name for name in sys.modules if name.startswith('ftlint.cli.')))\n"
        "print(sorted({'openai', 'datasets', 'tiktoken', 'rich', 'jsonschema', 'orjson'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.endswith("[]\n[]\n")
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_short_help_is_the_commands_own(name: str) -> None:
    group = LazyGroup()
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.short_help == COMMANDS[name][1]
    assert command.name == name


def test_the_exit_code_is_what_the_command_returns(failing: None) -> None:
    assert main(["fail", "not"]) == 7


def test_an_error_is_one_line_and_a_remedy_and_inert(failing: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fail", "refused"]) == 4
    assert capsys.readouterr() == ("", "error: the job \\x1b[31m failed\nhelp: try \\u202eagain\n")


def test_an_interrupt_is_130(failing: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fail", "interrupt"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_defect_leaves_a_log_without_anybodys_words(
    failing: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["fail", "crash"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: this is a defect of ftlint (ValueError)\nhelp: where it happened is in ")
    assert "Traceback" not in err
    logs = list(tmp_path.rglob("ftlint-error-*.log"))
    assert len(logs) == 1
    assert str(logs[0]) in err
    log = logs[0].read_text(encoding="utf-8")
    assert "words" not in log.replace('raise KeyError("more of the user\'s words")', "").replace(
        'secret = "the user\'s own words"', ""
    ).replace('raise ValueError(secret) from KeyError("more of the user\'s words")', "")
    assert "builtins.ValueError" in log
    assert "builtins.KeyError" in log
    assert "in fail" in log
    assert f"ftlint {__version__}" in log


def test_a_defect_shows_its_traceback_on_request(failing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTLINT_DEBUG", "1")
    with pytest.raises(ValueError, match="own words"):
        main(["fail", "crash"])


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["chek"], "there is no command `chek`", "did you mean `check`?"),
        (["zzz"], "there is no command `zzz`", "the commands are check, fix,"),
        (["check", "--offlin"], "no such option", "ftlint check --help"),
        (["--nothing"], "no such option", "ftlint --help"),
        (["check", "--format", "x", "a"], "invalid value for '--format'", "ftlint check --help"),
        (["check"], "no file is named", "ftlint check train.jsonl"),
        (["rule", "FT1144"], "there is no rule `FT1144`", "did you mean `FT114`?"),
        (["run"], "name a run file", "ftlint run run.toml"),
    ],
)
def test_mistakes_on_the_command_line(
    arguments: list[str], error: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith(f"error: {error}")
    assert second.startswith(f"help: {hint}")


def test_a_bare_ftlint_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Commands:" in capsys.readouterr().err


def test_version_and_help_are_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"ftlint {__version__}\n"
    assert main(["check", "-h"]) == 0


def test_the_module_is_the_command() -> None:
    done = run("chek")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == "error: there is no command `chek`"


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ftlint", "rule", "--all"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_output_that_the_terminal_cannot_encode_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert run("日本").stderr.startswith("error: there is no command `\\u65e5\\u672c`")


def test_the_group_is_named() -> None:
    assert isinstance(cli, LazyGroup)


@pytest.mark.parametrize("amount", ["nan", "inf", "-inf", "1e999", "-1", "five"])
@pytest.mark.parametrize("command", [("accept", "x.jsonl", "--max-score"), ("cache", "prune", "--days")])
def test_a_number_is_an_amount(command: tuple[str, ...], amount: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, amount]) == 2
    assert command[-1] in capsys.readouterr().err


@pytest.mark.parametrize(("given", "kept"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_one_command_asks_for_no_further_threads(given: dict[str, str], kept: str) -> None:
    script = "import os, sys; from ftlint.cli import main; main(); print(os.environ['OPENBLAS_NUM_THREADS'])"
    environ = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"} | given
    command = [sys.executable, "-c", script, "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environ)
    assert done.stdout.splitlines()[-1] == kept
