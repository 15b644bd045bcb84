"""Nothing of anybody's data or of a key comes out: every format, every rule's findings, and what is moderated."""

from __future__ import annotations

import base64
import dataclasses
import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from conftest import chat
from ftlint import engine
from ftlint.cli import main
from ftlint.model import Report, Role
from ftlint.preflight import _mask
from ftlint.privacy.row import mask_known
from ftlint.reports import FORMATS, Options, render
from ftlint.services.interface import Score
from ftlint.settings import ModerationSettings, Settings
from privacy.drawn import KEYS, drawn, jwt, pem

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
PLANTED = {
    "email": ("mail {} please", "jonathan.quimby@megacorp-widgets.co.uk"),
    "phone": ("call {} please", "(212) 736-5093"),
    "phone wide": ("電話は{}です", "０３－５２８７－４１９６"),
    "card": ("my card is {} ok", "5425 2334 3010 7725"),
    "card wide": ("カードは{}です", "５４２５－２３３４－３０１０－７７２５"),
    "iban": ("pay to {} now", "NL91 ABNA 0417 1643 00"),
    "ssn": ("my SSN is {} ok", "427-61-9038"),
    "my number": ("マイナンバーは{}です", "987654321093"),
    "address": ("send to {} please", "917 Quillmore Blvd, Portland, OR 97209"),
    "address ja": ("届け先は{}です", "大阪府吹田市千里山西９丁目４４番６号"),
    "birth": ("I was born on {} there", "May 3, 1988"),
    "birth ja": ("私は{}生まれです", "平成０２年１１月２７日"),
    "ip": ("from the address {} again", "93.184.207.61"),
    "github": ("key {} here", KEYS["github-token"]),
    "openai": ("key {} here", KEYS["openai-project"]),
    "anthropic": ("key {} here", KEYS["anthropic-key"]),
    "slack hook": ("post to {} now", KEYS["slack-webhook"]),
    "pem": ("file {} end", pem("RSA", 20)),
    "url": ("in {} now", "postgres://orders:Hb4wYn8sJd@db.megacorp-widgets.com/orders"),
    "jwt": ("token {} end", jwt(sub="kim", data=drawn(900))),
    "password": ("the password is {} ok", "rX3pGz7yNc"),
}
SHOWN = {"url": "Hb4wYn8sJd"}
"""What is secret of a value, where that is not the whole."""


def user(content: Any, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": content, **more}


def assistant(content: Any = "It is done as you asked.", **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, **more}


def rows(text: str) -> Iterator[Any]:
    """Rows that break a rule of each sort with the text where the rule looks."""
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": json.dumps({"a": text})[:-1]}}
    named = {"id": text, "type": text, "function": {"name": text, "arguments": json.dumps({text: text})}}
    tools = [{"type": "function", "function": {"name": text, "description": text, "parameters": {"type": text}}}]
    yield {"messages": [{"role": text, "content": text}, assistant()]}
    yield {"messages": [user(text, **{text: text}), assistant()], text: text}
    yield {"messages": [user(f"{text} <|endoftext|> {text}"), assistant(f" As an AI language model, {text} ")]}
    yield {"messages": [user([{"type": text, "text": text}]), assistant(weight=text)]}
    yield {"messages": [user("a"), assistant(None, tool_calls=[call])], "tools": tools}
    yield {"messages": [user("b"), assistant(None, tool_calls=[named])]}
    yield {"messages": [user(f"Say: {text}"), assistant(f"{text}")]}
    yield {"messages": [user("Tell me more."), assistant(f"{text}. " * 30)]}
    yield {
        "messages": [user("Tell me less."), assistant(f"[insert {text} here] TODO {text} \ufffd {text} Ã©Ã¨ {text}")]
    }
    yield {"messages": [user("Tell me all."), assistant(f"User: {text}\nAssistant: {text}")]}
    yield {"messages": [user("See."), user([{"type": "image_url", "image_url": {"url": f"data:{text}"}}]), assistant()]}
    yield {"messages": [user("Who?", name=text), {"role": "tool", "tool_call_id": text, "content": text}, assistant()]}
    yield from ({"messages": [user("Same?"), assistant(text)]}, {"messages": [user("Same?"), assistant(text + "!")]})
    yield from ({"messages": [user(text), assistant("x")]}, {"messages": [user(text), assistant("x")]})


def lines(text: str) -> list[str]:
    """The rows as they may be written: as such, and with escapes; and rows that are no JSON."""
    plain = [json.dumps(row, ensure_ascii=False) for row in rows(text)]
    escaped = [json.dumps(row).replace("@", "\\u0040") for row in rows(text)]
    broken = json.dumps(user(text), ensure_ascii=False)
    return [
        *plain,
        *escaped,
        broken[:-1],
        broken + ",",
        "{" + broken,
        f'{{"messages": ["{json.dumps(text)[1:-1]}" "x"]}}',
    ]


def forms(value: str) -> set[str]:
    """What the value looks like when it leaks: itself, in half width, with escapes, in a URL, in base64."""
    core = unicodedata.normalize("NFKC", value)
    found = {value, core, json.dumps(value)[1:-1], quote(value), quote(core)}
    found |= {base64.b64encode(word.encode()).decode().rstrip("=")[:-1] for word in (value, core)}
    for word in (value, core):
        length = max(9, len(word) // 2) if len(word) < 60 else 24
        found |= {word[at : at + length] for at in range(0, max(len(word) - length, 0) + 1, 3)}
    return {word for word in found if "-----" not in word and len(word) > 6}


def report_on(text: str, settings: Settings) -> Report:
    raw = "\n".join(lines(text)) + "\n"
    return engine.check([("-", Role.TRAIN)], settings, stdin=raw.encode())


@pytest.mark.parametrize("name", PLANTED)
def test_nothing_is_in_any_report(name: str, settings: Settings) -> None:
    around, value = PLANTED[name]
    report = report_on(around.replace("{}", value), settings)
    codes = {finding.code for finding in report.findings}
    assert len(codes) > 15, sorted(codes)
    assert any(code.startswith("FT7") for code in codes)
    leaks = forms(SHOWN.get(name, value))
    for output in FORMATS:
        shown = render(report, output, Options(width=200, show_text=True, max_per_rule=0, verbose=True))
        assert shown
        for leak in leaks:
            assert leak not in shown, (output, leak, _near(shown, leak))
    assert not any(leak in repr(report) for leak in leaks)


def _near(shown: str, leak: str) -> str:
    at = shown.index(leak)
    return shown[max(0, at - 300) : at + 200]


@pytest.mark.parametrize("pad", [0, 90, 180, 400, 700])
@pytest.mark.parametrize("name", ["jwt", "pem", "openai", "address ja", "card wide"])
def test_a_frame_that_sees_only_a_piece_shows_nothing_of_it(name: str, pad: int, settings: Settings) -> None:
    """The finding's place is near a long secret, before or behind it, so that the frame cuts it."""
    around, value = PLANTED[name]
    text = around.replace("{}", value)
    made = [chat(f"{text} {'x ' * (pad // 2)}<|endoftext|>{' y' * (pad // 2)} {text}", f"answer {pad}")]
    raw = "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in made for ascii_only in (True, False))
    report = engine.check([("-", Role.TRAIN)], settings, stdin=raw.encode())
    assert "FT304" in {finding.code for finding in report.findings}
    told = repr(report)
    assert not [leak for leak in forms(value) if leak in told]


def test_an_answer_is_masked_where_only_the_question_says_what_it_is(settings: Settings) -> None:
    row = chat("What is your date of birth?", " 3 May 1988")
    padded = chat("What is your date of birth? " + " ", "Well, you see, it is 3 May 1988 <|endoftext|>")
    raw = "".join(json.dumps(made) + "\n" for made in (row, padded))
    report = engine.check([("-", Role.TRAIN)], settings, stdin=raw.encode())
    assert {"FT304", "FT601", "FT707"} <= {finding.code for finding in report.findings}
    assert "3 May 1988" not in repr(report)


@pytest.mark.parametrize("name", PLANTED)
def test_a_diff_shows_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``fix --diff`` masks too: its output goes to logs as well as to terminals, and is not meant for ``patch``."""
    around, value = PLANTED[name]
    text = around.replace("{}", value)
    rows_ = [chat(f"{text} {number}", f" {text} ") for number in range(3)]
    rows_[0]["messages"][1]["role"] = "asistant"
    raw = "\r\n".join(json.dumps(row, ensure_ascii=bool(number % 2)) for number, row in enumerate([*rows_, rows_[2]]))
    monkeypatch.chdir(tmp_path)
    Path("train.jsonl").write_text(raw + "\r\n\r\n", encoding="utf-8", newline="")
    assert main(["fix", "--diff", "--unsafe-fixes", "--isolated", "train.jsonl"]) == 1
    out, err = capsys.readouterr()
    assert "FT114" in out
    assert "FT601" in out
    leaks = forms(SHOWN.get(name, value))
    assert not [leak for leak in leaks if leak in out + err]


def test_the_streams_of_a_check_show_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = " ; ".join(around.replace("{}", value) for around, value in PLANTED.values())
    Path("train.jsonl").write_text("\n".join(lines(text)[::3]) + "\n", encoding="utf-8")
    assert main(["check", "train.jsonl", "--isolated", "--offline", "--no-tokens", "--also", "html=out.html"]) == 1
    out, err = capsys.readouterr()
    for name, (_, value) in PLANTED.items():
        for leak in forms(SHOWN.get(name, value)):
            assert leak not in out + err + Path("out.html").read_text(encoding="utf-8"), name


class Listener:
    """A moderator that keeps what it was sent, and flags nothing."""

    name = "listener"
    model = "m"

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def score(self, texts: Sequence[str]) -> list[Score]:
        self.heard += texts
        return [Score("watchword" in text, {"hate": 0.9 if "watchword" in text else 0.0}) for text in texts]

    async def score_image(self, url: str) -> Score:
        raise AssertionError("not in this test")

    async def close(self) -> None:
        return


SECRET = ("github", "openai", "anthropic", "slack hook", "pem", "url", "jwt", "password")


@pytest.mark.parametrize("thorough", [False, True])
def test_no_secret_reaches_the_moderator(thorough: bool, write: Callable[..., Path], settings: Settings) -> None:
    texts = {name: PLANTED[name][0].replace("{}", PLANTED[name][1]) for name in SECRET}
    made: list[Any] = [chat(f"{text} in row {name}", f"{'word ' * 300}{text}", text) for name, text in texts.items()]
    made += [chat(f"question {number}", f"answer {number}", texts["pem"]) for number in range(12)]
    for text in texts.values():
        call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": json.dumps({"k": text})}}
        made.append({"messages": [user("call it"), assistant(None, tool_calls=[call])]})
    listener = Listener()
    chosen = ModerationSettings(cache=False, thorough=thorough)
    files = [(write(made), Role.TRAIN)]
    settings = dataclasses.replace(settings, moderation=chosen)
    report = engine.preflight(files, settings, listener, engine.check(files, settings))
    assert report.moderation.coverage == 1.0
    heard = "\n".join(listener.heard)
    assert "in row github" in heard
    for name in SECRET:
        for leak in forms(SHOWN.get(name, PLANTED[name][1])):
            assert leak not in heard, name


def test_personal_data_is_judged_as_it_is() -> None:
    text = "Jonathan, (212) 736-5093, 3 May 1988, 4539 5787 6362 1486"
    assert _mask(text) == text


def test_paths_and_columns_are_right_behind_a_masked_secret(write: Callable[..., Path], settings: Settings) -> None:
    key = KEYS["openai-project"]
    long = f"{key} " + "plain words here. " * 500 + "the watchword stands here. " + "more plain words. " * 100
    path = write([*(chat(f"q {n}", f"a {n}") for n in range(10)), chat("last question", long)])
    settings = dataclasses.replace(settings, moderation=ModerationSettings(cache=False))
    files = [(path, Role.TRAIN)]
    report = engine.preflight(files, settings, Listener(), engine.check(files, settings))
    (finding,) = [finding for finding in report.findings if finding.code in ("FT901", "FT902")]
    line = path.read_text(encoding="utf-8").splitlines()[10]
    assert finding.line == 11
    assert finding.json_path == "$.messages[1].content"
    assert finding.column is not None
    assert finding.end_column is not None
    assert "watchword" in line[finding.column - 1 : finding.end_column - 1]
    assert key not in line[finding.column - 1 : finding.end_column - 1]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("it is 4539578763621486.", "it is ****************."),
        ("it is 45395787636…", "it is ************"),
        ("5787636214 is it", "5787636214 is it"),
        ("87636214", "********"),
        ("8763621486 is it", "********** is it"),
        ("role 4539", "role 4539"),
        ("nothing", "nothing"),
    ],
)
def test_pieces_of_a_known_value(text: str, masked: str) -> None:
    got = mask_known(text, ("4539578763621486",))
    assert got.rstrip("…*") == masked.rstrip("…*")
    assert got.count("*") >= masked.count("*") - 1


def test_a_hash_is_kept_of_what_cannot_be_guessed_only(settings: Settings) -> None:
    for name, (around, value) in PLANTED.items():
        raw = json.dumps(chat(around.replace("{}", value), "It is done as you asked.")) + "\n"
        report = engine.check([("-", Role.TRAIN)], settings, stdin=raw.encode())
        for finding in report.findings:
            if finding.code.startswith("FT7"):
                assert finding.data["count"] == 1
                assert ("sha256" in finding.data) == (finding.code in ("FT720", "FT721") or name == "jwt"), name
                assert len(finding.data.get("sha256", "x" * 12)) == 12
