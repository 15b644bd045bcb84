"""Every rule's page: front matter, sections, index, and its examples, run as they stand on the page.

`python tests/test_rules.py` writes the index of rules/README.md anew, rules/index.json and rules/tables.json.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import re
import string
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from ftlint import catalog, engine, rulebook
from ftlint.checks import registry
from ftlint.model import Format, Report, Role
from ftlint.preflight import preflight
from ftlint.rulebook import INDEX, Rule, load_book, parse_rule
from ftlint.sandbox import markers
from ftlint.services.interface import Rejected, Score
from ftlint.settings import ModerationSettings, ServiceConfig, Services, Settings

ROOT = Path(__file__).parents[1]
RULES = ROOT / "rules"
README = RULES / "README.md"
TODAY = datetime.date(2026, 11, 22)
FOLDERS = {
    "0": "FT0-file",
    "1": "FT1-schema",
    "2": "FT2-conversation",
    "3": "FT3-tokens",
    "4": "FT4-job",
    "5": "FT5-dataset",
    "6": "FT6-quality",
    "7": "FT7-privacy",
    "8": "FT8-images",
    "9": "FT9-moderation",
}
SECTIONS = ["What it does", "Why it matters", "Example", "Use instead", "Fix safety", "References"]
PAGES = sorted(RULES.glob("FT*/*.md"))
BOOK = load_book()
BEGIN = "<!-- index of the rules: `python tests/test_rules.py` writes it -->"
END = "<!-- end of the index -->"
_FENCE = re.compile(r"^```(\S*)[ \t]*(.*)$")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: the text of a file, and what stands behind ``jsonl`` in its first line."""

    text: str
    attributes: tuple[str, ...]

    @property
    def role(self) -> Role:
        """Which file of the run it is."""
        return Role.VALIDATION if "validation" in self.attributes else Role.TRAIN

    def content(self) -> bytes:
        """The bytes of the file."""
        text = self.text + "\n"
        if fill := self._number("fill"):
            text = text.replace("{fill}", " ".join(str(number) for number in range(1, fill + 1)))
        if repeat := self._number("repeat"):
            text = "".join(text.replace("{n}", str(number)) for number in range(1, repeat + 1))
        if "bytes" in self.attributes:
            return text.encode("ascii").decode("unicode_escape").encode("latin-1")
        return text.encode()

    def _number(self, name: str) -> int:
        given = [word.partition("=")[2] for word in self.attributes if word.startswith(f"{name}=")]
        return int(given[0]) if given else 0


def sections_of(body: str) -> dict[str, list[str]]:
    """The lines under each second-level heading; a ``##`` inside a fence is no heading."""
    found: dict[str, list[str]] = {}
    fenced = False
    lines: list[str] = []
    for line in body.splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            lines = found.setdefault(line.removeprefix("## "), [])
        else:
            lines.append(line)
    return found


def blocks_of(lines: Sequence[str]) -> list[Block]:
    """The ``jsonl`` blocks of a section."""
    found: list[Block] = []
    opened: tuple[str, ...] | None = None
    language = ""
    held: list[str] = []
    for line in lines:
        fence = _FENCE.match(line)
        if fence is None:
            held.append(line)
        elif opened is None:
            language, opened, held = fence[1], tuple(fence[2].split()), []
        else:
            if language == "jsonl":
                found.append(Block("\n".join(held), opened))
            opened = None
    return found


def runs_of(blocks: Sequence[Block]) -> list[list[Block]]:
    """Each training file with the validation file that follows it."""
    runs: list[list[Block]] = []
    for block in blocks:
        if block.role is Role.TRAIN or not runs:
            runs.append([])
        runs[-1].append(block)
    return runs


def settings_for(rule: Rule, *, clean: bool) -> Settings:
    """The settings of a page's examples: those of a fixed day, changed by ``args`` of its front matter.

    What to use instead runs with ``clean_args`` where the page has them: there the remedy is another argument.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--provider", default="openai")
    parser.add_argument("--today", type=datetime.date.fromisoformat, default=TODAY)
    parser.add_argument("--no-tokens", action="store_true")
    parser.add_argument("--format", type=Format)
    words = rule.example.get("args", [])
    given = parser.parse_args(rule.example.get("clean_args", words) if clean else words)
    local = ServiceConfig(base_url="http://127.0.0.1:9/v1")
    return Settings(
        today=given.today,
        model=given.model,
        provider=given.provider,
        tokens=not given.no_tokens,
        format=given.format,
        services=Services(moderator=local),
        moderation=ModerationSettings(cache=False),
    )


class MarkerModerator:
    """Scores come from markers in the text, as in the sandbox; one that fails refuses every text."""

    name = "markers"
    model = "markers-1"

    def __init__(self, *, fails: bool) -> None:
        self.fails = fails

    async def score(self, texts: Sequence[str]) -> list[Score]:
        if self.fails:
            raise Rejected("the input was refused", status=400)
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Score:
        scores = markers.scores(text)
        flagged = tuple(category for category, score in scores.items() if score >= markers.FLAGGED)
        return Score(bool(flagged), scores, flagged)

    async def score_image(self, url: str) -> Score:
        return self._score(unquote(url))

    async def close(self) -> None:
        return None


def check(blocks: Sequence[Block], rule: Rule, folder: Path, *, clean: bool) -> Report:
    """The report on one run of a page, with a moderation pass where the rule needs one."""
    fails = rule.code == "FT909" and not clean  # that example is about the service, not about the data
    files = []
    for block in blocks:
        path = folder / f"{block.role.value}.jsonl"
        path.write_bytes(block.content())
        files.append((path, block.role))
    settings = settings_for(rule, clean=clean)
    report = engine.check(files, settings)
    if rule.needs == "api":
        report = preflight(files, settings, MarkerModerator(fails=fails), report)
    return report


def codes(report: Report, rule: Rule) -> list[str]:
    """The rules that fired; examples are shorter than a training file may be, so FT401 counts on its own page only."""
    return [finding.code for finding in report.findings if finding.code == rule.code or finding.code != "FT401"]


def rule_of(page: Path) -> Rule:
    return parse_rule(page.read_text(encoding="utf-8"), page.name, own=False)


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def test_there_are_pages() -> None:
    assert len(PAGES) >= 30
    assert len(BOOK.rules) == len(PAGES)


def test_every_rule_has_a_check_and_every_check_a_rule() -> None:
    checks = [*registry.READING, *registry.MODERATION, *registry.NETWORK]
    checks += [code for _, held in (*registry.BATCH, *registry.DATASET) for code in held]
    assert len(checks) == len(set(checks))
    textual = {rule.code for rule in BOOK.rules.values() if rule.pattern is not None}
    assert textual.isdisjoint(checks)
    assert {*checks, *textual} == set(BOOK.rules)


def test_names_are_used_once() -> None:
    names = [rule.name for rule in BOOK.rules.values()]
    assert len(names) == len(set(names))


@each_page
def test_the_front_matter_is_complete(page: Path) -> None:
    rule = rule_of(page)
    assert page.name == f"{rule.code}-{rule.name}.md"
    assert page.parent.name == FOLDERS[rule.code[2]]
    assert rule.fix in ("none", "safe", "unsafe")
    assert rule.needs in ("offline", "api", "network")
    assert set(rule.formats) <= {fmt.value for fmt in Format if fmt is not Format.UNKNOWN}
    assert set(rule.providers) <= set(catalog.load_providers())
    assert re.fullmatch(r"\d+\.\d+\.\d+", rule.since)
    assert rule.references
    assert all(isinstance(reference, str) and reference for reference in rule.references)
    assert set(rule.example) <= {"args", "clean_args", "skip"}


@each_page
def test_messages_are_in_the_house_style(page: Path) -> None:
    rule = rule_of(page)
    for sentence in (rule.summary, rule.message, rule.help):
        assert sentence.strip() == sentence
        assert not sentence.endswith(".")
        assert "\n" not in sentence
        fields = [field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None]
        assert all(field.isidentifier() for field in fields) or sentence == rule.summary
    assert rule.summary
    assert not re.match(r"[A-Z][a-z]", rule.message)
    assert not re.match(r"[A-Z][a-z]", rule.summary) or rule.summary.split()[0] in ("NaN", "Git")


@each_page
def test_the_sections_are_all_there_in_order(page: Path) -> None:
    found = sections_of(rule_of(page).body)
    assert list(found) == SECTIONS
    for title, lines in found.items():
        assert any(line.strip() for line in lines), title
    assert len(blocks_of(found["Use instead"])) >= 1


@each_page
def test_the_fix_section_agrees_with_the_front_matter(page: Path) -> None:
    rule = rule_of(page)
    text = " ".join(sections_of(rule.body)["Fix safety"]).strip()
    assert text.startswith("There is no automatic fix") == (rule.fix == "none")


@each_page
def test_the_example_gives_this_rule_and_no_other(page: Path, tmp_path: Path) -> None:
    rule = rule_of(page)
    runs = runs_of(blocks_of(sections_of(rule.body)["Example"]))
    if "skip" in rule.example:
        assert runs == []
        named = re.search(r"tests/checks/\w+\.py", rule.example["skip"])
        assert named, "the reason names the test that stands in"
        assert f'"{rule.code}"' in (ROOT / named[0]).read_text(encoding="utf-8")
        return
    assert runs
    for blocks in runs:
        report = check(blocks, rule, tmp_path, clean=False)
        found = codes(report, rule)
        assert set(found) == {rule.code}, [(finding.code, finding.message) for finding in report.findings]
        for finding in report.findings:
            assert finding.message
            assert "{" not in finding.message.replace('{"', "")
            assert finding.help is None or not finding.help.endswith(".")


@each_page
def test_what_to_use_instead_gives_no_finding(page: Path, tmp_path: Path) -> None:
    rule = rule_of(page)
    for blocks in runs_of(blocks_of(sections_of(rule.body)["Use instead"])):
        report = check(blocks, rule, tmp_path, clean=True)
        assert codes(report, rule) == [], [(finding.code, finding.message) for finding in report.findings]


def index() -> str:
    """The table of all rules, in Markdown."""
    rows = ["| code | name | level | fix | needs | what |", "| --- | --- | --- | --- | --- | --- |"]
    for page in PAGES:
        rule = rule_of(page)
        link = f"[{rule.code}]({page.parent.name}/{page.name})"
        summary = rule.summary.replace("|", "\\|")
        rows.append(f"| {link} | `{rule.name}` | {rule.level.value} | {rule.fix} | {rule.needs} | {summary} |")
    return "\n".join(rows)


def test_the_index_lists_every_rule() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count(BEGIN) == 1
    listed = text.split(BEGIN, 1)[1].split(END, 1)[0].strip()
    assert listed == index(), "python tests/test_rules.py writes it"


def fronts() -> str:
    """What rules/index.json is to hold: a line for each rule."""
    held = [
        f"{json.dumps(place)}: {json.dumps(table, ensure_ascii=False)}"
        for place, table in rulebook.fronts(RULES).items()
    ]
    return "{\n" + ",\n".join(held) + "\n}\n"


def test_the_front_matter_in_one_file_is_that_of_the_pages() -> None:
    assert (RULES / INDEX).read_text(encoding="utf-8") == fronts(), "python tests/test_rules.py writes it"


def tables() -> str:
    """What rules/tables.json is to hold: the tables that people read, dates as text."""
    return json.dumps(catalog.tables(RULES), default=datetime.date.isoformat, ensure_ascii=False, indent=1) + "\n"


def test_the_tables_in_one_file_are_those_that_people_read() -> None:
    assert (RULES / catalog.INDEX).read_text(encoding="utf-8") == tables(), "python tests/test_rules.py writes it"


def test_every_pattern_compiles_and_matches_no_empty_text() -> None:
    patterns = [rule.pattern for rule in BOOK.rules.values() if rule.pattern is not None]
    assert patterns
    assert not [pattern for pattern in patterns if pattern.regex.search("")]


def test_the_rule_of_ones_own_in_the_readme_works(tmp_path: Path) -> None:
    blocks = re.findall(r"```markdown\n(.*?)\n```\n", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    own = parse_rule(blocks[0] + "\n", "README.md", own=True)
    folder = tmp_path / "my-rules"
    folder.mkdir()
    (folder / f"{own.code}-{own.name}.md").write_text(blocks[0] + "\n", encoding="utf-8")
    settings = dataclasses.replace(Settings(today=TODAY), rules=(folder,))
    line = '{"messages": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "%s"}]}\n'
    for answer, expected in (("Look in the Acme Cloud Console.", [own.code]), ("Look in the Acme Hub.", [])):
        path = tmp_path / "train.jsonl"
        path.write_text(line % answer, encoding="utf-8")
        report = engine.check([(path, Role.TRAIN)], settings)
        assert [finding.code for finding in report.findings if finding.code != "FT401"] == expected


def update() -> None:
    """Write the index of rules/README.md anew, rules/index.json and rules/tables.json."""
    (RULES / catalog.INDEX).write_text(tables(), encoding="utf-8")
    (RULES / INDEX).write_text(fronts(), encoding="utf-8")
    head, rest = README.read_text(encoding="utf-8").split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    README.write_text(f"{head}{BEGIN}\n\n{index()}\n\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(update())
