"""The format ``html``: one page that needs nothing else, no network and no script, and in which all data is inert."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.model import Cost, FileSummary, Report, Role, Verdict
from ftlint.reports import Options, html_charts, html_findings, meaning, summary
from ftlint.reports.figures import dollars, percent, short, size
from ftlint.reports.html_page import card, shell
from ftlint.reports.html_prose import esc, sentence
from ftlint.text import plural

FILES = 20
"""Files whose strip and histogram a page draws."""
_TITLES = {
    Verdict.CLEAN: "clean",
    Verdict.OFFLINE_CLEAN: "offline-clean",
    Verdict.FINDINGS: "findings",
    Verdict.INCOMPLETE: "incomplete",
}
_GATE = {
    Verdict.CLEAN: "The gate is open.",
    Verdict.OFFLINE_CLEAN: "The gate is open for what was checked; moderation was not run.",
    Verdict.FINDINGS: "The gate is closed.",
    Verdict.INCOMPLETE: "The gate is closed: not everything was checked.",
}


def render(report: Report, options: Options) -> str:
    """The whole page; at most 500 findings are listed, the rest is counted. It stays under 2 MB."""
    return page(report, options, html_findings.SHOWN)


def page(report: Report, options: Options, room: int) -> str:
    """The page with at most ``room`` findings listed."""
    names = ", ".join(file.path for file in report.files[:3])
    return shell(f"ftlint: {report.verdict.value}, {names}", "".join(_body(report, options, room)))


def _body(report: Report, options: Options, room: int) -> Iterator[str]:
    offenders = html_findings.offenders(report, options, room)
    yield _header(report, options)
    yield _figures(report)
    yield from (f'<p class="note">{sentence(note)}</p>' for note in report.notes)
    for file in report.files[:FILES]:
        yield from _file(file, report, offenders)
    if report.findings:
        left = report.total() - len(offenders.anchors)
        told = (
            f'<p class="more">{len(offenders.anchors):,} are listed here, {left:,} are counted only</p>' if left else ""
        )
        yield f"<h2>Findings</h2>{html_findings.filters(report)}{html_findings.contents(report)}{told}{offenders.html}"
    yield from _costs(report)
    yield from _moderation(report)
    yield from _skipped(report)
    yield _provenance(report)


def _header(report: Report, options: Options) -> str:
    good = "good" if report.verdict in (Verdict.CLEAN, Verdict.OFFLINE_CLEAN) else "bad"
    again = summary.next_command(report, options.again)
    following = f'<p class="next">next <code>{esc(again)}</code></p>' if again else ""
    named = "".join(f"<li>{esc(file.path)}</li>" for file in report.files)
    return (
        f'<header class="{good}"><p class="brand">ftlint</p><h1>{_TITLES[report.verdict]}</h1>'
        f'<p class="word">{esc(summary.found(report))}; {esc(summary.moderation(report))}. {_GATE[report.verdict]}</p>'
        f'<ul class="files">{named}</ul>{following}</header>'
    )


def _figures(report: Report) -> str:
    training = [file for file in report.files if file.role is Role.TRAIN]
    others = [file for file in report.files if file.role is Role.VALIDATION]
    examples = sum(file.examples for file in training)
    beside = f"and {sum(file.examples for file in others):,} to validate" if others else "to train on"
    cards = [card("examples", f"{examples:,}", beside), _tokens_card(training), _blockers_card(report)]
    return f'<div class="cards">{"".join([*cards, _cost_card(report)])}</div>'


def _tokens_card(training: list[FileSummary]) -> str:
    counted = [file.tokens for file in training if file.tokens]
    if not counted:
        return card("tokens", "–", "not counted")
    total, trained = sum(tokens.total for tokens in counted), sum(tokens.trained for tokens in counted)
    return card("tokens", f"{total:,}" if total < 10_000_000 else short(total), f"{trained:,} of them trained")


def _blockers_card(report: Report) -> str:
    ran = report.moderation.status != "not-run"
    count = meaning.likely_blockers(report)
    told = f"{percent(report.moderation.coverage)} of the texts have a verdict" if ran else "moderation not run"
    return card("likely blockers", f"{count:,}" if ran or count else "–", told)


def _cost_card(report: Report) -> str:
    priced = [cost for cost in ((report.cost,) if report.cost else report.costs) if cost.usd is not None]
    if not priced:
        return card("cost", "–", "not known")
    sums = [cost.usd or 0.0 for cost in priced]
    if len(priced) == 1:
        return card("cost", f"≈ {dollars(sums[0])}", f"{priced[0].model}, {plural(priced[0].epochs, 'epoch')}")
    low, high = dollars(min(sums)), dollars(max(sums))
    span = f"≈ {low}" if low == high else f"{low}–{high}"
    return card("cost", span, f"estimates for {len(priced)} models, see below")


def _file(file: FileSummary, report: Report, offenders: html_findings.Offenders) -> Iterator[str]:
    placed = [finding for finding in report.findings if finding.path == file.path and finding.line]
    role = "training" if file.role is Role.TRAIN else "validation"
    facts = f"{role}, {file.format.value}, {plural(file.examples, 'example')}, {size(file.bytes)}"
    yield f'<h2>{esc(file.path)} <span class="facts">{esc(facts)}</span></h2>'
    if placed:
        drawn = html_charts.strip(file, placed, offenders.target)
        rest = report.omitted_by_code(file.path)
        told = f" <span>without {plural(sum(rest.values()), 'finding')} that are not kept</span>" if rest else ""
        yield f"<figure><figcaption>along the file{told}</figcaption>{drawn}</figure>"
    tokens = file.tokens
    if tokens is None or not tokens.histogram:
        return
    over = f", {plural(tokens.over_limit, 'example')} over the limit of {tokens.limit:,}" if tokens.over_limit else ""
    far = tokens.limit is not None and not over
    within = f"; all within the limit of {tokens.limit:,}" if far else ""
    told = f"p5 {tokens.p5:,}, p50 {tokens.p50:,}, p95 {tokens.p95:,}, longest {tokens.max:,}{over}{within}"
    partly = "; partly estimated" if tokens.estimated else ""
    yield (
        f"<figure><figcaption>tokens per example <span>{told}, {esc(tokens.encoding)}{partly}</span></figcaption>"
        f"{html_charts.histogram(tokens)}</figure>"
    )


def _costs(report: Report) -> Iterator[str]:
    costs = (report.cost,) if report.cost else report.costs
    if costs:
        names = ("epochs", "tokens billed", "about", "price of")
        head = "<tr><th>model</th>" + "".join(f'<th class="n">{name}</th>' for name in names) + "</tr>"
        rows = "".join(_cost(cost) for cost in costs)
        yield f'<h2>Cost</h2><div class="wide"><table class="data">{head}{rows}</table></div>'


def _cost(cost: Cost) -> str:
    dated = {None: "–", "user": "yours"}.get(cost.price_as_of, cost.price_as_of or "")
    money = dollars(cost.usd) if cost.usd is not None else "not known"
    epochs = f"{cost.epochs} (estimated)" if cost.estimated_epochs else str(cost.epochs)
    cells = (epochs, f"{cost.billed_tokens:,}", money, dated)
    figures = "".join(f'<td class="n">{esc(cell)}</td>' for cell in cells)
    return f"<tr><td>{esc(cost.model)}</td>{figures}</tr>"


def _moderation(report: Report) -> Iterator[str]:
    done = report.moderation
    yield f"<h2>Moderation</h2><p>{esc(summary.moderation(report))}</p>"
    told = "".join(f"<li>{esc(sentence)}</li>" for sentence in meaning.sentences(report))
    if told:
        yield f"<details><summary>what moderation findings mean</summary><ul>{told}</ul></details>"
    if done.status == "not-run":
        return
    cached = f", {done.cached:,} from cache" if done.cached else ""
    model = f", {done.model}" if done.model else ""
    asked = plural(done.requests, "request")
    told = f"{plural(done.unique, 'text')}, {percent(done.coverage)} with a verdict{cached}, {asked}{model}"
    yield f"<p>{esc(told)}</p>"
    rows = "".join(
        f'<tr><td>{esc(category)}</td><td class="n">{score:.2g}</td><td>{esc(f"{path}:{line}")}</td></tr>'
        for category, score, path, line in done.nearest
    )
    if rows:
        head = '<tr><th>category</th><th class="n">highest score</th><th>at</th></tr>'
        yield f'<div class="wide"><table class="data">{head}{rows}</table></div>'


def _skipped(report: Report) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for skipped in report.skipped:
        reasons.setdefault(skipped.reason, []).append(skipped.code)
    if reasons:
        rows = "".join(f"<li>{esc(', '.join(codes))}: {sentence(why)}</li>" for why, codes in reasons.items())
        yield f"<h2>Not run</h2><ul>{rows}</ul>"


def _provenance(report: Report) -> str:
    facts = [(file.path, f"sha256 {file.sha256}, {plural(file.lines, 'line')}") for file in report.files]
    facts.append(("checked by", f"ftlint {report.tool_version}, report version {report.version}"))
    facts.append(("fails at", f"{report.fail_on.value} and worse"))
    limits = sorted({file.tokens.limit for file in report.files if file.tokens and file.tokens.limit is not None})
    if limits:
        facts.append(("token limit", ", ".join(f"{limit:,}" for limit in limits)))
    if report.accepted:
        facts.append(("accepted", f"{plural(report.accepted_total(), 'finding')}, not listed"))
    rows = "".join(f"<tr><th>{esc(name)}</th><td>{esc(told)}</td></tr>" for name, told in facts)
    return f'<h2>Provenance</h2><div class="wide"><table class="data facts">{rows}</table></div>'
