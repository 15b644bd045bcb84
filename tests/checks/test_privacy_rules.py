"""FT7, personal data in rows: where it is told, and that it is never shown."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judged import TODAY, assistant, codes, conversation, judged, one, rows, user
from ftlint import engine
from ftlint.model import Level, Role
from ftlint.settings import Settings

MAIL = "kim.larsen@hallgarten-optik.com"
PHONE = "(415) 867-5309"
NIPPON = "０３－６２３４－５６７１"


def everything(text: str, **changes: Any) -> str:
    """The whole report as one string, frames and data included."""
    report = engine.check([("-", Role.TRAIN)], Settings(today=TODAY, **changes), stdin=text.encode())
    return json.dumps(dataclasses.asdict(report), default=str, ensure_ascii=False)


def test_an_address() -> None:
    text = rows(conversation(user(f"Write to {MAIL}, please."), assistant()))
    finding = one(judged(text))
    assert (finding.code, finding.level, finding.json_path) == ("FT701", Level.WARNING, "$.messages[0].content")
    assert finding.column == text.index(MAIL) + 1
    assert finding.end_column == finding.column + len(MAIL)


@pytest.mark.parametrize("number", [PHONE, NIPPON, "+81 90-1234-5678"])
def test_a_number(number: str) -> None:
    text = rows(conversation(user(f"電話は{number}です。"), assistant()))
    finding = one(judged(text))
    assert (finding.code, finding.level) == ("FT702", Level.WARNING)
    assert finding.column == text.index(number) + 1
    assert finding.end_column == finding.column + len(number)


def test_one_finding_for_each_text_and_kind_with_a_count() -> None:
    row = conversation(user(f"{MAIL} or x{MAIL} or {PHONE}"), assistant(f"I wrote to {MAIL}."))
    found = judged(rows(row))
    assert [(finding.code, finding.json_path) for finding in found] == [
        ("FT701", "$.messages[0].content"),
        ("FT702", "$.messages[0].content"),
        ("FT701", "$.messages[1].content"),
    ]
    assert "count in this text: 2" in found[0].message
    assert "`assistant`" in found[2].message


@pytest.mark.parametrize(
    "row",
    [
        conversation({"role": "system", "content": f"Our address is {MAIL}."}, user(), assistant()),
        conversation(user([{"type": "text", "text": MAIL}]), assistant()),
        conversation({**user(), "name": MAIL}, assistant()),
        conversation(user(), assistant(None, refusal=f"Ask {MAIL}.")),
        conversation(
            user(),
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "a", "type": "function", "function": {"name": "send", "arguments": json.dumps({"to": MAIL})}}
                ],
            },
            tools=[{"type": "function", "function": {"name": "send"}}],
        ),
        conversation(
            user(), assistant(), tools=[{"type": "function", "function": {"name": "send", "description": f"To {MAIL}"}}]
        ),
        {"prompt": f"Write to {MAIL}", "completion": "I have written."},
        {"prompt": "Whom?", "completion": f"Write to {MAIL}"},
        {
            "input": {"messages": [user()]},
            "preferred_output": [assistant()],
            "non_preferred_output": [assistant(f"Ask {MAIL}.")],
        },
        {**conversation(user()), "reference": {"answers": ["none", MAIL]}},
    ],
)
def test_every_place_of_a_row(row: dict[str, Any]) -> None:
    assert codes(rows(row)) == ["FT701"]


@pytest.mark.parametrize("value", [MAIL, PHONE, NIPPON, "kim＠hallgarten-optik.co.jp"])
def test_the_value_is_nowhere_in_the_report(value: str) -> None:
    text = rows(conversation(user(f"Reach me at {value}. <|endoftext|>"), assistant("As an AI language model, no.")))
    assert {"FT304", "FT603"} <= set(codes(text))
    told = everything(text)
    assert value not in told
    assert "*" * len(value) in told


def test_the_value_is_hidden_where_another_rule_shows_the_text() -> None:
    broken = conversation(user(), {"role": MAIL, "content": f"Ask {PHONE}"}, assistant())
    told = everything(rows(broken))
    assert "FT114" in told
    assert MAIL not in told
    assert PHONE not in told


def test_the_value_is_hidden_where_it_is_written_with_escapes() -> None:
    text = json.dumps(conversation(user(f"Reach me at {NIPPON}, please."), assistant())) + "\n"
    assert "\\uff10" in text
    told = everything(text)
    assert "FT702" in told
    assert "\\\\uff10" not in told


def test_regions_of_ones_own() -> None:
    text = rows(conversation(user("Ring me on 020 7946 0018, please."), assistant()))
    assert codes(text) == []
    assert codes(text, phone_regions=("GB",)) == ["FT702"]
    american = rows(conversation(user(f"Ring me on {PHONE}, please."), assistant()))
    assert codes(american, phone_regions=("GB",)) == []


@given(
    st.lists(
        st.sampled_from([MAIL, PHONE, NIPPON, "no data", "", "1" * 6, "@", "2024-01-02 03:04"]), min_size=1, max_size=6
    )
)
def test_texts_are_looked_at_one_by_one(contents: list[str]) -> None:
    """What a text holds is told for that text, whatever its neighbours are."""
    row = conversation(*[user(words) for words in contents], assistant())
    expected = [
        (code, f"$.messages[{index}].content")
        for index, words in enumerate(contents)
        for code in {MAIL: ["FT701"], PHONE: ["FT702"], NIPPON: ["FT702"]}.get(words, [])
    ]
    found = [(finding.code, finding.json_path) for finding in judged(rows(row)) if finding.code.startswith("FT7")]
    assert found == expected
