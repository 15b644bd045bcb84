"""The command over real files with the real engine, in processes of its own, and against the sandbox."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import FIXTURES, chat
from ftlint.cli import main
from ftlint.sandbox import launch

CLEAN = FIXTURES / "clean"


def run(*arguments: str | Path, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return subprocess.run(
        [sys.executable, "-m", "ftlint", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
        env=environment | {"FTLINT_TODAY": "2026-11-22", **variables},
    )


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Twelve clean examples in a folder of their own."""
    path = tmp_path / "train.jsonl"
    made = [chat(f"How many legs do {n} spiders have?", f"{n} spiders have {8 * n} legs in all.") for n in range(2, 14)]
    path.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(path.name for path in CLEAN.glob("*.jsonl")))
def test_clean_fixtures_are_clean_on_the_hooks_own_terms(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", "--offline", "--no-tokens", "--force-exclude", "--isolated", str(CLEAN / name)]
    code = main([*arguments, "--today", "2026-11-22", "--ignore", "FT401"])
    assert (code, capsys.readouterr().out) == (0, "")


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 99, "{}".encode("utf-16"), b"\xff\xfe\x00", b"{\n", b"\x1b]0;x\x07\n", b"\x89PNG\r\n"]
)
def test_bytes_that_were_read_always_give_a_report(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)
    assert (
        main(["check", str(path), "--offline", "--today", "2026-11-22", "--also", f"json={tmp_path / 'o.json'}"]) == 1
    )
    out, err = capsys.readouterr()
    assert out.startswith(f"{path}")
    assert "verdict: findings" in err
    assert "\x1b" not in out + err
    assert json.loads((tmp_path / "o.json").read_text(encoding="utf-8"))["verdict"] == "findings"


def test_standard_input(rows: Path) -> None:
    content = rows.read_bytes().replace(b'"role": "user"', b'"role": "usr"', 1)
    done = run("check", "-", "--stdin-filename", "in.jsonl", "--offline", stdin=content)
    assert done.returncode == 1
    assert done.stdout.startswith(b"in.jsonl:1:")
    assert b" FT114 " in done.stdout


def test_a_clean_file_and_a_closed_pipe(rows: Path) -> None:
    done = run("check", rows, "--offline", "--output-format", "full")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines()[-1] == (
        "✓ offline-clean: nothing at or above `warning`; moderation not run"
    )
    rows.write_text("{\n" * 50_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "ftlint", "check", str(rows), "--offline"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait(120) == 1
    assert b"Traceback" not in error
    assert b"BrokenPipe" not in error


def test_an_encoding_without_our_drawings_gets_ascii(rows: Path) -> None:
    rows.write_text(
        json.dumps(chat("質問", "答え"), ensure_ascii=False).replace("user", "ユーザー") + "\n", encoding="utf-8"
    )
    done = run("check", rows, "--offline", "--output-format", "full", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert done.stdout.isascii()
    assert b"\\u30e6\\u30fc\\u30b6\\u30fc" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("variables", [{"PRE_COMMIT": "1"}, {"NO_COLOR": "1"}])
def test_a_terminal_gets_no_animation_from_a_hook_and_no_colour_when_it_wants_none(
    rows: Path, variables: dict[str, str]
) -> None:
    rows.write_text("{\n")
    ours, theirs = os.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", **variables}
    process = subprocess.Popen(
        [sys.executable, "-m", "ftlint", "check", str(rows), "--offline"], stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(120) == 1
    escapes = set(re.findall(rb"\x1b[^m]*.", shown))
    if "NO_COLOR" in variables:
        assert not escapes
    else:
        assert escapes
        assert all(re.fullmatch(rb"\x1b\[[0-9;]*m", escape) for escape in escapes)
    assert "✗ findings" in re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[str]:
    """The address of a sandbox."""
    with launch.start(tmp_path / "sandbox", parent=os.getpid()) as running:
        yield running.base_url


def test_moderation_against_the_sandbox(rows: Path, sandbox: str, tmp_path: Path) -> None:
    """Sent once, then cached; a flagged text closes the gate, and its words are hidden in a pipe."""
    variables = {"OPENAI_API_KEY": "sk-test", "FTLINT_MODERATION_CACHE_DIR": str(tmp_path / "scores")}
    arguments = [
        "check",
        rows,
        "--base-url",
        sandbox,
        "--output-format",
        "full",
        "--also",
        f"json={tmp_path / 'o.json'}",
    ]
    first = run(*arguments, **variables)
    assert first.returncode == 0, first.stderr
    assert re.search(rb"moderation: sending 1[23] texts, .* to 127\.0\.0\.1:\d+; 0 rows hold", first.stderr)
    assert "✓ clean: nothing at or above `warning`, no known blocker" in first.stdout.decode()
    again = run(*arguments, **variables)
    assert b"sending" not in again.stderr
    assert json.loads((tmp_path / "o.json").read_bytes())["moderation"]["requests"] == 0

    bad = json.dumps(
        chat("What did the spider say?", "It said the marker ⟦harassment=0.94⟧ aloud."), ensure_ascii=False
    )
    with rows.open("a", encoding="utf-8") as file:
        file.write(bad + "\n")
    flagged = run(*arguments, **variables)
    out = flagged.stdout.decode()
    assert flagged.returncode == 1
    assert "FT901" in out
    assert "said the marker" not in out
    assert "characters hidden)" in out
    assert "1 likely blocker" in out
    assert b"sk-test" not in flagged.stdout + flagged.stderr + (tmp_path / "o.json").read_bytes()


def test_a_service_that_refuses_the_key_is_exit_3_and_leaves_a_report(rows: Path, tmp_path: Path) -> None:
    fault = {"do": "status", "status": 401, "message": "Incorrect API key provided", "times": None}
    refusing = [{**fault, "match": {"path": "/v1/moderations"}}]
    variables = {"OPENAI_API_KEY": "sk-test", "FTLINT_MODERATION_CACHE_DIR": str(tmp_path / "scores")}
    with launch.start(tmp_path / "sandbox", parent=os.getpid(), faults=refusing) as running:
        done = run("check", rows, "--online", "--base-url", running.base_url, "-o", tmp_path / "o.json", **variables)
    assert done.returncode == 3
    tree = json.loads((tmp_path / "o.json").read_bytes())
    assert (tree["verdict"], tree["moderation"]["status"], tree["moderation"]["coverage"]) == (
        "incomplete",
        "partial",
        0,
    )
    assert "FT909" in tree["summary"]["by_code"]
    assert b"no known blocker" not in done.stderr
    assert b"verdict: incomplete" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes and descriptors")
def test_a_pipe_by_its_name_is_refused_and_never_clean(rows: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    for arguments in (["check", pipe], ["check", rows, "--validation", pipe], ["check", "/dev/zero"]):
        done = run(*arguments, "--offline")
        assert done.returncode == 2
        assert b"which cannot be read twice\nhelp: " in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX descriptors")
@pytest.mark.parametrize(("closed", "code", "words"), [("<&-", 2, b"standard input is closed"), (">&-", 0, b"")])
def test_closed_streams_are_no_defect(rows: Path, closed: str, code: int, words: bytes) -> None:
    path = "-" if closed == "<&-" else shlex.quote(str(rows))
    command = f"{shlex.quote(sys.executable)} -m ftlint check {path} --offline {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, timeout=120)
    assert done.returncode == code
    assert words in done.stderr
    assert b"defect" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_cannot_be_written_is_said() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ftlint", "rule"], stdout=full, stderr=subprocess.PIPE, check=False, timeout=120
        )
    assert (done.returncode, done.stderr) == (2, b"error: cannot write to standard output: no space left on device\n")


def test_json_is_json_in_any_encoding(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(json.dumps({"messages": [{"role": "😀語", "content": "x"}]}) + "\n", encoding="utf-8")
    done = run("check", path, "--offline", "--output-format", "json", PYTHONIOENCODING="ascii")
    assert any("😀語" in finding["message"] for finding in json.loads(done.stdout.decode("ascii"))["findings"])


@pytest.mark.skipif(sys.platform == "win32", reason="such names do not exist there")
def test_the_name_of_a_file_is_no_workflow_command(rows: Path) -> None:
    name = "::error ::x ##[error]y.jsonl"
    (rows.parent / name).write_text('{"messages": [{"role": "usr", "content": "x"}]}\n')
    for fmt in ("concise", "full", "markdown"):
        done = subprocess.run(
            [sys.executable, "-m", "ftlint", "check", name, "--offline", "--output-format", fmt],
            cwd=rows.parent, capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 1
        for line in (done.stdout + done.stderr).decode().splitlines():
            assert not line.lstrip().startswith("::")
            assert "##[" not in line
