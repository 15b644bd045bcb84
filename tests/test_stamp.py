"""Problems to findings: nothing of anybody's address comes out, wherever a value, a path or a frame is cut."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import assistant, conversation, judged, rows, user
from ftlint.model import Finding
from ftlint.stamp import SIDE, SPAN_WIDTH, frame
from ftlint.text import escapes, safe

ADDRESS = "jonathan.quimby@megacorp-widgets.co.uk"
NUMBER = "090-1234-5678"


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def shown(finding: Finding) -> str:
    frame = finding.frame.text if finding.frame else ""
    return "\n".join([finding.message, finding.help or "", finding.json_path or "", frame, json.dumps(finding.data)])


@pytest.mark.parametrize("pad", range(30, 84, 3))
@pytest.mark.parametrize("private", [ADDRESS, NUMBER])
def test_a_value_is_masked_before_it_is_cut(pad: int, private: str) -> None:
    value = "x" * pad + " " + private
    call = {"id": value, "type": value, "function": {"name": value, "arguments": value}}
    content = rows(
        conversation({"role": value, "content": "x"}, assistant()),
        conversation({"role": {value: value}, "content": "x"}, assistant()),
        conversation(user([{"type": value}]), assistant(weight=value)),
        conversation(user(), assistant(None, tool_calls=[call]), user(), assistant(), tools=[{"type": value}]),
        conversation({"role": "tool", "tool_call_id": value, "content": "x"}, assistant()),
    )
    findings = judged(content)
    assert {"FT114", "FT120", "FT123", "FT133", "FT135", "FT209"} <= {finding.code for finding in findings}
    for finding in findings:
        assert private[:4] not in shown(finding), finding


@pytest.mark.parametrize("pad", [250, 270, 290])
def test_a_long_path_is_masked_before_it_is_cut(pad: int) -> None:
    (finding,) = judged(rows(conversation(user(**{"x" * pad + " " + ADDRESS: 1}), assistant())))
    assert finding.json_path is not None
    assert finding.json_path.endswith("…")
    assert "quimby" not in shown(finding)


@pytest.mark.parametrize("pad", range(0, 460, 20))
def test_an_address_that_the_edge_of_a_frame_cuts_is_masked_in_escapes_too(pad: int) -> None:
    private = escaped("jonathan.quimby.the.third@department.of.long.names.megacorp-widgets.co.uk")
    text = f"{private} {'x' * pad}<|endoftext|>{'y' * pad} {private}"
    line = f'{{"messages": [{{"role": "user", "content": "{text}"}}, {{"role": "assistant", "content": "k"}}]}}'
    (finding,) = judged(line, select=("FT304",))
    assert escaped("qui") not in shown(finding)
    assert escaped("mega") not in shown(finding)


def test_an_address_in_the_arguments_of_a_call_is_masked_behind_an_escaped_line_break() -> None:
    arguments = json.dumps({"note": f"call\n{NUMBER} or\n{ADDRESS}"}) + "<|endoftext|>"
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": arguments}}
    findings = judged(rows(conversation(user(), assistant(None, tool_calls=[call]))))
    assert {"FT304", "FT701", "FT702"} <= {finding.code for finding in findings}
    for finding in findings:
        assert "1234" not in shown(finding)
        assert "quimby" not in shown(finding)


def test_the_name_of_an_unknown_model_is_masked() -> None:
    from checks.judged import TODAY
    from ftlint import engine
    from ftlint.model import Role
    from ftlint.reports import render
    from ftlint.settings import Settings

    made = engine.check(
        [("-", Role.TRAIN)],
        Settings(today=TODAY, model=ADDRESS),
        stdin=rows(conversation(user(), assistant())).encode(),
    )
    assert made.cost is not None
    for name in ("json", "full", "concise"):
        assert "quimby" not in render(made, name)


def test_a_help_that_quotes_the_data_is_cropped() -> None:
    wrong, right = "look_up_" + "x" * 60, "look_up_" + "x" * 59
    call = {"id": "a", "type": "function", "function": {"name": wrong[:60], "arguments": "{}"}}
    tools = [{"type": "function", "function": {"name": right[:59]}}]
    (finding,) = judged(rows(conversation(user(), assistant(None, tool_calls=[call]), tools=tools)))
    assert finding.help == f"did you mean `{right[:59]}`?"
    huge = {**call, "function": {"name": "y" * 5000, "arguments": "{}"}}
    (finding,) = judged(rows(conversation(user(), assistant(None, tool_calls=[huge]), tools=tools)))
    assert len(finding.help or "") < 700


def test_a_workflow_command_in_the_data_comes_out_broken() -> None:
    findings = judged(rows(conversation({"role": "##[error]x", "content": "y"}, assistant())))
    assert all("##[" not in shown(finding) for finding in findings)


@given(st.text(alphabet='ab#[]\\"\n\x1b\u202e\u3042', min_size=1, max_size=400), st.data())
def test_a_frame_is_the_harmless_line_cut_round_its_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    made = frame(text, start, end, hidden=False, regions=())
    shown, known = safe(text), escapes(text)

    def width(piece: range) -> int:
        return sum(len(known.get(at, text[at])) for at in piece)

    first, last = max(0, start - SIDE), min(len(text), min(end, start + SPAN_WIDTH) + SIDE)
    assert made.text == shown[width(range(first)) : width(range(last))]
    assert made.start == width(range(first, start))
    assert made.end == width(range(first, min(end, start + SPAN_WIDTH)))
    assert (made.cut_left, made.cut_right) == (first > 0, last < len(text))


@pytest.mark.parametrize(("role", "fix"), [("asistant", "unsafe"), ("zzz", None)])
def test_a_finding_has_a_fix_only_where_fix_would_mend_it(role: str, fix: str | None) -> None:
    broken = conversation(user(), {"role": role, "content": "x"})
    (found,) = [finding for finding in judged(rows(broken)) if finding.code == "FT114"]
    assert found.fix == fix
