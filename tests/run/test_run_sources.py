"""Rows from files and from `datasets`: the same order as a notebook, and the text as it stands on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftlint.errors import ConfigError, InputError, UsageError
from ftlint.run import sources
from ftlint.run.load import load_spec
from ftlint.run.sources import load_rows
from ftlint.run.spec import Part

datasets = pytest.importorskip("datasets")

ROWS = [{"id": str(n), "dialogue": f"d{n}", "summary": f"s{n}"} for n in range(50)]


def part(path: Path, **options: Any) -> Part:
    return Part(path.name, path, **options)


def jsonl(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(("sample", "skip", "seed"), [(20, 0, 42), (10, 5, 42), (50, 0, 1), (1, 49, 7)])
def test_a_sample_is_the_one_that_datasets_draws(tmp_path: Path, sample: int, skip: int, seed: int) -> None:
    expected = datasets.Dataset.from_list(ROWS).shuffle(seed=seed).select(range(skip, skip + sample))
    found = load_rows(part(jsonl(tmp_path / "a.jsonl", ROWS), sample=sample, skip=skip), "train", seed)
    assert found == list(expected)


def test_without_a_sample_the_order_is_the_file_s_and_datasets_is_not_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    path = jsonl(tmp_path / "a.jsonl", ROWS)
    assert load_rows(part(path), "train", 42) == ROWS
    assert load_rows(part(path, skip=48), "train", 42) == ROWS[48:]
    with pytest.raises(UsageError, match="datasets, which is not installed") as caught:
        load_rows(part(path, sample=2), "train", 42)
    assert caught.value.hint == "pip install 'ftlint[run]'"


def test_all_local_formats_give_the_same_rows(tmp_path: Path) -> None:
    table = datasets.Dataset.from_list(ROWS)
    table.to_csv(str(tmp_path / "a.csv"))
    table.to_parquet(str(tmp_path / "a.parquet"))
    (tmp_path / "a.json").write_text(json.dumps(ROWS, indent=2))
    jsonl(tmp_path / "a.jsonl", ROWS)
    for name in ("a.csv", "a.parquet", "a.json", "a.jsonl"):
        assert load_rows(part(tmp_path / name), "train", 42) == ROWS, name


def test_text_stays_what_it_is(tmp_path: Path) -> None:
    """`datasets` makes dates of the first two and nothing of the third."""
    rows = [{"t": "2012-01-01 00:00:00"}, {"t": "2012-01-02 00:00:00"}, {"t": "NA"}, {"t": " x\u2028y "}]
    assert load_rows(part(jsonl(tmp_path / "a.jsonl", rows)), "train", 1) == rows
    (tmp_path / "a.csv").write_text('t\nNA\nNone\n"a\nb, ""c"""\n', encoding="utf-8")
    assert load_rows(part(tmp_path / "a.csv"), "train", 1) == [{"t": "NA"}, {"t": "None"}, {"t": 'a\nb, "c"'}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"a": 1}\n{"a": \n', "line 2"),
        ("a.jsonl", b"[1]\n", "item 1: not a JSON object"),
        ("a.jsonl", b'{"a": 1}\n3\n', "line 2: not a JSON object"),
        ("a.jsonl", b"\xff\xfe\x00", "not UTF-16"),
        ("a.jsonl", b'{"a": "\xff"}', "not UTF-8: the byte at offset 7"),
        ("a.jsonl", b'{"a": ' + b"[" * 100_000 + b"}\n", "line 1"),
        ("a.jsonl", b'{"a": ' + b"9" * 5_000 + b"}\n", "line 1: holds a number with thousands of digits"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.csv", b"a,b\n1\n", "row 1 has not as many fields"),
        ("a.csv", b"a,b\n1,2,3\n", "row 1 has not as many fields"),
        ("a.csv", b'a,b\n1,"2\n', "line"),
        ("a.parquet", b"PAR1", "cannot read"),
    ],
)
def test_broken_files_are_named_with_their_place(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_rows(part(tmp_path / name), "train", 42)


def test_a_broken_file_is_told_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(InputError, match="cannot read") as caught:
        load_rows(part(tmp_path / "a.parquet"), "train", 42)
    assert "\n" not in caught.value.message
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_and_too_few_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dataset.train: there is no file"):
        load_rows(part(tmp_path / "absent.jsonl"), "train", 42)
    path = jsonl(tmp_path / "a.jsonl", ROWS)
    with pytest.raises(ConfigError, match="rows 40 to 60 are asked for, and the source has 50"):
        load_rows(part(path, sample=20, skip=40), "heldout", 42)
    with pytest.raises(ConfigError, match=r"dataset\.heldout"):
        load_rows(part(path, skip=51), "heldout", 42)


@pytest.mark.parametrize("source", ["a" * 5_000 + ".jsonl", "~nobody-of-that-name/a.jsonl", "."])
def test_a_name_that_no_file_can_have(spec_file: Callable[[str], Path], source: str) -> None:
    text = f"[dataset]\ntrain = {{ source = {json.dumps(source)} }}\nheldout = {{ source = 'a.jsonl' }}\n"
    train = load_spec(spec_file(text + "[prompt]\nuser = '{a}'\nanswer = 'b'\n[train]\nmodel = 'm'\n")).dataset.train
    assert isinstance(train, Part)
    with pytest.raises(InputError, match=r"dataset.train: (there is no file|cannot read)"):
        load_rows(train, "train", 42)


def test_a_hub_dataset_is_asked_for_with_its_split(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def load(source: str, config: str | None, *, split: str, revision: str | None) -> Any:
        asked.append((source, config, split, revision))
        return datasets.Dataset.from_list(ROWS)

    monkeypatch.setattr(datasets, "load_dataset", load)
    hub = Part("knkarthick/samsum", None, sample=3)
    expected = datasets.Dataset.from_list(ROWS).shuffle(seed=42).select(range(3))
    assert load_rows(hub, "train", 42) == list(expected)
    load_rows(Part("a/b", None, revision="v1", config="c"), "heldout", 42)
    load_rows(Part("a/b", None, split="train[:10]"), "heldout", 42)
    assert asked == [
        ("knkarthick/samsum", None, "train", None),
        ("a/b", "c", "test", "v1"),
        ("a/b", None, "train[:10]", None),
    ]


def test_the_real_loader_reads_a_dataset_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library takes a folder ``org/name`` for the dataset of that id, so its road is gone without a hub."""
    folder = tmp_path / "org" / "name"
    folder.mkdir(parents=True)
    jsonl(folder / "train.jsonl", ROWS[:3])
    jsonl(folder / "test.jsonl", ROWS[3:5])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    assert load_rows(Part("org/name", None), "train", 1) == ROWS[:3]
    assert load_rows(Part("org/name", None), "heldout", 1) == ROWS[3:5]
    with pytest.raises(InputError, match=r"cannot load `org/name` \(split `nosplit`\)"):
        load_rows(Part("org/name", None, split="nosplit"), "train", 1)


def test_a_hub_dataset_that_cannot_be_loaded_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*args: Any, **options: Any) -> Any:
        raise ConnectionError("no route to host\nmore")

    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(InputError, match=r"cannot load `a/b` \(split `validation`\): no route to host$"):
        load_rows(Part("a/b", None), "validation", 42)


def test_the_library_s_progress_bars_are_as_they_were(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    states: list[bool] = []

    def load(*args: Any, **options: Any) -> Any:
        states.append(datasets.are_progress_bars_disabled())
        return datasets.Dataset.from_list(ROWS)

    monkeypatch.setattr(datasets, "load_dataset", load)
    before = datasets.are_progress_bars_disabled()
    sources.load_rows(Part("a/b", None), "train", 42)
    assert states == [True]
    assert datasets.are_progress_bars_disabled() is before
