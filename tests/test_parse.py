"""Stage 2: from a JSON path back to columns, exactly, with escapes and characters beyond the basic plane."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ftlint.model import JsonPath
from ftlint.parse import content_hash, locate, unescape_map

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
    one = json.loads('{"b": [1, 2], "a": "\\u00e9"}')
    two = json.loads('{ "a":"é","b":[1,2] }')
    assert content_hash(one) == content_hash(two)
    assert content_hash(one) != content_hash({"a": "e", "b": [1, 2]})
