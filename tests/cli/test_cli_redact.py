"""``ftlint fix --redact``: another file, whole or not at all; what has to stay is told; no value is shown anywhere."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from conftest import chat
from ftlint.cli import main
from ftlint.run.files import sha256_file

MAIL = "kim.larsen@hallgarten-optik.com"
PHONE = "(415) 867-5309"
PASSWORD = "Vk8mtQ2xWz"
ROWS = [
    chat(f"How do I write to {MAIL}?", f"Write to {MAIL.upper()}, or call {PHONE}."),
    chat("How many legs does a spider have?", "A spider has eight legs."),
    chat("How do I log in?", f"the password is {PASSWORD} today"),
]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FTLINT_DEBUG", "1")
    monkeypatch.setenv("FTLINT_TODAY", "2026-11-22")
    Path("train.jsonl").write_bytes(b"".join(json.dumps(row).encode() + b"\n" for row in ROWS))


def run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    assert main(["fix", *arguments]) == code
    out, err = capsys.readouterr()
    for value in (MAIL, MAIL.upper(), PHONE, PASSWORD):
        assert value not in out + err
    return out, err


def test_a_copy_without_values(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("train.jsonl")
    before = path.read_bytes()
    path.chmod(0o640)
    out, err = run(capsys, "train.jsonl", "--redact", "pii", "-o", "redacted.jsonl")
    assert out.splitlines() == [
        "redacted.jsonl: 4 values replaced in 2 rows",
        "  EMAIL              2  (1 distinct)",
        "  PASSWORD           1  (1 distinct)",
        "  PHONE              1  (1 distinct)",
    ]
    assert err == ""
    lines = Path("redacted.jsonl").read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == [
        chat("How do I write to [EMAIL_1]?", "Write to [EMAIL_1], or call [PHONE_1]."),
        ROWS[1],
        chat("How do I log in?", "the password is [PASSWORD_1] today"),
    ]
    assert path.read_bytes() == before
    assert stat.S_IMODE(Path("redacted.jsonl").stat().st_mode) == 0o640
    assert {entry.name for entry in Path().iterdir()} == {"train.jsonl", "redacted.jsonl"}
    for name, found in (("train.jsonl", 1), ("redacted.jsonl", 0)):
        assert main(["check", name, "--isolated", "--select", "FT7", "--fail-on", "info"]) == found
    capsys.readouterr()


@pytest.mark.parametrize(
    ("what", "gone"),
    [
        ("secrets", [PASSWORD]),
        ("FT723", [PASSWORD]),
        ("email-address,FT702", [MAIL, PHONE]),
        ("secrets, FT701", [MAIL, PASSWORD]),
        ("FT70", [MAIL, PHONE]),
        ("PII", [MAIL, PHONE, PASSWORD]),
    ],
)
def test_what_is_replaced_can_be_chosen(what: str, gone: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "train.jsonl", "--redact", what, "-o", "redacted.jsonl")
    content = Path("redacted.jsonl").read_text(encoding="utf-8")
    assert [value for value in (MAIL, PHONE, PASSWORD) if value not in content] == gone


def test_settings_and_acceptances_hide_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("ftlint.toml").write_text('ignore = ["FT7"]\n[per-file]\n"*.jsonl" = ["FT7"]\n', encoding="utf-8")
    run(capsys, "train.jsonl", "--redact", "pii", "-o", "redacted.jsonl")
    assert MAIL not in Path("redacted.jsonl").read_text(encoding="utf-8")


def test_what_has_to_stay_is_told_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("train.jsonl")
    broken = json.dumps(ROWS[0]).encode()[:-9]
    path.write_bytes(path.read_bytes() + json.dumps({**ROWS[1], MAIL: 1}).encode() + b"\n" + broken + b"\n")
    _, err = run(capsys, "train.jsonl", "--redact", "pii", "-o", "redacted.jsonl", code=1)
    assert err.splitlines() == [
        "train.jsonl:4: FT701 stays at $: a key cannot be changed",
        "train.jsonl:5: the line cannot be read, and is copied as it is",
        "help: mend 2 places by hand, and run the command again",
    ]
    assert Path("redacted.jsonl").read_bytes().splitlines()[4] == broken


def test_nothing_is_written_when_the_file_changes_meanwhile(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("train.jsonl")

    def changed(named: Path) -> tuple[str, int]:
        with path.open("ab") as out:
            out.write(b"{}\n")
        return sha256_file(named)

    monkeypatch.setattr("ftlint.run.files.sha256_file", changed)
    _, err = run(capsys, "train.jsonl", "--redact", "pii", "-o", "redacted.jsonl", code=2)
    assert "changed while it was read; nothing was written" in err
    assert [entry.name for entry in Path().iterdir()] == ["train.jsonl"]


def test_a_file_that_is_no_jsonl(capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.jsonl").write_bytes(b"\x1f\x8b\x08\x00rest")
    assert "is no JSONL file" in run(capsys, "train.jsonl", "--redact", "pii", "-o", "a.jsonl", code=2)[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train.jsonl", "--redact", "pii"], "never in place: name --output"),
        (["train.jsonl", "--redact", "pii", "-o", "train.jsonl"], "never writes in place"),
        (["train.jsonl", "--redact", "pii", "-o", "link.jsonl"], "never writes in place"),
        (["train.jsonl", "--redact", "pii", "-o", "no/a.jsonl"], "a folder, or in one that does not exist"),
        (["train.jsonl", "--redact", "pii", "-o", "."], "a folder, or in one that does not exist"),
        (["train.jsonl", "--redact", "pii", "-o", "a", "--diff"], "does nothing else"),
        (["train.jsonl", "--redact", "pii", "-o", "a", "--unsafe-fixes"], "does nothing else"),
        (["train.jsonl", "--redact", "pii", "-o", "a", "--select", "FT701"], "does nothing else"),
        (["train.jsonl", "--redact", "pii", "-o", "a", "--drop", "flagged"], "two steps"),
        (["train.jsonl", "b.jsonl", "--redact", "pii", "-o", "a"], "takes one file"),
        (["-", "--redact", "pii", "-o", "a"], "takes one file"),
        (["--redact", "pii", "-o", "a"], "takes one file"),
        (["gone.jsonl", "--redact", "pii", "-o", "a"], "there is no file gone.jsonl"),
        (["train.jsonl", "--redact", "FT709", "-o", "a"], "names are not replaced"),
        (["train.jsonl", "--redact", "FT501", "-o", "a"], "cannot replace what FT501 finds"),
        (["train.jsonl", "--redact", "pi", "-o", "a"], "there is no rule `pi`"),
        (["train.jsonl", "--redact", "", "-o", "a"], "names nothing"),
    ],
)
def test_what_does_not_go_together(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("link.jsonl").symlink_to("train.jsonl")
    before = Path("train.jsonl").read_bytes()
    assert words in run(capsys, *arguments, code=2)[1]
    assert Path("train.jsonl").read_bytes() == before
    assert {entry.name for entry in Path().iterdir()} == {"train.jsonl", "link.jsonl"}
