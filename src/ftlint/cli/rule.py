"""``ftlint rule``: the pages of the rule book, one, some or all."""

from __future__ import annotations

import json
from typing import Any

import click

from ftlint.cli.common import config_options, resolve
from ftlint.rulebook import Rule, load_book
from ftlint.text import log_line, safe, safe_json


@click.command("rule", short_help="Explain a rule: what it finds, why it matters, what to write instead.")
@click.argument("word", required=False, metavar="[CODE|NAME]")
@click.option("--all", "everything", is_flag=True, help="Every page of the book.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@config_options
def rule(
    word: str | None, everything: bool, output_format: str, config: tuple[str, ...], isolated: bool, today: str | None
) -> int:
    """Explain a rule: `ftlint rule FT114`, `ftlint rule unknown-role`, or a prefix such as `FT1`.

    Without a rule: the index, a line for each.
    """
    from ftlint.cli.output import write

    book = load_book(resolve(config, isolated, today).settings.rules)
    if word is not None and not everything:
        chosen = [book.rules[code] for code in sorted(book.resolve([word]))]
    else:
        chosen = list(book.rules.values())
    if output_format == "json":
        pages = [_tree(page) for page in chosen]
        content: Any = pages[0] if word is not None and len(pages) == 1 else pages
        write(safe_json(json.dumps(content, indent=2)) + "\n")
    elif word is None and not everything:
        write("".join(_entry(page) + "\n" for page in chosen))
    else:
        write("\n".join(_page(page) for page in chosen))
    return 0


def _entry(page: Rule) -> str:
    return f"{page.code}  {page.level.value:<8} {page.name:<28} {safe(page.summary)}"


def _page(page: Rule) -> str:
    facts = [f"level: {page.level.value}", f"fix: {page.fix}", f"needs: {page.needs}", f"applies to: {page.applies}"]
    if page.formats:
        facts.append(f"formats: {', '.join(page.formats)}")
    if page.providers:
        facts.append(f"providers: {', '.join(page.providers)}")
    if page.since:
        facts.append(f"since: {page.since}")
    body = "".join(log_line(safe(line)) + "\n" for line in page.body.split("\n")[:-1])  # a page may be a stranger's
    return f"{page.code} {page.name}\n\n{log_line(safe(page.summary))}\n\n{safe(', '.join(facts))}\n\n{body}"


def _tree(page: Rule) -> dict[str, Any]:
    names = (
        "code", "name", "level", "summary", "message", "help", "fix", "needs", "applies", "formats", "providers",
        "since", "references", "body",
    )  # fmt: skip
    return {name: getattr(page, name) for name in names}
