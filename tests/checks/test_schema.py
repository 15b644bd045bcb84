"""FT1, the shape of rows: what the service refuses is named with its place, what it takes is left alone."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import TODAY, assistant, codes, conversation, judged, one, rows, user
from ftlint import engine
from ftlint.checks.schema import precise, screen
from ftlint.model import Format, Role
from ftlint.settings import Settings

GOOD = conversation(user("Who tunes a harp?"), assistant("A harp tuner, or the player before each concert."))
SYSTEM = {"role": "system", "content": "You answer in one sentence."}
OTHER = conversation(SYSTEM, user("What is a fugue?"), assistant("A piece for several voices that enter in turn."))
CALL = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
TOOLS = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}]
PAIR = {
    "input": {"messages": [user()]},
    "preferred_output": [assistant()],
    "non_preferred_output": [assistant("Nobody knows.")],
}
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.org/piano.png"}}


def text(words: str = "Who tunes a piano?") -> dict[str, Any]:
    return {"type": "text", "text": words}


def asked(content: Any = "Who tunes a piano?", **more: Any) -> dict[str, Any]:
    """A row whose user message is in question."""
    return conversation({"role": "user", "content": content, **more}, assistant())


def answered(**message: Any) -> dict[str, Any]:
    """A row with one assistant message in question, and a good one at the end."""
    return conversation(user(), {"role": "assistant", **message}, user("Please go on."), assistant())


WRONG = {
    # name: the row, its code, the path of the finding, a word of the message, a word of the help
    "no messages": ({"text": "hi"}, "FT110", "$", "`messages`", "messages"),
    "another format's row": ({"instruction": "a", "input": "", "output": "b"}, "FT110", "$", "`messages`", "messages"),
    "message for messages": ({"message": [user(), assistant()]}, "FT110", "$.message", "`messages`", "rename"),
    "Messages": ({"Messages": [user(), assistant()]}, "FT110", "$.Messages", "`messages`", "rename `Messages` to"),
    "ShareGPT": ({"conversations": [{"from": "human", "value": "hi"}]}, "FT110", "$.conversations", "`messages`",
                 "rename `conversations` to"),
    "empty messages": ({"messages": []}, "FT111", "$.messages", "empty list", "remove the row"),
    "messages as text": ({"messages": "hi"}, "FT112", "$.messages", "a string", "messages"),
    "messages as object": ({"messages": user()}, "FT112", "$.messages", "an object", "messages"),
    "messages null": ({"messages": None}, "FT112", "$.messages", "null", "messages"),
    "a message as text": (conversation("hi", assistant()), "FT113", "$.messages[0]", "`messages[0]` is a", "role"),
    "a message null": (conversation(user(), None, assistant()), "FT113", "$.messages[1]", "null", "role"),
    "a message as list": (conversation([], assistant()), "FT113", "$.messages[0]", "an empty list", "role"),
    "a misspelt role": (conversation(user(), {"role": "asistant", "content": "x"}, assistant()), "FT114",
                        "$.messages[1].role", "`asistant`", "did you mean `assistant`?"),
    "gpt": (conversation(user(), {"role": "gpt", "content": "x"}, assistant()), "FT114", "$.messages[1].role", "`gpt`",
            "did you mean `assistant`?"),
    "capitals": (conversation({"role": "User", "content": "x"}, assistant()), "FT114", "$.messages[0].role", "`User`",
                 "write `user`"),
    "a role nobody knows": (conversation({"role": "xyz", "content": "x"}, assistant()), "FT114", "$.messages[0].role",
                            "`xyz`", "use one of system, developer, user"),
    "an empty role": (conversation({"role": "", "content": "x"}, assistant()), "FT114", "$.messages[0].role", "``",
                      "use one of"),
    "role null": (conversation({"role": None, "content": "x"}, assistant()), "FT114", "$.messages[0].role", "`null`",
                  "use one of"),
    "role a list": (conversation({"role": ["user"], "content": "x"}, assistant()), "FT114", "$.messages[0].role",
                    '["user"]', "use one of"),
    "no role": (conversation({"content": "x"}, assistant()), "FT115", "$.messages[0]", "no `role`", "add"),
    "from for role": (conversation({"from": "user", "content": "x"}, assistant()), "FT115", "$.messages[0].from",
                      "no `role`", "rename `from` to `role`"),
    "an empty message": (conversation({}, assistant()), "FT115", "$.messages[0]", "no `role`", "add"),
    "no content": (conversation({"role": "user"}, assistant()), "FT116", "$.messages[0]", "is missing", "its text"),
    "no content of the assistant": (answered(), "FT116", "$.messages[1]", "is missing", "tool_calls"),
    "content null, assistant": (answered(content=None), "FT116", "$.messages[1].content", "is null", "tool_calls"),
    "content null beside refusal null": (answered(content=None, refusal=None), "FT116", "$.messages[1].content",
                                         "is null", "refusal"),
    "contents for content": (conversation({"role": "user", "contents": "x"}, assistant()), "FT116",
                             "$.messages[0].contents", "is missing", "rename `contents` to `content`"),
    "value for content": (conversation({"role": "user", "value": "x"}, assistant()), "FT116", "$.messages[0].value",
                          "is missing", "rename `value` to `content`"),
    "no content of a tool": (conversation(user(), assistant(None, tool_calls=[CALL]),
                                          {"role": "tool", "tool_call_id": "call_1"}, assistant(), tools=TOOLS),
                             "FT116", "$.messages[2]", "is missing", "write its text"),
    "content a number": (asked(7), "FT117", "$.messages[0].content", "`content` is a number", "write a string"),
    "content a boolean": (asked(content=True), "FT117", "$.messages[0].content", "a boolean", "write a string"),
    "content an object": (asked({"text": "x"}), "FT117", "$.messages[0].content", "an object", "write a string"),
    "content an empty list": (asked([]), "FT117", "$.messages[0].content", "an empty list", "list of parts"),
    "content null of the user": (asked(None), "FT117", "$.messages[0].content", "null", "write a string"),
    "content a list of texts": (asked(["x"]), "FT117", "$.messages[0].content[0]", "`content[0]` is a string", "type"),
    "text of a part a number": (asked([{"type": "text", "text": 7}]), "FT117", "$.messages[0].content[0].text",
                                "`text` is a number", "write a string"),
    "content a list of numbers": (asked([7]), "FT117", "$.messages[0].content[0]", "`content[0]` is a number",
                                  "write each part as"),
    "parallel_tool_calls null": (conversation(user(), assistant(), parallel_tool_calls=None), "FT130",
                                 "$.parallel_tool_calls", "is null", "write true or false"),
    "refusal a number": (answered(content="x", refusal=3), "FT117", "$.messages[1].refusal", "`refusal` is a number",
                         "write a string"),
    "an extra key": (conversation(user(), assistant(), metadata={"id": 7}), "FT118", "$.metadata", "`metadata`",
                     "a row holds `messages`, `tools`"),
    "a misspelt extra key": (conversation(user(), assistant(), tool=TOOLS), "FT118", "$.tool", "`tool`",
                             "did you mean `tools`?"),
    "weight at the top": (conversation(user(), assistant(), weight=1), "FT118", "$.weight", "`weight`", "remove it"),
    "an id in a message": (asked(id=7), "FT119", "$.messages[0].id", "role `user`", "`role`, `content`, `name`"),
    "tool_calls of the user": (asked(tool_calls=[]), "FT119", "$.messages[0].tool_calls", "`tool_calls`", "remove it"),
    "annotations": (answered(content="x", annotations=[]), "FT119", "$.messages[1].annotations", "role `assistant`",
                    "remove it"),
    "a misspelt message key": (answered(content="x", tool_call=[CALL]), "FT119", "$.messages[1].tool_call",
                               "`tool_call`", "did you mean `tool_calls`?"),
    "sound": (asked([{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]), "FT120",
              "$.messages[0].content[0].type", "`type` is `input_audio`", "image_url"),
    "a file": (asked([text(), {"type": "file", "file": {"file_id": "file-1"}}]), "FT120",
               "$.messages[0].content[1].type", "`type` is `file`", "image_url"),
    "a part without type": (asked([{"text": "x"}]), "FT120", "$.messages[0].content[0]", "`type` is missing", "type"),
    "a part without text": (asked([{"type": "text"}]), "FT120", "$.messages[0].content[0]", "`text` is", "text"),
    "content for text": (asked([{"type": "text", "content": "x"}]), "FT120", "$.messages[0].content[0].content",
                         "`text` is missing", "rename `content` to `text`"),
    "a picture as a text": (asked([{"type": "image_url", "image_url": "https://example.org/a.png"}]), "FT120",
                            "$.messages[0].content[0].image_url", "`image_url` is a string", "image_url"),
    "a picture without url": (asked([{"type": "image_url", "image_url": {}}]), "FT120",
                              "$.messages[0].content[0].image_url", "`url` is missing", "url"),
    "an odd detail": (asked([{"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "x"}}]),
                      "FT120", "$.messages[0].content[0].image_url.detail", "`detail` is `x`", "image_url"),
    "a picture of the system": (conversation({"role": "system", "content": [PICTURE]}, user(), assistant()), "FT804",
                                "$.messages[0].content[0].type", "an image in a message of the role `system`",
                                "user message"),
    "a picture of the assistant": (answered(content=[PICTURE]), "FT804", "$.messages[1].content[0].type",
                                   "role `assistant`", "user message"),
    "a refusal of the user": (asked([{"type": "refusal", "refusal": "no"}]), "FT121", "$.messages[0].content[0].type",
                              "`refusal`", "assistant"),
    "name null": (asked(name=None), "FT122", "$.messages[0].name", "`name` is null", "leave the key away"),
    "name empty": (asked(name=""), "FT122", "$.messages[0].name", "`name` is an empty string", "leave the key away"),
    "name a number": (answered(content="x", name=7), "FT122", "$.messages[1].name", "`name` is a number", "leave"),
    "a function without a name": (conversation(user(), {"role": "function", "content": "x"}, assistant()), "FT122",
                                  "$.messages[1]", "`name` is missing", "function message needs one"),
    "weight 2": (answered(content="x", weight=2), "FT123", "$.messages[1].weight", "`2`", "use 1"),
    "weight 0.5": (answered(content="x", weight=0.5), "FT123", "$.messages[1].weight", "`0.5`", "use 1"),
    "weight true": (answered(content="x", weight=True), "FT123", "$.messages[1].weight", "`true`", "use 1"),
    "weight as text": (answered(content="x", weight="1"), "FT123", "$.messages[1].weight", "`1`", "use 1"),
    "weight null": (answered(content="x", weight=None), "FT123", "$.messages[1].weight", "`null`", "use 1"),
    "weight of the user": (asked(weight=0), "FT124", "$.messages[0].weight", "role `user`", "remove it"),
    "weight of the system": (conversation({**SYSTEM, "weight": 1}, user(), assistant()), "FT124",
                             "$.messages[0].weight", "role `system`", "only assistant"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_row_is_one_finding_at_its_place(name: str) -> None:
    row, code, path, said, remedy = WRONG[name]
    more = {"ignore": ("FT2", "FT138") if code in ("FT114", "FT115", "FT116") else ("FT138",)}
    finding = one(judged(rows(GOOD, row, OTHER), **more))
    assert (finding.code, finding.line, finding.json_path) == (code, 2, path)
    assert said in finding.message
    assert finding.help is not None
    assert remedy in finding.help


RIGHT = {
    "plain": conversation(user(), assistant()),
    "a system message": conversation(SYSTEM, user(), assistant()),
    "a developer message": conversation({**SYSTEM, "role": "developer"}, user(), assistant()),
    "several turns": conversation(user(), assistant(), user("And a harp?"), assistant("A harp tuner does.")),
    "names": conversation({**SYSTEM, "name": "rules"}, user(name="kim"), assistant(name="tuner")),
    "weight 0": conversation(user(), assistant(weight=0), user("And a harp?"), assistant("A harp tuner.", weight=1)),
    "weight 1.0": conversation(user(), assistant(weight=1.0)),
    "text parts": conversation(user([text(), text("And when?")]), assistant([text("A tuner, every year.")])),
    "parts of the system": conversation({"role": "system", "content": [text("Be brief.")]}, user(), assistant()),
    "a picture": conversation(user([text("What is this?"), PICTURE]), assistant("It is a grand piano.")),
    "a picture with detail": conversation(
        user([{"type": "image_url", "image_url": {**PICTURE["image_url"], "detail": "low"}}]), assistant()
    ),
    "a picture as data": conversation(
        user([{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}]), assistant()
    ),
    "a call without content": conversation(
        user(), {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "a tuner"}, assistant(), tools=TOOLS,
    ),
    "a call with content null": conversation(
        user(), assistant(None, tool_calls=[CALL]), {"role": "tool", "tool_call_id": "call_1", "content": "a tuner"},
        assistant(), tools=TOOLS, parallel_tool_calls=False,
    ),
    "a call at the end": conversation(user(), assistant(None, tool_calls=[CALL]), tools=TOOLS),
    "a call with weight": conversation(user(), assistant(None, tool_calls=[CALL], weight=1), tools=TOOLS),
    "a result in parts": conversation(
        user(), assistant(None, tool_calls=[CALL]),
        {"role": "tool", "tool_call_id": "call_1", "content": [text("a tuner")]}, assistant(), tools=TOOLS,
    ),
    "a refusal": conversation(user(), {"role": "assistant", "content": None, "refusal": "I would rather not."}),
    "a refusal as a part": conversation(user(), assistant([{"type": "refusal", "refusal": "I would rather not."}])),
    "refusal null": conversation(user(), assistant(refusal=None)),
    "an empty list of tools": conversation(user(), assistant(), tools=[]),
    "the old function call": conversation(
        user(), assistant(None, function_call={"name": "look_up", "arguments": "{}"}),
        {"role": "function", "name": "look_up", "content": "a tuner"}, assistant(),
        functions=[{"name": "look_up", "parameters": {"type": "object", "properties": {}}}],
    ),
    "an empty text of the user": conversation(user(""), assistant()),
    "a tool with a name": conversation(
        user(), assistant(None, tool_calls=[CALL]),
        {"role": "tool", "tool_call_id": "call_1", "name": "look_up", "content": "x"}, assistant(), tools=TOOLS,
    ),
    "two calls at once": conversation(
        user(), assistant(None, tool_calls=[CALL, {**CALL, "id": "call_2"}]),
        {"role": "tool", "tool_call_id": "call_2", "content": "x"},
        {"role": "tool", "tool_call_id": "call_1", "content": "y"}, assistant(), tools=TOOLS,
    ),
    "a picture between texts": conversation(user([text(), PICTURE, text("And this?")]), assistant("A harp.")),
    "a refusal beside content": conversation(user(), assistant("No.", refusal="I would rather not.")),
    "a function without content": conversation(
        user(), assistant(None, function_call={"name": "look_up", "arguments": "{}"}),
        {"role": "function", "name": "look_up", "content": None}, assistant(), functions=[{"name": "look_up"}],
    ),
    "keys in another order": {"tools": [], **conversation({"content": "Who?", "role": "user"}, assistant())},
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_row_is_no_finding(name: str) -> None:
    assert codes(rows(GOOD, RIGHT[name]), select=("FT0", "FT1"), ignore=("FT138",)) == []


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_row_on_which_both_validators_agree(name: str) -> None:
    assert screen(Format.CHAT).is_valid(RIGHT[name])
    assert list(precise(Format.CHAT).iter_errors(RIGHT[name])) == []


def test_every_defect_of_a_row_is_named_at_once() -> None:
    row = conversation(
        {**SYSTEM, "weight": 1},
        {"role": "usr", "content": "x"},
        user(7),
        assistant(weight=3),
        {"role": "tool"},
        source=1,
    )
    found = judged(rows(GOOD, GOOD | {"tools": []}, row), select=("FT1",))
    assert sorted(finding.code for finding in found) == ["FT114", "FT116", "FT117", "FT118", "FT123", "FT124"]


def test_a_misspelt_key_hides_no_other_extra_key() -> None:
    row = {"message": [user(), assistant()], "source": 1}
    assert sorted(codes(rows(GOOD, row))) == ["FT110", "FT118"]


def test_keys_of_a_known_kind_are_not_taken_for_misspelt_ones() -> None:
    lacking = {key: value for key, value in PAIR.items() if key != "non_preferred_output"}
    finding = one(judged(rows(PAIR, PAIR | {"input": {"messages": [user("Who?")]}}, lacking), ignore=("FT5",)))
    assert finding.code == "FT150"
    assert finding.help is not None
    assert "rename" not in finding.help


@pytest.mark.parametrize("role", [["kim.lee@acme-widgets.com"], {"mail": "kim.lee@acme-widgets.com"}])
def test_what_stands_in_the_place_of_a_role_is_masked(role: Any) -> None:
    row = {"messages": [{"role": role, "content": 7, "x": 1}, {"role": "assistant", "content": "x", "y": 2}]}
    assert "kim.lee" not in repr(judged(rows(GOOD, row)))


FORMATS = {
    "pair among chats": ([GOOD, RIGHT["a refusal"], PAIR], ["FT106"]),
    "completion among chats": ([GOOD, RIGHT["a refusal"], {"prompt": "a", "completion": "b c d"}], ["FT106"]),
    "chat among completions": ([{"prompt": "a", "completion": "b c d"}, {"prompt": "e", "completion": "f g h"}, GOOD],
                               ["FT106"]),
    "question and answer": ([{"question": "a", "answer": "b"}, {"question": "c", "answer": "d"}], ["FT107"]),
    "messages misspelt in all rows": ([{"message": [user(), assistant()]}, {"message": [user("x")]}], ["FT107"]),
    "objects without keys": ([{}, {}], ["FT107"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_or_a_file_in_another_format_is_told_once(name: str) -> None:
    given_rows, expected = FORMATS[name]
    assert codes(rows(*given_rows)) == expected


@pytest.mark.parametrize(
    ("row", "looks", "remedy"),
    [
        ({"conversations": [{"from": "human", "value": "x"}]}, "it looks like ShareGPT", "ftlint convert FILE -o"),
        ({"instruction": "a", "input": "", "output": "b"}, "it looks like Alpaca", "-o chat.jsonl"),
        ({"question": "a", "answer": "b"}, "it looks like question and answer", "-o chat.jsonl"),
        (
            {"dialogue": "a", "summary": "b"},
            "it looks like dialogue and summary",
            "--user '{dialogue}' --answer '{summary}'",
        ),
        ({"text": "a"}, "it looks like plain text", "plain text has no question"),
        ({"article": "a", "highlights": "b"}, "article and highlights", "--user '{article}' --answer '{highlights}'"),
        ({"text": "a", "label": 1}, "text and label", "FILE -o chat.jsonl --user '{text}' --answer '{label}'"),
        ({"質問": "a", "回答": "b"}, "it looks like 質問 and 回答", "ftlint convert FILE -o chat.jsonl"),
        ({"prompt": "a", "chosen": "b", "rejected": "c"}, "preference pairs", "convert FILE -o preference.jsonl"),
        ({"problem": "a", "ground_truth": "b"}, "problem and ground_truth", "convert FILE -o reinforcement.jsonl"),
        ({"custom_id": "1", "body": {"messages": []}}, "requests of the Batch API", "keep `body.messages`"),
        ({"role": "user", "content": "a"}, "one message in each row", "one conversation into one row"),
        ({"contents": [{"role": "user", "parts": [{"text": "a"}]}]}, "rows for Gemini", "write each of `contents`"),
        ({"message": [user()]}, "keys: `message`", "rename `message` to `messages`"),
        ({"MESSAGES": [user()]}, "keys: `MESSAGES`", "rename `MESSAGES` to `messages`"),
        ({"foo": 1}, "keys: `foo`", "--user '{column}'"),
    ],
)
def test_an_unknown_format_is_recognised(row: dict[str, Any], looks: str, remedy: str) -> None:
    finding = one(judged(rows(row, row)))
    assert (finding.code, finding.line) == ("FT107", 1)
    assert looks in finding.message
    assert finding.help is not None
    assert remedy in finding.help


@pytest.mark.parametrize(
    ("given_rows", "fmt"),
    [
        ([GOOD], "chat"),
        ([{"messages": [user()], "reference": "42"}], "reinforcement"),
        ([{"prompt": "a", "completion": "b c d"}], "completion"),
        ([PAIR], "preference"),
    ],
)  # fmt: skip
def test_a_file_in_one_known_format_has_no_finding_on_its_format(given_rows: list[Any], fmt: str) -> None:
    assert codes(rows(*given_rows), select=("FT1",)) == []
    assert codes(rows(*given_rows), select=("FT1",), format=Format(fmt)) == []


def test_a_declared_format_is_what_rows_are_judged_by() -> None:
    assert codes(rows({"question": "a", "answer": "b"}), format=Format.CHAT) == ["FT110"]
    assert codes(rows(GOOD), format=Format.COMPLETION, select=("FT1",)) == ["FT106"]


MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["user", "assistant", "system", "tool", "function", "gpt", None, 3]),
        "content": st.one_of(
            st.none(), st.text(max_size=3), st.integers(),
            st.lists(st.sampled_from([text(), PICTURE, {}, "x", None]), max_size=2),
        ),
        "name": st.sampled_from(["kim", "", None]),
        "weight": st.sampled_from([0, 1, 2, True, None]),
        "tool_calls": st.sampled_from([[], [CALL], [{}], None, [{"id": 1, "type": "function", "function": None}]]),
        "extra": st.none(),
    },
)  # fmt: skip
ROW = st.fixed_dictionaries(
    {"messages": st.one_of(st.lists(st.one_of(MESSAGE, st.none()), max_size=3), st.text(max_size=2))}
)


@given(ROW)
def test_the_fast_screen_and_the_precise_validator_agree(row: dict[str, Any]) -> None:
    value = json.loads(json.dumps(row))
    assert screen(Format.CHAT).is_valid(value) == (next(precise(Format.CHAT).iter_errors(value), None) is None)


@given(ROW)
def test_any_odd_row_gives_findings_that_can_be_shown(row: dict[str, Any]) -> None:
    found = judged(rows(GOOD, row), tokens=False)
    places = [(finding.code, finding.json_path) for finding in found]
    assert len(places) == len(set(places))
    assert all(finding.message for finding in found)


@pytest.mark.parametrize(
    ("row", "code", "path"),
    [
        ({"a": 1, "b": 2}, "FT150", "$"),
        ({**PAIR, "input": {"a": 1, "b": 2}}, "FT110", "$.input"),
        ({**PAIR, "preferred_output": [assistant(["x", 7])]}, "FT154", "$.preferred_output[0].content"),
        ({**PAIR, "non_preferred_output": [assistant([{}])]}, "FT154", "$.non_preferred_output[0].content"),
    ],
)
def test_one_cause_in_a_pair_is_one_finding(row: dict[str, Any], code: str, path: str) -> None:
    finding = one(judged(rows(row), format=Format.PREFERENCE))
    assert (finding.code, finding.json_path) == (code, path)


@pytest.mark.parametrize(
    ("fmt", "words"),
    [(Format.CHAT, '{"messages": [...]}'), (Format.PREFERENCE, '"preferred_output"'), (Format.COMPLETION, '"prompt"')],
)
def test_a_line_that_is_no_object_is_told_what_to_write_in_its_format(fmt: Format, words: str) -> None:
    finding = one(judged("[1]\n", format=fmt))
    assert finding.code == "FT105"
    assert words in (finding.help or "")


def test_the_command_that_converts_is_quoted_for_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "it's; rm -rf $HOME.jsonl"
    path.write_text(rows({"question": "a", "answer": "b"}), encoding="utf-8")
    report = engine.check([(path, Role.TRAIN)], Settings(today=TODAY, ignore=("FT4",)))
    assert shlex.split(one(report.findings).help or "")[:3] == ["ftlint", "convert", str(path)]
