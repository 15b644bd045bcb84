"""What it means that hostile text came out inert, for each output format, to the letter."""

from __future__ import annotations

import dataclasses
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

from ftlint.model import Finding, Place, Report
from ftlint.reports import Options, render
from ftlint.reports.json_ import from_json

# C0 but the line feed, DEL and C1, the separators that end a line, bidi and zero-width controls, the byte order mark,
# interlinear and tag characters. Lone surrogates do not get through the UTF-8 decoder that every output is read with.
ACTS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
BUILD_COMMAND = re.compile(r"##[A-Za-z]{0,20}\[")
WORKFLOW_COMMAND = re.compile(r"^\s*::", re.MULTILINE)
_OURS = re.compile(r"::(?:error|warning|notice) ")
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_ENTITY = re.compile(r"&#[0-9]+;")
_NOT_PLAIN = re.compile(r"""[^\w\s`@#/.]""")
_NO_MARKUP = re.compile(r"[^!-~]|[\w,;'/]")
_TAGS_OF_MARKDOWN = re.compile(r"</?(?:code|sub)>")
_SCRIPTS = {"script", "iframe", "object", "embed", "link", "base", "form", "img"}


def problems(name: str, text: str, report: Report) -> Iterator[str]:
    """Everything that is wrong with the text of a report in one format.

    Args:
        name: the format.
        text: the output, already decoded from UTF-8 without any leniency.
        report: the same report, read back from its JSON.
    """
    if found := ACTS.search(text):
        yield f"{name}: an acting character {found[0]!a} in {text[max(0, found.start() - 60) : found.end()]!a}"
    if name in ("full", "concise", "github") and (command := BUILD_COMMAND.search(text)):
        yield f"{name}: a command of a build server: {command[0]!a}"
    if name in ("full", "concise") and (line := WORKFLOW_COMMAND.search(text)):
        yield f"{name}: a line begins like a workflow command: {text[line.start() : line.start() + 80]!a}"
    if text and not text.endswith("\n"):
        yield f"{name}: the last line has no end"
    yield from RULES.get(name, _no_more)(text, report)


def colored(text: str, plain: str) -> Iterator[str]:
    """The coloured output is the plain one and SGR sequences, which data cannot add to."""
    seen, wanted = (
        [line for line in one.split("\n") if "ftlint check" not in line]  # the command to run again has its options
        for one in (_COLOR.sub("", text), plain)
    )
    if seen != wanted:
        other = next((pair for pair in zip(seen, wanted, strict=False) if pair[0] != pair[1]), ("", ""))
        yield f"full: in colour the text is another: {ascii(other)[:300]}"


def stderr(text: str) -> Iterator[str]:
    """The lines beside the result: no acting character, no traceback, no admission of a defect."""
    if found := ACTS.search(text):
        yield f"stderr: an acting character {found[0]!a}"
    if BUILD_COMMAND.search(text) or WORKFLOW_COMMAND.search(text):
        yield f"stderr: a command of a build server: {text[:200]!a}"
    if "Traceback" in text or "defect of ftlint" in text:
        yield f"stderr: {text[-2000:]}"


def plain_twin(report: Report) -> Report:
    """The same report with everything in its strings from outside that markup is made of replaced, sign by sign."""
    return dataclasses.replace(
        report,
        files=tuple(dataclasses.replace(file, path=_plain(file.path)) for file in report.files),
        findings=tuple(map(_plain_finding, report.findings)),
        accepted=tuple(map(_plain_finding, report.accepted)),
        omitted=tuple(dataclasses.replace(left, path=_plain(left.path)) for left in report.omitted),
    )


def _plain_finding(finding: Finding) -> Finding:
    frame = finding.frame and dataclasses.replace(finding.frame, text=_plain(finding.frame.text))
    return dataclasses.replace(
        finding,
        message=_plain(finding.message),
        help=finding.help and _plain(finding.help),
        path=_plain(finding.path),
        json_path=finding.json_path and _plain(finding.json_path),
        related=tuple(Place(_plain(place.path), place.line) for place in finding.related),
        frame=frame,
    )


def _plain(text: str) -> str:
    return _NOT_PLAIN.sub("_", text)


def _no_more(_text: str, _report: Report) -> Iterator[str]:
    return iter(())


def _concise(text: str, report: Report) -> Iterator[str]:
    if text.count("\n") != len(report.findings) + len(report.omitted):
        yield f"concise: {text.count(chr(10))} lines for {len(report.findings)} findings"


def _json(text: str, _report: Report) -> Iterator[str]:
    yield from _strings("json", json.loads(text, parse_constant=_refuse))


def _jsonl(text: str, report: Report) -> Iterator[str]:
    lines = text.splitlines()
    if len(lines) < len(report.findings):
        yield "jsonl: a finding is missing"
    for line in lines:
        yield from _strings("jsonl", json.loads(line, parse_constant=_refuse))


def _gitlab(text: str, report: Report) -> Iterator[str]:
    entries = json.loads(text, parse_constant=_refuse)
    wanted = len(report.findings) + len(report.omitted)
    if len(entries) != wanted or len({entry["fingerprint"] for entry in entries}) != len(entries):
        yield "gitlab: not one entry of its own for each finding"
    yield from _strings("gitlab", entries)


def _sarif(text: str, _report: Report) -> Iterator[str]:
    log = json.loads(text, parse_constant=_refuse)
    for run in log["runs"]:
        del run["tool"]["driver"]["rules"]  # pages of the rule book, with their line ends
    yield from _strings("sarif", log)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _strings(name: str, node: Any) -> Iterator[str]:
    """No string of a JSON format, keys included, holds an acting character or a line end once it is parsed."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if ACTS.search(item) or "\n" in item:
                yield f"{name}: the string {ascii(item)[:200]} acts once it is parsed"
        elif isinstance(item, dict):
            stack += [*item, *item.values()]
        elif isinstance(item, list):
            stack += item


def _github(text: str, report: Report) -> Iterator[str]:
    lines = text.split("\n")[:-1]
    if not all(_OURS.match(line) for line in lines):
        yield "github: a line is none of our commands"
    if len(lines) > min(len(report.findings), 10) + 1:
        yield "github: more commands than findings"
    for line in lines:
        properties = line.partition(" ")[2].partition("::")[0]
        names = [pair.partition("=")[0] for pair in properties.split(",")]
        if not set(names) <= {"file", "line", "endLine", "col", "endColumn", "title"} or len(set(names)) < len(names):
            yield f"github: the properties are {names}"


def _junit(text: str, report: Report) -> Iterator[str]:
    if "<!" in text or text.count("<?") != 1:
        yield "junit: a declaration that is not ours"
    seen, wanted = (_elements(xml) for xml in (text, render(plain_twin(report), "junit")))
    if seen != wanted:
        yield f"junit: other elements than for harmless text: {seen - wanted} more, {wanted - seen} fewer"


def _elements(xml: str) -> Counter[Any]:
    return Counter((node.tag, tuple(sorted(node.attrib))) for node in ET.fromstring(xml).iter())


class _Tags(HTMLParser):
    """Counts tags with the names of their attributes, and notes what could run or load anything."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: Counter[Any] = Counter()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = tuple(name for name, _ in attrs)
        self.seen[tag, names] += 1
        address = [value or "" for name, value in attrs if name in ("href", "src", "action", "data", "xlink:href")]
        if tag in _SCRIPTS or any(name.startswith("on") for name in names) or any(a[:1] != "#" for a in address):
            self.bad.append(f"{tag} {attrs}"[:200])

    def handle_endtag(self, tag: str) -> None:
        self.seen["/" + tag] += 1

    def handle_comment(self, data: str) -> None:
        self.seen["comment", data] += 1

    def handle_decl(self, decl: str) -> None:
        self.seen["declaration", decl] += 1

    def unknown_decl(self, data: str) -> None:
        self.bad.append(f"declaration {data[:80]}")

    def handle_pi(self, data: str) -> None:
        self.bad.append(f"instruction {data[:80]}")


def _html(text: str, report: Report) -> Iterator[str]:
    seen, wanted = _tags(text), _tags(render(plain_twin(report), "html", Options()))
    if seen.bad:
        yield f"html: {seen.bad[0]}"
    if seen.seen != wanted.seen:
        more, fewer = seen.seen - wanted.seen, wanted.seen - seen.seen
        yield f"html: other tags than for harmless text: {more} more, {fewer} fewer"


def _tags(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    parser.close()
    return parser


def _markdown(text: str, report: Report) -> Iterator[str]:
    if _skeleton(text) != _skeleton(render(plain_twin(report), "markdown")):
        yield "markdown: other markup than for harmless text"
    if "<" in _TAGS_OF_MARKDOWN.sub("", text):
        yield "markdown: a tag that is not ours"


def _skeleton(text: str) -> list[str]:
    """The markup of each line: the punctuation that is left when character references are taken away."""
    return [_NO_MARKUP.sub("", _ENTITY.sub("", line)) for line in text.split("\n")]


RULES: dict[str, Callable[[str, Report], Iterator[str]]] = {
    "concise": _concise,
    "json": _json,
    "jsonl": _jsonl,
    "gitlab": _gitlab,
    "sarif": _sarif,
    "github": _github,
    "junit": _junit,
    "html": _html,
    "markdown": _markdown,
}


def read_report(text: str) -> Report:
    """The report that the JSON output holds."""
    return from_json(text)
