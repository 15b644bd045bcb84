"""Beside all stages: dataclasses that are cheap to define, so that a command starts fast; checkers see ordinary ones.

``dataclasses`` compiles six methods for each class, half a millisecond; here five are shared, and the constructor is
compiled for the first object. There is no order, no ``InitVar`` and no ``unsafe_hash``.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError, fields
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, kw_only: bool = False
    ) -> Any:
        """As ``dataclasses.dataclass``; a method that the class defines itself stays."""
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, kw_only=kw_only)
        cls.__doc__ = cls.__doc__ or cls.__name__  # else one is made of the signature, by inspect
        own = cls.__dict__
        methods = {name: method for name, method in _methods(frozen, slots).items() if name not in own}
        made = dataclasses.dataclass(cls, init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)
        for name, method in methods.items():
            setattr(made, name, method)
        if "__init__" not in own:
            made.__init__ = _first(made, frozen)
        return made


def _methods(frozen: bool, slots: bool) -> dict[str, Any]:
    methods: dict[str, Any] = {"__repr__": _repr, "__eq__": _eq, "__hash__": _hash if frozen else None}
    if frozen:
        methods |= {"__setattr__": _no_change, "__delattr__": _no_removal}
    if frozen and slots:  # else pickle would assign the fields
        methods |= {"__getstate__": _state, "__setstate__": _restore}
    return methods


def _first(cls: type, frozen: bool) -> Any:
    """A constructor that makes the real one, when the first object is made."""

    def __init__(self: Any, *args: Any, **given: Any) -> None:  # noqa: N807 (it is one)
        cls.__init__ = real = _constructor(cls, frozen)  # type: ignore[misc]
        real(self, *args, **given)

    return __init__


def _constructor(cls: type, frozen: bool) -> Any:
    """The method that sets the fields, positional and keyword-only ones, and calls ``__post_init__``."""
    names: dict[str, Any] = {"MISSING": MISSING, "_set": object.__setattr__}
    places, keys, body = ["self"], list[str](), list[str]()
    for field in fields(cls):
        name = field.name
        value, default = name, ""
        if field.default is not MISSING:
            names[f"_default_{name}"] = field.default
            value, default = (name if field.init else f"_default_{name}"), f"=_default_{name}"
        elif field.default_factory is not MISSING:
            names[f"_make_{name}"] = field.default_factory
            made = f"_make_{name}()"
            value, default = (f"{made} if {name} is MISSING else {name}" if field.init else made), "=MISSING"
        elif not field.init:
            continue
        if field.init:
            (keys if field.kw_only else places).append(name + default)
        body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    body += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    parameters = ", ".join([*places, *(["*", *keys] if keys else [])])
    exec(f"def __init__({parameters}):\n " + "\n ".join(body or ["pass"]), names)  # noqa: S102 (only names of fields)
    names["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    return names["__init__"]


@cache
def _compared(cls: Any) -> Any:
    """What gives the values of an object that it is compared by, as a tuple."""
    names = [field.name for field in fields(cls) if field.compare]
    return attrgetter(*names) if len(names) > 1 else lambda one: tuple(getattr(one, name) for name in names)


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    kind: Any = type(self)
    values = _compared(kind)
    return values(self) == values(other)


def _hash(self: Any) -> int:
    kind: Any = type(self)
    return hash(_compared(kind)(self))


def _no_change(self: Any, name: str, value: object) -> NoReturn:  # noqa: ARG001 (as __setattr__ is called)
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_removal(self: Any, name: str) -> NoReturn:  # noqa: ARG001 (as __delattr__ is called)
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
