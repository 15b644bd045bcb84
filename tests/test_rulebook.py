"""The rule book: pages are read or refused with a reason, and rules are found by code, name and prefix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ftlint.errors import ConfigError, UsageError
from ftlint.model import Level
from ftlint.rulebook import load_book, parse_rule

FRONT = """code = "ACME001"
name = "old-name"
level = "warning"
summary = "the old name"
message = "`{match}` is the old name"
help = "write the new one"
applies = "text"
pattern = "Widg[ei]t"
"""
BODY = "## What it does\n\nFinds it.\n"


def page(front: str = FRONT) -> str:
    return f"+++\n{front}+++\n\n{BODY}"


def without(key: str) -> str:
    return page("".join(line + "\n" for line in FRONT.splitlines() if not line.startswith(f"{key} =")))


def with_(line: str) -> str:
    key = line.split(" =")[0]
    return page("".join(old + "\n" for old in FRONT.splitlines() if not old.startswith(f"{key} =")) + line + "\n")


def test_a_page_becomes_a_rule() -> None:
    rule = parse_rule(page(), "x.md", own=True)
    assert (rule.code, rule.name, rule.level, rule.applies) == ("ACME001", "old-name", Level.WARNING, "text")
    assert (rule.fix, rule.needs, rule.formats, rule.providers, rule.since) == ("none", "offline", (), (), "")
    assert rule.body == BODY
    assert rule.own
    assert rule.pattern is not None
    assert (rule.pattern.where, rule.pattern.kinds) == ((), ())
    assert rule.pattern.regex.findall("Widget, widget, Widgit") == ["Widget", "Widgit"]


def test_what_is_optional_is_taken_over() -> None:
    narrower = 'flags = "i"\nwhere = ["assistant"]\nkinds = ["content"]\nformats = ["chat"]\n'
    rule = parse_rule(page(FRONT + narrower + 'providers = ["azure"]\nfix = "safe"\n'), "x.md", own=True)
    assert rule.pattern is not None
    assert rule.pattern.regex.flags & re.IGNORECASE
    assert (rule.pattern.where, rule.pattern.kinds) == (("assistant",), ("content",))
    assert (rule.formats, rule.providers, rule.fix) == (("chat",), ("azure",), "safe")


WRONG = {
    "no front matter": (BODY, "front matter"),
    "an open front matter": ("+++\n" + FRONT, "front matter"),
    "broken TOML": (page(FRONT + "level ="), "front matter"),
    "a repeated key": (page(FRONT + 'code = "ACME002"\n'), "front matter"),
    "an unknown key": (page(FRONT + 'wher = ["user"]\n'), "unknown key `wher`"),
    "a level nobody knows": (with_('level = "fatal"'), "`level` is fatal"),
    "a number for a text": (with_("summary = 3"), "`summary` is not a string"),
    "a short code": (with_('code = "A1"'), "`code`"),
    "a code in small letters": (with_('code = "acme001"'), "`code`"),
    "a code of ours": (with_('code = "FT999"'), "starts with FT"),
    "a name with capitals": (with_('name = "Old Name"'), "kebab-case"),
    "an unknown scope": (with_('applies = "word"'), "`applies` is word"),
    "a field that no pattern gives": (with_('message = "{text}"'), "`message` has the field {text}"),
    "a field of a field": (with_('message = "{match.__class__}"'), "`message` has the field {match.__class__}"),
    "a width": (with_('message = "{match:>1000000000}"'), "`message` has the field {match:>1000000000}"),
    "a conversion": (with_('help = "{role!r}"'), "`help` has the field {role!r}"),
    "a field without a name": (with_('help = "{}"'), "`help` has the field {}"),
    "an open brace": (with_('help = "write {match"'), "`help` is no template"),
    "flags that are a number": (with_("flags = 5"), "`flags` is not a string"),
    "flags nobody knows": (with_('flags = "ix"'), "`flags` is ix"),
    "formats in one text": (with_('formats = "chat"'), "`formats` is not a list of strings"),
    "a format nobody knows": (with_('formats = ["alpaca"]'), "`formats` names `alpaca`"),
    "a role nobody knows": (with_('where = ["asistant"]'), "`where` names `asistant`"),
    "a kind nobody knows": (with_('kinds = ["text"]'), "`kinds` names `text`"),
    "a provider nobody knows": (with_('providers = ["opnai"]'), "`providers` names `opnai`"),
    "trained as a text": (with_('trained = "yes"'), "`trained` is not true or false"),
    "a fix nobody knows": (with_('fix = "always"'), "`fix` is always"),
    "a need nobody knows": (with_('needs = "luck"'), "`needs` is luck"),
    "no pattern": (without("pattern"), "`pattern` is missing"),
    "a broken pattern": (with_('pattern = "("'), "no regular expression"),
    "a pattern that is a list": (with_('pattern = ["a"]'), "no regular expression"),
    "a pattern for nothing": (with_('pattern = "a*"'), "matches the empty text"),
    **{f"no {key}": (without(key), f"`{key}` is missing")
       for key in ("code", "name", "level", "summary", "message", "help", "applies")},
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_page_is_refused_with_its_name_and_a_remedy(name: str) -> None:
    text, said = WRONG[name]
    with pytest.raises(ConfigError) as caught:
        parse_rule(text, "my-rules/x.md", own=True)
    assert caught.value.message.startswith("my-rules/x.md: ")
    assert said in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_a_misspelt_key_gets_a_suggestion() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rule(page(FRONT + 'wher = ["user"]\n'), "x.md", own=True)
    assert caught.value.hint == "did you mean `where`?"


def test_a_built_in_page_needs_no_pattern() -> None:
    rule = parse_rule(without("pattern").replace("ACME001", "FT999"), "x.md", own=False)
    assert rule.pattern is None
    assert not rule.own


def own(folder: Path, text: str, name: str = "ACME001-old-name.md") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_own_rules_join_the_built_in_ones(tmp_path: Path) -> None:
    folder = own(tmp_path / "mine", page())
    own(folder, "notes, not a rule", "README.md")
    book = load_book([folder])
    assert set(book.rules) == {*load_book().rules, "ACME001"}
    assert list(book.rules) == sorted(book.rules)
    assert book.rules["ACME001"].own


def test_own_rules_stand_in_folders_of_folders(tmp_path: Path) -> None:
    own(tmp_path / "mine", page())
    own(tmp_path / "mine" / "more", page().replace("ACME001", "ACME002").replace("old-name", "other-name"))
    assert {"ACME001", "ACME002"} <= set(load_book([tmp_path / "mine"]).rules)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (page().replace("old-name", "unknown-role"), "ACME001 unknown-role is already a rule"),
        ("no rule", "front matter"),
    ],
)
def test_own_rules_that_clash_or_are_broken_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_book([own(tmp_path / "mine", text)])
    assert said in caught.value.message


def test_the_same_own_rule_twice_is_refused(tmp_path: Path) -> None:
    own(tmp_path / "mine", page())
    own(tmp_path / "mine", page(), "ACME001-again.md")
    with pytest.raises(ConfigError) as caught:
        load_book([tmp_path / "mine"])
    assert "already a rule" in caught.value.message


def test_a_page_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    folder = own(tmp_path / "mine", page())
    (folder / "ACME002.md").write_bytes(page().encode("utf-16"))
    with pytest.raises(ConfigError) as caught:
        load_book([folder])
    assert "ACME002.md cannot be read" in caught.value.message


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_book([tmp_path / "nowhere"])
    assert "does not exist" in caught.value.message


@pytest.mark.parametrize("word", ["FT114", "ft114", "unknown-role", "Unknown-Role"])
def test_a_rule_is_found_by_code_and_name(word: str) -> None:
    assert load_book().find(word).code == "FT114"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("FT1114", "did you mean `FT114`?"),
        ("unknown-rol", "did you mean `unknown-role`?"),
        ("missing-mesages", "did you mean `missing-messages`?"),
        ("xyzzy", "`ftlint rule --all` lists every rule"),
        ("", "`ftlint rule --all` lists every rule"),
    ],
)
def test_a_rule_that_does_not_exist_gets_a_suggestion(word: str, hint: str) -> None:
    for look in (load_book().find, lambda given: load_book().resolve([given])):
        with pytest.raises(UsageError) as caught:
            look(word)
        assert caught.value.hint is not None
        assert caught.value.hint.startswith(hint)
        assert caught.value.exit_code == 2


def test_selections_are_codes_names_prefixes_and_all() -> None:
    book = load_book()
    assert book.resolve(["ALL"]) == set(book.rules) == book.resolve(["all"])
    assert book.resolve(["FT0"]) == {code for code in book.rules if code.startswith("FT0")}
    assert book.resolve(["ft11"]) == {f"FT11{digit}" for digit in range(10)}
    assert book.resolve([" FT114 ", "empty-file"]) == {"FT114", "FT001"}
    assert book.resolve([]) == set()


def test_a_page_as_editors_save_it(tmp_path: Path) -> None:
    folder = own(tmp_path / "mine", "\ufeff" + page().replace("\n", "\r\n"))
    (folder / "folder.md").mkdir()
    assert load_book([folder]).rules["ACME001"].own
    assert parse_rule(f"+++\n{FRONT}+++", "x.md", own=True).body == "\n"
