"""The rules as data: one Markdown file each, TOML front matter and prose; built-in ones and the user's own."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson

from ftlint.catalog import rules_root
from ftlint.errors import ConfigError, UsageError
from ftlint.lazy import lazy
from ftlint.model import Level
from ftlint.records import dataclass

_FENCE = "+++"
INDEX = "index.json"
"""The front matter of all rules in one file, so that not every start reads every page; a test holds it to the pages."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A purely textual rule: a regular expression over the texts of some roles.

    Attributes:
        regex: compiled; the match is the finding's span.
        where: roles that it looks at, empty for all.
        kinds: kinds of text that it looks at, empty for all.
        trained: it looks only at what the model learns to produce.
    """

    regex: re.Pattern[str]
    where: tuple[str, ...]
    kinds: tuple[str, ...]
    trained: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file.

    Attributes:
        code: ``FT114``; ``name``: ``unknown-role``.
        message, help: templates; a check's values fill their named fields.
        fix: ``none``, ``safe`` or ``unsafe``.
        needs: ``offline``, ``api`` or ``network``.
        applies: ``file``, ``line``, ``example``, ``text``, ``dataset`` or ``job``.
        formats, providers: where the rule holds, empty for everywhere.
        example: settings for the executable examples of the page (``args``, ``repeat``).
        page: the page's Markdown without the front matter, or the file that holds it.
        source: where the file is, for messages.
        own: the rule is the user's, not built in.
    """

    code: str
    name: str
    level: Level
    summary: str
    message: str
    help: str
    fix: str
    needs: str
    applies: str
    formats: tuple[str, ...]
    providers: tuple[str, ...]
    since: str
    references: tuple[str, ...]
    pattern: Pattern | None
    example: dict[str, Any]
    page: str | Path
    source: str
    own: bool

    @property
    def body(self) -> str:
        """The page's Markdown without the front matter; of a built-in rule it is read when it is asked for."""
        if isinstance(self.page, str):
            return self.page
        return _divided(self.page.read_text(encoding="utf-8"), self.source)[1]


@dataclass(frozen=True, slots=True)
class Book:
    """All rules, by code in order."""

    rules: dict[str, Rule]

    def find(self, word: str) -> Rule:
        """The rule with this code or name, in any case; raises UsageError with a did-you-mean."""
        lowered = word.lower()
        for rule in self.rules.values():
            if lowered in (rule.code.lower(), rule.name):
                return rule
        raise UsageError(f"there is no rule `{word}`", self._suggest(word))

    def resolve(self, selectors: Iterable[str]) -> set[str]:
        """Codes for a list of codes, names, prefixes (``FT1``) and ``ALL``; raises UsageError for an unknown one."""
        codes: set[str] = set()
        for raw in selectors:
            word = raw.strip()
            upper = word.upper()
            if upper == "ALL":
                codes |= self.rules.keys()
                continue
            matches = {code for code in self.rules if code.startswith(upper)} if upper else set()
            matches |= {rule.code for rule in self.rules.values() if rule.name == word.lower()}
            if not matches:
                raise UsageError(f"there is no rule `{word}`", self._suggest(word))
            codes |= matches
        return codes

    def _suggest(self, word: str) -> str:
        import difflib

        known = [*self.rules, *(rule.name for rule in self.rules.values())]
        close = difflib.get_close_matches(word.upper(), known, 1, 0.6) or difflib.get_close_matches(
            word.lower(), known, 1, 0.5
        )
        return f"did you mean `{close[0]}`?" if close else "`ftlint rule --all` lists every rule"


def load_book(extra: Sequence[Path] = ()) -> Book:
    """The built-in rules and the user's own folders.

    Raises:
        ConfigError: a rule file of the user is wrong, or takes a code or name that exists.
    """
    if not extra:
        return _builtin()
    rules = dict(_builtin().rules)
    names = {rule.name: rule for rule in rules.values()}
    for folder in extra:
        if not folder.is_dir():
            raise ConfigError(f"the rule folder {folder} does not exist", "mend `rules` in the configuration")
        for path in sorted(folder.rglob("*.md")):
            if path.name == "README.md" or path.is_dir():
                continue
            rule = parse_rule(_read(path), str(path), own=True)
            taken = rules.get(rule.code) or names.get(rule.name)
            if taken is not None:
                raise ConfigError(
                    f"{path}: {rule.code} {rule.name} is already a rule ({taken.source})",
                    "choose another prefix or name",
                )
            rules[rule.code] = rule
            names[rule.name] = rule
    return Book(dict(sorted(rules.items())))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the rule file {path} cannot be read: {error}", "save it as UTF-8 text") from None


@functools.cache
def _builtin() -> Book:
    root = rules_root()
    fronts = orjson.loads((root / INDEX).read_bytes())
    rules = {}
    for place, table in fronts.items():
        folder, name = place.split("/")
        rules[table["code"]] = _rule(table, root / folder / name, name, own=False)
    return Book(rules)


def fronts(root: Path) -> dict[str, dict[str, Any]]:
    """The front matter of every built-in rule by ``folder/file``, in order of code: what ``INDEX`` holds.

    Raises:
        ConfigError: a rule file is wrong.
    """
    from ftlint.rulefront import validate  # which the index does not need

    found = {}
    for folder in root.iterdir():
        if folder.is_dir() and folder.name.startswith("FT"):
            for entry in folder.iterdir():
                if entry.name.endswith(".md"):
                    table, _ = _divided(entry.read_text(encoding="utf-8"), entry.name)
                    validate(table, entry.name, own=False)
                    found[f"{folder.name}/{entry.name}"] = table
    return dict(sorted(found.items(), key=lambda item: str(item[1]["code"])))


def parse_rule(text: str, source: str, *, own: bool) -> Rule:
    """One rule from its file's text; raises ConfigError that names the file and the key."""
    from ftlint.rulefront import validate

    table, body = _divided(text, source)
    validate(table, source, own=own)
    return _rule(table, body, source, own=own)


def _divided(text: str, source: str) -> tuple[dict[str, Any], str]:
    """The front matter and the Markdown behind it."""
    text = text if text.endswith("\n") else text + "\n"
    if not text.startswith(_FENCE + "\n") or f"\n{_FENCE}\n" not in text:
        raise ConfigError(f"{source}: the TOML front matter between two lines of +++ is missing", "see rules/README.md")
    front, body = text[len(_FENCE) + 1 :].split(f"\n{_FENCE}\n", 1)
    import tomllib

    try:
        return tomllib.loads(front), body.strip() + "\n"
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: front matter: {error}", "mend the TOML between the two lines of +++") from None


def _rule(table: dict[str, Any], page: str | Path, source: str, *, own: bool) -> Rule:
    return Rule(
        code=table["code"],
        name=table["name"],
        level=Level(table["level"]),
        summary=table["summary"],
        message=table["message"],
        help=table["help"],
        fix=table.get("fix", "none"),
        needs=table.get("needs", "offline"),
        applies=table["applies"],
        formats=tuple(table.get("formats", ())),
        providers=tuple(table.get("providers", ())),
        since=table.get("since", ""),
        references=tuple(table.get("references", ())),
        pattern=_pattern(table, source, own=own),
        example=table.get("example", {}),
        page=page,
        source=source,
        own=own,
    )


def _pattern(table: dict[str, Any], source: str, *, own: bool) -> Pattern | None:
    if "pattern" not in table:
        return None
    flags = re.IGNORECASE if "i" in table.get("flags", "") else re.NOFLAG
    where, kinds = tuple(table.get("where", ())), tuple(table.get("kinds", ()))
    regex = _regex(table, flags, source) if own else lazy(table["pattern"], flags)
    return Pattern(regex, where, kinds, trained=table.get("trained", False) is True)


def _regex(table: dict[str, Any], flags: int, source: str) -> re.Pattern[str]:
    try:
        regex = re.compile(table["pattern"], flags)
    except (re.error, TypeError) as error:
        raise ConfigError(f"{source}: `pattern` is no regular expression: {error}", "mend the pattern") from None
    if regex.search(""):
        raise ConfigError(f"{source}: `pattern` matches the empty text", "make it match at least one character")
    return regex
