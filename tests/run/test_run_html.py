"""A run's HTML page: whole, offline, inert, and masked."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from ftlint.run import charts
from ftlint.run.pipeline import RunResult
from ftlint.run.scores import Difference
from ftlint.run.stats import paired
from ftlint.run.timeline import timeline
from ftlint.services.interface import Completion, ServiceError
from run.conftest import Runner
from run.world import World, good_answer

NASTY = "\x1b[31m<script>alert(1)</script><img src=http://h/i.png onerror=x()> \u202e secret ]]>"
VOID = {"meta", "br", "img"}


class Tags(HTMLParser):
    """Every tag with its attributes, and whether all are closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def page(runner: Runner, world: World) -> str:
    def answer(model: str, prompt: str) -> Completion | ServiceError:
        made = good_answer(model, prompt)
        return made if model.startswith("ft:") else Completion(NASTY, "stop", 1, 1, model)

    world.answer = answer
    result: RunResult = runner.run()
    return (result.folder / "report.html").read_text(encoding="utf-8")


def test_nothing_of_the_data_acts_and_nothing_is_asked_for(page: str) -> None:
    tags = Tags(page)
    assert not tags.open
    assert not {"script", "img", "link", "iframe", "form"} & {tag for tag, _ in tags.found}
    for _, attributes in tags.found:
        assert not any(name.startswith("on") or name in ("src", "style") for name in attributes)
        assert not (attributes.get("href") or "").startswith("http")
    for hidden in ("\x1b", "\u202e", "secret", "<img"):
        assert hidden not in page
    assert "&lt;script&gt;" in page
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page


def test_what_a_reader_looks_for_is_there(page: str) -> None:
    for part in (
        "<h1>better</h1>", "ROUGE-L", "Gained most", "Stages", "Provenance", "sha256", "openai ", "python ",
        "the largest gain first", "<polyline", "loss", "checkpoint at step", "planned $0.25",
    ):  # fmt: skip
        assert part in page, part


def test_the_stages_in_their_order_with_what_they_left(runner: Runner) -> None:
    result = runner.run()
    steps = timeline(result.folder / "journal.jsonl")
    assert [step.stage for step in steps] == [
        "convert", "check", "gate", "baseline", "upload", "submit", "follow", "evaluate", "compare",
    ]  # fmt: skip
    by_stage = {step.stage: step for step in steps}
    assert by_stage["submit"].ids == (result.report.job_id,)
    assert by_stage["follow"].ids == (result.report.tuned_model,)
    assert all(step.ended is not None and step.ended >= step.began for step in steps)


def test_drawings_of_little_and_of_much() -> None:
    assert charts.waterfall([]) == charts.curves([], ["a"]) == charts.intervals([]) == ""
    assert charts.curves([{"step": 1, "a": 2.0}], ["a"]) == ""
    assert charts.intervals([Difference("a", "b", {"rougeL": paired([1.0])})]) == ""
    many = charts.waterfall([(number, (number % 41) - 20.0) for number in range(5000)])
    assert many.count("<rect") == 600
    assert "+20" in many
    assert "-20" in many
    points = [{"step": float(step), "a": 1.0, "b": -step / 7} for step in range(3000)]
    drawn = charts.curves(points, ["a", "b", "c"])
    assert drawn.count("<polyline") == 2
    assert len(drawn) < 30_000
    flat = charts.intervals([Difference("<a>", "b", {"rougeL": paired([0.0] * 40)})])
    assert "<a>" not in flat
    assert "nan" not in flat


def test_thinning_keeps_both_ends() -> None:
    line = [(float(x), 1.0) for x in range(10_000)]
    kept = charts.thinned(line)
    assert (kept[0], kept[-1], len(kept)) == (line[0], line[-1], 600)
    assert charts.thinned(line[:5]) == line[:5]
