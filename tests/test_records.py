"""Dataclasses that are cheap to define: they do what those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import field, fields, replace
from typing import Any

import pytest

from ftlint import records

Decorator = Callable[..., Any]


def make(decorator: Decorator) -> dict[str, Any]:
    """A class of each kind."""

    @decorator(frozen=True, slots=True)
    class Frozen:
        """Frozen."""

        name: str
        size: int = 1
        words: list[str] = field(default_factory=list, compare=False)
        hidden: str = field(default="x", repr=False)

        @property
        def double(self) -> int:
            return 2 * self.size

    @decorator(frozen=True, slots=True, kw_only=True)
    class Base:
        """With keys."""

        as_of: str
        note: str = ""

    @decorator(frozen=True, slots=True, kw_only=True)
    class Derived(Base):
        """With the keys of the other."""

        one: int
        two: tuple[int, ...] = ()

    @decorator
    class Open:
        left: int
        right: dict[str, int] = field(default_factory=dict)
        later: int = field(init=False, default=7)
        made: list[int] = field(init=False, default_factory=list)

        def __post_init__(self) -> None:
            self.made.append(self.left)

    @decorator(frozen=True)
    class Own:
        """With methods of its own."""

        value: str

        def __repr__(self) -> str:
            return "own"

        def __hash__(self) -> int:
            return 5

    return {kind.__name__: kind for kind in (Frozen, Base, Derived, Open, Own)}


OURS, THEIRS = make(records.dataclass), make(dataclasses.dataclass)
GIVEN: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Frozen", ("a",), {}),
    ("Frozen", ("a", 2, ["w"], "y"), {}),
    ("Frozen", ("a",), {"size": 3, "hidden": "z"}),
    ("Base", (), {"as_of": "today"}),
    ("Derived", (), {"as_of": "today", "one": 1}),
    ("Derived", (), {"as_of": "today", "one": 1, "two": (1, 2), "note": "n"}),
    ("Open", (3,), {}),
    ("Open", (3, {"a": 1}), {}),
    ("Own", ("v",), {}),
]


@pytest.mark.parametrize(("name", "values", "named"), GIVEN)
def test_objects_are_as_they_would_be(name: str, values: tuple[Any, ...], named: dict[str, Any]) -> None:
    ours, theirs = OURS[name](*values, **named), THEIRS[name](*values, **named)
    same = OURS[name](*values, **named)
    assert repr(ours).replace("make.<locals>.", "") == repr(theirs).replace("make.<locals>.", "")
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert [each.name for each in fields(ours)] == [each.name for each in fields(theirs)]
    assert ours == same
    assert ours != theirs
    assert ours != "text"
    assert hasattr(ours, "__dict__") == hasattr(theirs, "__dict__")
    assert copy.deepcopy(ours) == ours
    assert OURS[name].__match_args__ == THEIRS[name].__match_args__
    assert OURS[name].__doc__ is not None
    if type(theirs).__hash__ is None:
        with pytest.raises(TypeError, match="unhashable"):
            hash(ours)
    else:
        assert hash(ours) == hash(theirs) == hash(same)


@pytest.mark.parametrize("kinds", [OURS, THEIRS])
def test_what_is_compared_decides(kinds: dict[str, Any]) -> None:
    frozen = kinds["Frozen"]
    assert frozen("a", words=["b"]) == frozen("a")
    assert frozen("a", 2) != frozen("a")
    assert replace(frozen("a"), size=5) == frozen("a", 5)
    assert frozen("a").words is not frozen("a").words
    assert kinds["Base"](as_of="x") != kinds["Derived"](as_of="x", one=1)


@pytest.mark.parametrize("kinds", [OURS, THEIRS])
@pytest.mark.parametrize(("values", "named"), [((), {}), (("a", 1, [], "x", 2), {}), (("a",), {"other": 1})])
def test_wrong_arguments_are_told(kinds: dict[str, Any], values: tuple[Any, ...], named: dict[str, Any]) -> None:
    told = r"Frozen\.__init__\(\) (missing 1 required|takes from 2 to 5|got an unexpected)"
    with pytest.raises(TypeError, match=told):
        kinds["Frozen"](*values, **named)
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'one'"):
        kinds["Derived"](as_of="today")


@pytest.mark.parametrize("kinds", [OURS, THEIRS])
def test_a_frozen_one_cannot_be_changed(kinds: dict[str, Any]) -> None:
    one = kinds["Frozen"]("a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        one.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
        del one.name
    kinds["Open"](1).left = 2


@records.dataclass(frozen=True, slots=True)
class Sent:
    """Goes to another process."""

    name: str
    inner: tuple[Sent, ...] = ()


@records.dataclass
class Changing:
    """Goes too, and may change."""

    name: str


def test_objects_can_be_sent_to_another_process() -> None:
    for one in (Sent("a", (Sent("b"),)), Changing("c")):
        assert pickle.loads(pickle.dumps(one)) == one


def test_an_object_in_itself_has_an_end() -> None:
    held: dict[str, Any] = {}
    one = OURS["Open"](1, held)
    held["self"] = one
    assert "..." in repr(one)
