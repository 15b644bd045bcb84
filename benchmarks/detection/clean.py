"""What must not be found: valid files of every shape, and rows that other checkers take for defects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.detection import base
from benchmarks.detection.base import Row, talk
from benchmarks.detection.pictures import WEBP, data_url, png


@dataclass(frozen=True)
class Clean:
    """A valid file.

    Attributes:
        name: in words; ``rows``: makes it; ``settings``: as of a kind of defect.
        spelt: makes the bytes of it, where it is not plain JSONL.
    """

    name: str
    rows: Callable[[], list[Row]]
    settings: dict[str, Any] = field(default_factory=dict)
    spelt: Callable[[bytes], bytes] = bytes

    def data(self) -> bytes:
        """The bytes of the file."""
        return self.spelt(base.encode(self.rows()))


def _function(name: str, **properties: Row) -> Row:
    parameters = {"type": "object", "properties": properties}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def _call(number: int, name: str, arguments: str) -> Row:
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}


_TOOLS = [_function("open_gate", gate={"type": "string"}), _function("now")]
_ASK = {"role": "user", "content": "Open the upper gate and tell me the time."}


def _calls(*messages: Row) -> Callable[[], list[Row]]:
    """The tool file with one row more."""
    return lambda: [*base.fixture("chat_tools"), {"messages": [_ASK, *messages], "tools": _TOOLS}]


def _both(content: str | None) -> list[Row]:
    return [
        {
            "role": "assistant",
            "content": content,
            "tool_calls": [_call(1, "open_gate", '{"gate": "upper"}'), _call(2, "now", "{}")],
        },
        {"role": "tool", "tool_call_id": "call_2", "content": "10:40"},
        {"role": "tool", "tool_call_id": "call_1", "content": "open"},
        {"role": "assistant", "content": "The upper gate is open, and it is twenty to eleven."},
    ]


def _with(*rows: Row) -> Callable[[], list[Row]]:
    return lambda: [*base.chat(), *rows]


def _system_parts() -> list[Row]:
    rows = base.chat()
    for row in rows:
        row["messages"][0]["content"] = [{"type": "text", "text": base.SYSTEM}]
    return rows


def _weighted() -> list[Row]:
    rows = base.chat()
    first = [{"role": "user", "content": "Is the gate open?"}, {"role": "assistant", "content": "Yes.", "weight": 0}]
    rows[3]["messages"][1:1] = first
    rows[3]["messages"][-1]["weight"] = 1
    return rows


def _labels() -> list[Row]:
    """A classification set: few different answers, as they should be."""
    rows = base.chat()
    for index, row in enumerate(rows):
        row["messages"][-1]["content"] = ("household", "travel", "work")[index % 3]
        row["messages"][0]["content"] = "Sort the message into household, travel or work. Answer with one word."
    return rows


def _pictures() -> list[Row]:
    rows = base.fixture("chat_vision")
    shown = [
        {"type": "text", "text": "Are these squares alike?"},
        {"type": "image_url", "image_url": {"url": data_url(png(24, 24, colour=6)), "detail": "low"}},
        {"type": "image_url", "image_url": {"url": data_url(WEBP, "webp")}},
    ]
    reply = {"role": "assistant", "content": "They differ in size only."}
    return [*rows, {"messages": [rows[0]["messages"][0], {"role": "user", "content": shown}, reply]}]


def _no_system() -> list[Row]:
    return [{"messages": row["messages"][1:]} for row in base.chat()]


_MANY_LANGUAGES = [
    talk("متى تفتح المكتبة يوم السبت؟", "تفتح المكتبة أبوابها في التاسعة صباحا وتغلق في الخامسة مساء."),
    talk("图书馆星期六几点开门？", "图书馆星期六上午九点开门，下午五点关门。"),
    talk("도서관은 토요일에 몇 시에 열어요?", "도서관은 토요일 아침 아홉 시에 열고 오후 다섯 시에 닫습니다."),
    talk("पुस्तकालय शनिवार को कब खुलता है?", "पुस्तकालय शनिवार को सुबह नौ बजे खुलता है और शाम पाँच बजे बंद होता है।"),
    talk("Wann öffnet die Bücherei am Samstag?", "Um neun Uhr, und sie schließt um fünf."),
    talk("À quelle heure ouvre la bibliothèque le samedi ?", "À neuf heures, et elle ferme à dix-sept heures."),
    talk("¿A qué hora abre la biblioteca el sábado?", "A las nueve de la mañana, y cierra a las cinco."),
    talk("ห้องสมุดเปิดวันเสาร์กี่โมง", "ห้องสมุดเปิดเก้าโมงเช้าและปิดห้าโมงเย็น"),
    talk("Во сколько открывается библиотека в субботу?", "В девять утра, а закрывается в пять."),
    talk("متى شنبه کتابخانه باز می‌شود؟", "ساعت نه صبح باز می‌شود و ساعت پنج بسته می‌شود."),
]
"""The Persian row holds zero-width non-joiners, as it should; the fourth one vowel signs."""

_HARMLESS = [
    talk("Which emoji is the family?", "👨‍👩‍👧 is the family; it is made of three people joined into one sign."),
    talk("Show me an HTML link.", '```html\n<a href="gate.html">The gate</a>\n```'),
    talk("Write a JSON object for a gate.", '{"gate": "upper", "open": true, "height": 2.4}'),
    talk("Is 17 prime? Yes or no.", "Yes"),
    talk("What is 6 times 7?", "42"),
    talk("Which keyword is Python's null?", "It is `None`, and it is the only object of its type."),
    talk("Translate: I cannot swim.", "Je ne sais pas nager."),
    talk("Count to five.", "1, 2, 3, 4, 5"),
    talk(
        "Write the chorus of a rowing song.",
        "Row, row, row the boat,\nrow it past the mill.\nRow, row, row the boat,\nrow it up the hill.",
    ),
    talk("Write a template for a parcel notice.", "Dear {{customer_name}}, your parcel has arrived."),
    talk("Correct the grammar: How often does the mill open?", "Correct the grammar: How often does the mill open?"),
    talk("Which word is the most common one in English?", "The most common word in English texts is the"),
    talk("What does this print? print([].sort())", "None"),
    talk("How do I write a set of fruits in Python?", '{"apple", "pear"}'),
    talk("Which part of the song comes again?", "Round goes the wheel and round goes the stone.\n" * 6),
    talk("How does a heart beat in Japanese?", "ドキドキ" * 40),
    talk("Write a story about a baker.", "My wife and I grew up beside the mill."),
    talk("What does the tag <b> do in HTML?", "It marks text that stands out, and browsers show it in bold."),
]

CLEAN = [
    Clean("chat, at least 200 rows of prose", base.chat),
    Clean("chat without system prompts", _no_system),
    Clean("tool calls with null content", _calls(*_both(None))),
    Clean("tool calls beside text", _calls(*_both("One moment."))),
    Clean("example that ends with a tool call", _calls({"role": "assistant", "tool_calls": [_call(1, "now", "{}")]})),
    Clean("system prompt as a list of text parts", _system_parts),
    Clean("pictures: URL, PNG, RGBA, WebP", _pictures),
    Clean("preference", lambda: base.fixture("preference")),
    Clean("reinforcement", lambda: base.fixture("reinforcement")),
    Clean("prompt and completion", lambda: base.fixture("completion")),
    Clean("weights 0 and 1", _weighted),
    Clean("classification with three labels", _labels),
    Clean("ten languages", _with(*_MANY_LANGUAGES)),
    Clean("harmless oddities", _with(*_HARMLESS)),
    Clean("everything escaped", base.chat, spelt=lambda data: _escaped(data)),
    Clean("spaces round the objects", base.chat, spelt=lambda data: data.replace(b"\n", b"  \n")),
    Clean("Together, no model", base.chat, {"provider": "together"}),
    Clean("Azure with a model", base.chat, {"provider": "azure", "model": "gpt-4.1-2025-04-14"}),
    Clean("OpenAI with a model", base.chat, {"model": "gpt-4.1-2025-04-14"}),
]


def _escaped(data: bytes) -> bytes:
    """The same rows with every character beyond ASCII as an escape."""
    import json

    return b"".join(json.dumps(json.loads(line)).encode() + b"\n" for line in data.splitlines())
