"""Training-file validation in the sandbox: the real service's words where they are known, one error at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftlint.sandbox.validate import RefusalError, check_file

from .conftest import example, jsonl

TALK = example(0)["messages"]
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CALLING = {"role": "assistant", "tool_calls": [CALL]}
ANSWER = {"role": "tool", "tool_call_id": "c1", "content": "1"}
USER, ASSISTANT = TALK[0], TALK[1]
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
ROLES = "'assistant', 'function', 'system', 'tool', 'user'"
CUT_OFF = " cannot be parsed. Error: line contains invalid json: Expecting value: line 1 column 15 (char 14) (line 3)"
UNANSWERED = (
    ", message 3 An assistant message with 'tool_calls' must be followed by tool messages"
    " responding to each 'tool_call_id'."
)
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}


def check(tmp_path: Path, found: list[Any] | bytes, method: str = "supervised", role: Any = "training") -> Any:
    path = tmp_path / "file"
    path.write_bytes(found if isinstance(found, bytes) else jsonl(found))
    return check_file(path, role, method, "file-1")


def refusal(
    tmp_path: Path, found: list[Any] | bytes, method: str = "supervised", role: Any = "training"
) -> RefusalError:
    with pytest.raises(RefusalError) as caught:
        check(tmp_path, found, method, role)
    return caught.value


def with_third(row: Any) -> list[Any]:
    return [example(0), example(1), row, *(example(number) for number in range(3, 12))]


def chat(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


@pytest.mark.parametrize(
    "row",
    [
        chat(USER, CALLING, tools=[TOOL]),
        chat(USER, CALLING, ANSWER, ASSISTANT, tools=[TOOL], parallel_tool_calls=False),
        chat({"role": "system", "content": "s"}, USER, {**ASSISTANT, "weight": 0}, USER, {**ASSISTANT, "weight": 1}),
        chat({"role": "developer", "content": "s"}, USER, ASSISTANT),
        chat({"role": "user", "content": [{"type": "text", "text": "a"}, IMAGE]}, ASSISTANT),
        chat(USER, {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}),
        chat(USER, {"role": "assistant", "refusal": "No."}),
        chat(USER, ASSISTANT, USER),
    ],
)
def test_valid_examples(tmp_path: Path, row: Any) -> None:
    assert check(tmp_path, with_third(row))[2] == row


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"nothing": 1}, " is missing key 'messages'"),
        ({"input": {}}, " is missing key 'messages'"),
        (chat(USER, ASSISTANT, weight=1), ' contains an extra "weight".'),
        (
            '{"messages": [',
            CUT_OFF,
        ),
        ("[1]", " cannot be parsed. Error: line is not a JSON dictionary"),
        ('{"messages": NaN}', " cannot be parsed. Error: line contains invalid json: NaN is not JSON (line 3)"),
    ],
)
def test_format_errors_name_the_example(tmp_path: Path, row: Any, told: str) -> None:
    found = refusal(tmp_path, with_third(row))
    assert (found.code, found.param) == ("invalid_file_format", "training_file")
    expected = "The job failed due to a file format error in the training file. Invalid file format. Example 3"
    assert found.message == expected + told


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (chat(USER, {"content": "a"}), ", message 2 Discriminator 'role' is missing in value"),
        (
            chat(USER, {"role": "bot", "content": "a"}),
            f", message 2 No match for discriminator 'role' and value 'bot' (allowed values: {ROLES})",
        ),
        ({"messages": "a"}, ", messages value is not a valid list"),
        ({"messages": []}, ", messages ensure this value has at least 1 items"),
        (chat("a"), ", message 1 value is not a valid dict"),
        (chat(USER), " must have at least one message with the role 'assistant'"),
        (chat(USER, {"role": "assistant"}), ", message 2, content: field required"),
        (chat(USER, {"role": "assistant", "content": None}), ", message 2, content: none is not an allowed value"),
        (chat({"role": "user", "content": 5}, ASSISTANT), ", message 1, content: str type expected"),
        (chat({"role": "user", "content": []}, ASSISTANT), ", message 1, content: str type expected"),
        (chat({**USER, "weight": 1}, ASSISTANT), ", message 1, weight: extra fields not permitted"),
        (chat(USER, {**ASSISTANT, "weight": 2}), ", message 2, weight: unexpected value; permitted: 0, 1"),
        (chat(USER, {**ASSISTANT, "weight": True}), ", message 2, weight: unexpected value; permitted: 0, 1"),
        (chat(USER, {**ASSISTANT, "weight": 1.0}), ", message 2, weight: unexpected value; permitted: 0, 1"),
        (
            chat({"role": "user", "content": "a", "mood": "b"}, ASSISTANT),
            ", message 1, mood: extra fields not permitted",
        ),
        (
            chat(USER, {"role": "assistant", "content": [IMAGE]}),
            ", message 2, content: a part of this type is not permitted for the role 'assistant'",
        ),
        (
            chat({"role": "user", "content": [{"type": "input_audio"}]}, ASSISTANT),
            ", message 1, content: a part of this type is not permitted for the role 'user'",
        ),
        (chat({"role": "user", "content": [IMAGE] * 11}, ASSISTANT), " has more than 10 images"),
        (
            chat(USER, CALLING, ASSISTANT),
            UNANSWERED,
        ),
        (
            chat(USER, ANSWER, ASSISTANT),
            ", message 2 messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        ),
        (chat(USER, {"role": "assistant", "tool_calls": []}), ", message 2, content: field required"),
        (
            chat(USER, {"role": "assistant", "tool_calls": [{**CALL, "function": {"name": "f", "arguments": {}}}]}),
            ", message 2, tool_calls: function.arguments: str type expected",
        ),
        (chat(USER, CALLING, {"role": "tool", "content": "1"}), ", message 3, tool_call_id: field required"),
        (
            chat(USER, ASSISTANT, tools=[{"type": "function", "function": {"name": "not a name"}}]),
            ", tools: a function needs a name of 1 to 64 letters, digits, underscores and dashes",
        ),
    ],
)
def test_message_errors_name_the_message(tmp_path: Path, row: Any, told: str) -> None:
    found = refusal(tmp_path, with_third(row))
    assert (found.code, found.param) == ("invalid_training_file", "training_file")
    expected = "The job failed due to an invalid training file. Invalid file format. Example 3"
    assert found.message == expected + told


def test_parts_that_are_plain_strings_get_the_services_own_crash(tmp_path: Path) -> None:
    found = refusal(tmp_path, with_third(chat(USER, {"role": "assistant", "content": ["a"]})))
    assert found.message == "The job failed due to an invalid training file. 'str' object has no attribute 'get'"


def test_only_the_first_error_is_told(tmp_path: Path) -> None:
    found = refusal(tmp_path, [example(0), {"a": 1}, "{", *with_third({"b": 1})])
    assert "Example 3 cannot be parsed" in found.message, "a file is parsed before its examples are looked at"


def test_too_few_examples(tmp_path: Path) -> None:
    found = refusal(tmp_path, [example(number) for number in range(7)])
    assert (found.code, found.param) == ("invalid_n_examples", "training_file")
    assert found.message == "Training file has 7 example(s), but must have at least 10 examples"
    assert len(check(tmp_path, [example(0)], role="validation")) == 1, "a validation file may be small"


def test_a_format_nobody_knows(tmp_path: Path) -> None:
    found = refusal(tmp_path, [{"question": "a", "answer": "b"}] * 10)
    assert found.message == (
        "The job failed due to an invalid training file. Unexpected file format, expected either prompt/completion"
        " pairs or chat messages."
    )
    assert "missing key 'messages'" in refusal(tmp_path, [{"prompt": "a", "completion": "b"}] * 10).message


def test_errors_of_a_validation_file_say_so(tmp_path: Path) -> None:
    found = refusal(tmp_path, [{"messages": []}], role="validation")
    assert found.param == "validation_file"
    assert found.message.startswith("The job failed due to an invalid validation file.")


def test_encoding_and_blank_lines(tmp_path: Path) -> None:
    data = jsonl([example(number) for number in range(10)])
    assert len(check(tmp_path, b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") + b"\n\n")) == 10
    assert "can't decode byte 0xff" in refusal(tmp_path, b"\xff\xfe" + data).message


def test_text_is_screened_wherever_it_stands(tmp_path: Path) -> None:
    tool = {"type": "function", "function": {"name": "f", "description": "⟦violence=0.4⟧"}}
    assert "blocked by our moderation system" in refusal(tmp_path, with_third(chat(*TALK, tools=[tool]))).message


PREFERENCE: dict[str, Any] = {
    "input": {"messages": [USER]},
    "preferred_output": [ASSISTANT],
    "non_preferred_output": [ASSISTANT],
}


class TestPreference:
    def test_valid(self, tmp_path: Path) -> None:
        assert len(check(tmp_path, [PREFERENCE] * 10, "dpo")) == 10

    @pytest.mark.parametrize(
        ("row", "told"),
        [
            ({"preferred_output": [], "non_preferred_output": []}, "Example 1 is missing key 'input'"),
            ({**PREFERENCE, "extra": 1}, 'Example 1 contains an extra "extra".'),
            (
                {**PREFERENCE, "preferred_output": [ASSISTANT] * 2},
                "preferred_output must be a list of exactly one message",
            ),
            ({**PREFERENCE, "preferred_output": [USER]}, "preferred_output must be an assistant message"),
            (
                {**PREFERENCE, "input": {"messages": [{"role": "user", "content": [IMAGE]}]}},
                "preference examples hold text only",
            ),
        ],
    )
    def test_refused(self, tmp_path: Path, row: Any, told: str) -> None:
        assert told in refusal(tmp_path, [row] * 10, "dpo").message

    def test_not_for_supervised_jobs(self, tmp_path: Path) -> None:
        found = refusal(tmp_path, [PREFERENCE] * 10)
        assert "in the fine-tune-preference format" in found.message
        assert "not using 'dpo' as the training method (provided method=supervised)" in found.message


class TestReinforcement:
    def test_valid_with_keys_for_the_grader(self, tmp_path: Path) -> None:
        assert len(check(tmp_path, [{"messages": [USER], "answer": 5}] * 10, "reinforcement")) == 10

    def test_the_last_message_is_the_users(self, tmp_path: Path) -> None:
        assert (
            "the last message must have the role 'user'"
            in refusal(tmp_path, [chat(*TALK)] * 10, "reinforcement").message
        )

    def test_no_system_messages(self, tmp_path: Path) -> None:
        rows = [chat({"role": "system", "content": "s"}, USER)] * 10
        found = refusal(tmp_path, rows, "reinforcement")
        assert found.message.endswith("System messages are not supported in 'reinforcement' examples")
