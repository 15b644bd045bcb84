"""Images before a moderator: each alone, once, in six categories; none is taken for clean without a verdict."""

from __future__ import annotations

import base64
import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ftlint import catalog
from ftlint.errors import InputError
from ftlint.model import JsonPath, Place
from ftlint.moderation import UNMETERED, Limits, Preflight, Row, RowImage, plan_only, preflight
from ftlint.moderation.images import Addresses, image_digest, of_image, unfit
from ftlint.moderation.units import Kind
from ftlint.pictures import Picture
from ftlint.services.interface import AuthError, BadAnswer, QuotaError, Rejected, Score, ServiceError, Unreachable
from ftlint.settings import ModerationSettings

from .conftest import LEVELS, MARK, Clock, FakeModerator, row, same

SIX = [name for name, category in catalog.load_moderation().categories.items() if category.image]
PLACE: JsonPath = ("messages", 0, "content", 1, "image_url", "url")


def picture(level: int) -> str:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (level, 0, 0)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def judged(url: str) -> Score:
    """The only right verdict on an image: the markers in its address."""
    found = dict.fromkeys(SIX, 1e-5) | {category: float(value) for category, value in MARK.findall(url)}
    flagged = tuple(category for category, value in found.items() if value >= 0.5)
    return Score(bool(flagged), {**found, "hate": 0.0}, flagged)


class Eyes(FakeModerator):
    """Sees images, except where the schedule has an error for the next one, or another answer."""

    def __init__(self, *faults: ServiceError | Score | None) -> None:
        super().__init__()
        self.schedule = list(faults)
        self.seen: list[str] = []

    async def score_image(self, url: str) -> Score:
        self.seen.append(url)
        fault = self.schedule.pop(0) if self.schedule else None
        if isinstance(fault, ServiceError):
            raise fault
        return judged(url) if fault is None else fault


def rows(*urls: str | Sequence[str]) -> list[Row]:
    """One example for each address, or for several of them."""
    made = []
    for line, each in enumerate(urls, start=1):
        found = [each] if isinstance(each, str) else each
        images = [RowImage((*PLACE[:3], n, *PLACE[4:]), url) for n, url in enumerate(found, start=1)]
        made.append(row(line, ("user", f"what is {line}"), ("assistant", f"it is {line}"))._replace(images=images))
    return made


def check(
    found: list[Row], moderator: FakeModerator, folder: Path | None = None, now: float = 1e9, **more: Any
) -> Preflight:
    by_place = {(r.path, r.line, image.path): image.url for r in found for image in r.images}
    settings = ModerationSettings(cache=folder is not None, cache_dir=folder)
    clock = Clock()
    given = {"read_image": lambda place, path: by_place[place.path, place.line, path], **more}
    return preflight(
        lambda: found,
        moderator,
        settings,
        mask=same,
        levels=LEVELS,
        limits=UNMETERED,
        clock=clock,
        sleep=clock.sleep,
        now=lambda: now,
        **given,
    )


def problems(result: Preflight) -> list[tuple[str, int | None]]:
    return [(problem.problem.code, problem.problem.line) for problem in result.problems]


def test_every_image_goes_alone_and_identical_ones_once() -> None:
    eyes = Eyes()
    one, other = picture(1), "https://example.com/a.png"
    result = check(rows(one, other, [one, other], picture(2)), eyes)
    assert sorted(eyes.seen) == sorted([one, other, picture(2)])
    assert (result.summary.status, result.summary.coverage, result.problems) == ("complete", 1.0, [])
    assert result.summary.unique == 4 + 3
    assert (result.plan.texts, result.plan.images) == (4, 3)


def test_flagged_and_watched() -> None:
    urls = ["https://e.com/⟦violence=0.9⟧.png", "https://e.com/b.png", "https://e.com/⟦self-harm=0.13⟧.png"]
    result = check(rows(*urls, urls[0]), Eyes())
    flagged, watched = result.problems
    assert (flagged.problem.code, flagged.problem.line, flagged.problem.path) == ("FT904", 1, PLACE)
    assert (flagged.problem.hide, flagged.problem.raised) == (True, True)
    assert flagged.places == (Place("train.jsonl", 1), Place("train.jsonl", 4))
    assert (watched.problem.code, watched.problem.line, watched.problem.values["level"]) == ("FT902", 3, 0.15)
    assert watched.problem.values["fact"][0] == "the image's moderation score "


def test_an_example_whose_text_and_image_are_flagged_has_a_finding_for_each() -> None:
    found = rows("https://e.com/⟦violence=0.9⟧.png")
    found[0] = found[0]._replace(texts=row(1, ("user", "⟦hate=0.9⟧")).texts)
    assert sorted(problems(check(found, Eyes()))) == [("FT901", 1), ("FT904", 1)]


def test_what_only_texts_are_scored_for_says_nothing_about_an_image() -> None:
    score = of_image(Score(False, {**dict.fromkeys(SIX, 0.1), "hate": 0.0, "own": 0.2}), "openai (api.openai.com)")
    assert set(score.scores) == {*SIX, "own"}
    with pytest.raises(BadAnswer, match="violence"):
        of_image(Score(False, {name: 0.0 for name in SIX if name != "violence"}), "openai (api.openai.com)")
    with pytest.raises(BadAnswer, match="any category"):
        of_image(Score(False, {"hate": 0.0}), "elsewhere (host)")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "neither https nor a data URL"),
        ("file:///etc/hosts", "neither https nor a data URL"),
        ("data:image/png;base64,AAAA", "no image that can be read"),
        ("data:image/png;base64,%%%", "not valid base64"),
        (picture(3)[:-36], "the image is damaged"),
    ],
)
def test_an_image_that_cannot_be_sent_has_no_verdict(url: str, words: str) -> None:
    eyes = Eyes()
    result = check(rows(url, "https://example.com/a.png"), eyes)
    assert eyes.seen == ["https://example.com/a.png"]
    assert (result.summary.status, problems(result)) == ("partial", [("FT909", 1)])
    assert words in result.problems[0].problem.values["reason"]
    assert result.problems[0].problem.values["what"] == "1 image"
    assert result.plan.images == 1


def test_an_image_over_20_mb_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    from ftlint.moderation import images

    monkeypatch.setattr(images, "look", lambda _: Picture("data", size=20_000_001))
    assert unfit("data:image/png;base64,AAAA") == "it is larger than the 20 MB that moderation takes"
    monkeypatch.setattr(images, "look", lambda _: Picture("data", size=20_000_000))
    assert unfit("data:image/png;base64,AAAA") is None


def test_a_verdict_on_a_data_url_is_kept_and_one_on_a_web_address_for_a_day(tmp_path: Path) -> None:
    remote, data = "https://example.com/a.png", picture(1)
    found = rows(remote, data)
    day = 86_400.0
    for later, asked in ((0.0, {remote, data}), (day - 60, set()), (day + 60, {remote}), (day + 120, set())):
        eyes = Eyes()
        assert check(found, eyes, tmp_path, 1e9 + later).summary.status == "complete"
        assert set(eyes.seen) == asked


def test_a_text_that_is_an_address_is_another_thing(tmp_path: Path) -> None:
    url = "https://example.com/a.png"
    assert image_digest(url) != image_digest(url + "/")
    check([row(1, ("user", url))], Eyes(), tmp_path)
    eyes = Eyes()
    check(rows(url), eyes, tmp_path)
    assert eyes.seen == [url]


def test_the_plan_counts_them() -> None:
    found = rows(*(f"https://example.com/{n}.png" for n in range(30)))
    limits = Limits(tokens_per_minute=10_000, requests_per_minute=500)
    plan = plan_only(lambda: found, ModerationSettings(cache=False), name="n", model="m", mask=same, limits=limits)
    assert (plan.texts, plan.images, plan.what) == (30, 30, "30 texts and 30 images")
    assert plan.requests >= 31
    assert plan.tokens > 30 * 1105
    assert plan.seconds > 60, "they take more than three minutes' budget"


def test_a_file_that_changed_meanwhile_is_an_error() -> None:
    with pytest.raises(InputError, match="changed while it was checked"):
        check(rows("https://example.com/a.png"), Eyes(), read_image=lambda *_: "https://example.com/b.png")


def test_without_a_reader_no_image_has_a_verdict() -> None:
    eyes = Eyes()
    result = check(rows("https://example.com/a.png"), eyes, read_image=None)
    assert (eyes.seen, result.summary.status, problems(result)) == ([], "partial", [("FT909", 1)])


def test_addresses_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from ftlint.moderation.collect import collect

    units = collect(lambda: rows(picture(1), picture(2)), same)
    assert not any("data:" in text for text in units.texts.values())
    assert {unit.kind for unit in units.units.values()} == {Kind.EXAMPLE, Kind.IMAGE}
    read: list[JsonPath] = []

    def reader(_: Place, path: JsonPath) -> str:
        read.append(path)
        return picture(1)

    addresses = Addresses(units, reader)
    assert (len(addresses), read) == (2, [])
    assert addresses[image_digest(picture(1))] == picture(1)


FAULTS: list[Callable[[], ServiceError | Score | None]] = [
    lambda: None,
    lambda: None,
    lambda: Rejected("not an image", status=400),
    lambda: QuotaError("slow down", status=429, retry_after=0.1),
    lambda: Unreachable("down", status=500),
    lambda: Unreachable("nobody"),
    lambda: BadAnswer("garbage"),
    lambda: AuthError("withdrawn", status=401),
    lambda: Score(False, {"hate": 0.0}),
]


@given(st.lists(st.sampled_from(range(len(FAULTS))), max_size=40), st.integers(1, 12), st.booleans())
def test_no_image_is_taken_for_clean_without_a_verdict(schedule: list[int], count: int, again: bool) -> None:
    urls = [f"https://example.com/{n}{'⟦violence=0.9⟧' * (n % 3 == 0)}.png" for n in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        result = check(rows(*urls), Eyes(*(FAULTS[number]() for number in schedule)), Path(folder))
        if again:
            result = check(rows(*urls), Eyes(), Path(folder))
    flagged = {line for code, line in problems(result) if code == "FT904"}
    open_ = {
        p.line
        for j in result.problems
        if j.problem.code == "FT909"
        for p in j.places
        if j.problem.data["what"] == "image"
    }
    bad = {n + 1 for n in range(count) if n % 3 == 0}
    assert flagged | open_ >= bad
    assert flagged <= bad
    assert (result.summary.status == "complete") is not any(code == "FT909" for code, _ in problems(result))
    assert result.summary.status == "complete" or result.summary.coverage < 1
    if again:
        assert (result.summary.status, flagged) == ("complete", bad)
