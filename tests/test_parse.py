"""Stage 2: from a JSON path back to columns, exactly, with escapes and characters beyond the basic plane."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint import parse as parse_module
from ftlint.model import JsonPath, Line
from ftlint.parse import Places, Unparsable, content_hash, locate, parse, unescape, unescape_map

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda child: st.lists(child, max_size=4) | st.dictionaries(TEXT, child, max_size=4),
    max_leaves=15,
)


def nodes(value: Any, path: JsonPath = ()) -> list[tuple[JsonPath, Any]]:
    found = [(path, value)]
    if isinstance(value, dict):
        for key, child in value.items():
            found += nodes(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            found += nodes(child, (*path, index))
    return found


@given(VALUE, st.booleans(), st.sampled_from([None, 1]))
def test_every_node_is_found_where_it_stands(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    for path, node in nodes(value):
        start, end = locate(text, path)
        assert json.loads(text[start:end]) == node
        if path and isinstance(path[-1], str):
            start, end = locate(text, path, key=True)
            assert json.loads(text[start:end]) == path[-1]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30), st.booleans(), st.data())
def test_a_span_inside_a_string_is_found_through_escapes(content: str, ascii_only: bool, data: st.DataObject) -> None:
    text = json.dumps({"a": ["x", content]}, ensure_ascii=ascii_only)
    first = data.draw(st.integers(0, len(content) - 1))
    last = data.draw(st.integers(first + 1, len(content)))
    start, end = locate(text, ("a", 1), span=(first, last))
    assert json.loads('"' + text[start:end] + '"') == content[first:last]


def test_of_two_equal_keys_the_last_one_is_meant() -> None:
    text = '{"a": 1, "b": 2, "a": 3}'
    assert text[slice(*locate(text, ("a",)))] == "3"


def test_a_path_that_does_not_exist_gives_the_deepest_part_that_does() -> None:
    text = '{"a": {"b": 1}}'
    assert text[slice(*locate(text, ("a", "c", "d")))] == '{"b": 1}'


def test_huge_numbers_are_stepped_over() -> None:
    text = '{"n": ' + "9" * 5000 + ', "e": 1e999, "x": "y"}'
    assert text[slice(*locate(text, ("x",)))] == '"y"'


@given(TEXT, st.booleans())
def test_unescaping_maps_each_character_to_where_it_was_written(content: str, ascii_only: bool) -> None:
    raw = json.dumps(content, ensure_ascii=ascii_only)[1:-1]
    decoded, offsets = unescape_map(raw)
    assert decoded == content
    assert len(offsets) == len(content) + 1
    assert offsets == sorted(offsets)
    for index, char in enumerate(content):
        assert json.loads('"' + raw[offsets[index] : offsets[index + 1]] + '"') == char


def test_the_content_hash_does_not_depend_on_the_serialisation() -> None:
    one, two, other = (
        content_hash(parse(Line(1, 0, raw.encode(), True))[1])
        for raw in ('{"b": [1, 2], "a": "\\u00e9"}', '{ "a":"é","b":[1,2] }', '{"a":"e","b":[1,2]}')
    )
    assert one == two
    assert one != other


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"a": NaN}', b'"\\ud800"', b"[" * 300 + b"]" * 300, b"9" * 5000])
def test_what_the_strict_parser_refuses_is_one_kind_of_error(raw: bytes) -> None:
    with pytest.raises(Unparsable):
        parse(Line(1, 0, raw, True))


def test_an_object_or_list_is_read_once_however_much_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []
    following = parse_module._next
    monkeypatch.setattr(parse_module, "_next", lambda text, value: steps.append(value) or following(text, value))
    places = Places(json.dumps({"rows": [{"a": number} for number in range(200)], **{f"k{n}": n for n in range(200)}}))
    for number in range(200):
        start, end = places.locate(("rows", number, "a"))
        assert places.text[start:end] == str(number)
        assert places.text[slice(*places.locate((f"k{number}",), key=True))] == f'"k{number}"'
    assert len(steps) == 201 + 200 + 200


@given(st.text(alphabet='\\u"nd83DeE0Cx/ ', max_size=40))
def test_a_slice_that_cuts_an_escape_in_two_is_unescaped_as_far_as_it_is_whole(raw: str) -> None:
    decoded, offsets = unescape_map(raw)
    assert unescape(raw) == decoded
    assert (len(offsets), offsets[-1]) == (len(decoded) + 1, len(raw))
    for index, char in enumerate(decoded):
        piece = raw[offsets[index] : offsets[index + 1]]
        assert piece == char or json.loads(f'"{piece}"') == char
