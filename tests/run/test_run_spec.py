"""run.toml: what is read, what is refused, and where services and keys come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ftlint.errors import ConfigError, InputError
from ftlint.run.convert import parse_prompt
from ftlint.run.load import load_spec
from ftlint.run.spec import Part
from ftlint.run.training import grader_fields
from ftlint.settings import ServiceConfig, Services
from run.world import RUN_TOML

FIXTURE = Path(__file__).parents[2] / "fixtures" / "dialogue" / "run.toml"
READY = '[dataset]\ntrain = "a.jsonl"\nvalidation = "b.jsonl"\n[train]\nmodel = "m"\n'


def test_the_fixture_is_read() -> None:
    spec = load_spec(FIXTURE)
    assert (spec.train.provider, spec.train.model, spec.train.suffix) == (
        "openai",
        "gpt-4.1-mini-2025-04-14",
        "dialogue",
    )
    assert spec.train.hyperparameters == {"n_epochs": 3}
    assert isinstance(spec.dataset.train, Part)
    assert spec.dataset.train.path == FIXTURE.parent / "train.jsonl"
    assert spec.gate.max_cost == 5.0
    assert spec.prompt is not None
    assert "{dialogue}" in spec.prompt.user


def test_defaults(spec_file: Callable[[str], Path], tmp_path: Path) -> None:
    spec = load_spec(spec_file(READY))
    assert spec.dataset.seed == 42
    assert spec.dataset.ready
    assert spec.dataset.train == tmp_path / "a.jsonl"
    evaluate, gate = spec.evaluate, spec.gate
    assert (evaluate.temperature, evaluate.max_tokens, evaluate.concurrency) == (0.0, 256, 128)
    assert evaluate.metrics == ("rouge1", "rouge2", "rougeL")
    assert (gate.fail_on, gate.max_cost, gate.moderation, gate.min_gain, gate.metric) == (
        None,
        None,
        None,
        None,
        "rougeL",
    )
    assert (spec.train.method, spec.price) == ("supervised", None)


def test_a_source_and_a_seed_for_all_parts(spec_file: Callable[[str], Path]) -> None:
    text = RUN_TOML.replace(
        RUN_TOML[RUN_TOML.index("[dataset]") : RUN_TOML.index("[prompt]")],
        '[dataset]\nsource = "knkarthick/samsum"\nseed = 7\ntrain = {split = "train", sample = 200}\n'
        'validation = {split = "validation", sample = 50, skip = 10}\n',
    )
    dataset = load_spec(spec_file(text)).dataset
    assert dataset.seed == 7
    assert dataset.train == Part("knkarthick/samsum", None, "train", sample=200)
    assert dataset.validation == Part("knkarthick/samsum", None, "validation", sample=50, skip=10)


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (("model =", "modle ="), "run.toml: train.model is missing", "did you mean it by `modle`?"),
        (("[train]", "[train]\nseeed = 1"), "run.toml: train.seeed is not a known key", "did you mean `seed`?"),
        (("[train]", "[train]\nprovider = 'opnai'"), "must be one of .*it is `opnai`", "did you mean `openai`?"),
        (("n_epochs = 3", "n_epochs = 0"), "n_epochs must be between 1 and 50; it is 0", None),
        (("n_epochs = 3", "n_epochs = 51"), "n_epochs must be between 1 and 50; it is 51", None),
        (("n_epochs = 3", "n_epochs = true"), "n_epochs must be an integer", None),
        (("n_epochs = 3", "batch_size = 257"), "batch_size must be between 1 and 256", None),
        (("n_epochs = 3", "learning_rate_multiplier = 0"), "must be greater than 0", None),
        (('user = "Sum', 'user = "{'), "run.toml: prompt.user: a single `{`", "for a column"),
        (('user = "Sum up: {dialogue}"', 'user = ""'), "run.toml: prompt.user is empty", None),
        (('answer = "{summary}"', ""), "run.toml: prompt.answer is missing", None),
        (
            ("[train]", "[gate]\nmoderation = 'maybe'\n[train]"),
            "gate.moderation must be one of required, optional",
            None,
        ),
        (("[train]", "[gate]\nmax_cost = -1\n[train]"), "max_cost must be at least 0", None),
        (("[train]", "[gate]\nmax_cost = nan\n[train]"), "max_cost must be a number", None),
        (("[train]", "[gate]\nfail_on = 'never'\n[train]"), "fail_on must be one of error, warning, info", None),
        (("[train]", "[evaluate]\nmetrics = ['meteor']\n[train]"), "metrics holds `meteor`", "rouge1, rouge2, rougeL"),
        (
            ("[train]", "[evaluate]\nmetrics = ['rouge1']\n[gate]\nmetric = 'rougeL'\n[train]"),
            "`rougeL`, which `evaluate.metrics` leaves",
            None,
        ),
        (("[train]", "[train]\nmetadata = {ftlint_run = 'x'}"), "a key that ftlint writes itself", None),
        (("[train]", "[train]\nmetadata = {a = 1}"), "train.metadata.a must be a string", None),
        (("[train]", "[train]\nmetadata = {a = '" + "x" * 513 + "'}"), "is too long", None),
        (
            ("[train]", "[services.moderatr]\n[train]"),
            "services.moderatr is not a known key",
            "did you mean `moderator`?",
        ),
        (("[train]", "[price]\ntraning = 1\n[train]"), "price.traning", "did you mean `training`?"),
        (('train = { source = "train.jsonl" }', ""), "dataset.train is missing", "train.jsonl"),
        (
            ('{ source = "train.jsonl" }', '{ source = "train.jsonl", split = "test" }'),
            "no meaning for a local file",
            "skip",
        ),
        (('{ source = "train.jsonl" }', "{ sample = 3 }"), "dataset.train.source is missing", None),
        (('{ source = "train.jsonl" }', "3"), "must be a file, or a table with a source", None),
        (("[dataset]", "[dataset"), "not valid TOML", None),
        (('"train.jsonl"', '"a\\u0000.jsonl"'), "dataset.train.source holds a NUL character", None),
        (("[dataset]", "x = " + "[" * 50_000 + "]" * 50_000 + "\n[dataset]"), "run.toml: nested too deeply", None),
    ],
)
def test_what_is_refused(
    spec_file: Callable[[str], Path], change: tuple[str, str], message: str, hint: str | None
) -> None:
    assert change[0] in RUN_TOML
    with pytest.raises(ConfigError, match=message) as caught:
        load_spec(spec_file(RUN_TOML.replace(*change, 1)))
    assert caught.value.exit_code == 2
    assert hint is None or hint in (caught.value.hint or "")


def test_a_file_s_name_with_a_prompt_stands_for_all_of_its_rows(spec_file: Callable[[str], Path]) -> None:
    spec = load_spec(spec_file(READY + '[prompt]\nuser = "{a}"\nanswer = "b"\n'))
    assert not spec.dataset.ready
    assert isinstance(spec.dataset.train, Part)
    assert (spec.dataset.train.sample, spec.dataset.train.skip) == (None, 0)


def test_a_ready_file_may_lie_at_home(
    spec_file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Path, "expanduser", lambda path: tmp_path / path.name)
    assert load_spec(spec_file(READY.replace("a.jsonl", "~/a.jsonl"))).dataset.train == tmp_path / "a.jsonl"


@pytest.mark.parametrize(("user", "answer"), [("{a}", "b"), ("{a}", "{b}")])
def test_an_answer_without_braces_is_a_column(spec_file: Callable[[str], Path], user: str, answer: str) -> None:
    spec = load_spec(spec_file(READY + f'[prompt]\nuser = "{user}"\nanswer = "{answer}"\n'))
    assert spec.prompt is not None
    assert parse_prompt(spec.prompt, "run.toml").answer.columns == ("b",)


def test_without_a_prompt_files_and_parts_do_not_mix(spec_file: Callable[[str], Path]) -> None:
    mixed = '[dataset]\ntrain = "a.jsonl"\nvalidation = { source = "b.jsonl" }\n[train]\nmodel = "m"\n'
    with pytest.raises(ConfigError, match="must be of one kind"):
        load_spec(spec_file(mixed))


def test_a_user_s_turn_that_names_no_column_is_refused(spec_file: Callable[[str], Path]) -> None:
    spec = load_spec(spec_file(READY + '[prompt]\nuser = "the same"\nanswer = "{b}"\n'))
    assert spec.prompt is not None
    with pytest.raises(ConfigError, match=r"run.toml: prompt.user names no column"):
        parse_prompt(spec.prompt, "run.toml")


GRADER = """
[train.grader]
type = "string_check"
name = "same"
operation = "eq"
input = "{{ sample.output_text }}"
reference = "{{ item.answer.value }} {{item.other}}"
"""


def test_dpo_and_its_hyperparameters(spec_file: Callable[[str], Path]) -> None:
    text = READY + 'method = "dpo"\n[train.hyperparameters]\nbeta = 0.2\nn_epochs = 2\n'
    train = load_spec(spec_file(text)).train
    assert (train.method, train.hyperparameters) == ("dpo", {"beta": 0.2, "n_epochs": 2})


def test_reinforcement_with_a_grader_and_an_integration(spec_file: Callable[[str], Path]) -> None:
    text = (
        READY + 'method = "reinforcement"\n[train.hyperparameters]\nreasoning_effort = "low"\n'
        "compute_multiplier = 1.5\neval_interval = 3\n"
        f"{GRADER}[[train.integrations]]\ntype = 'wandb'\nwandb = {{ project = 'p', tags = ['a'] }}\n"
    )
    train = load_spec(spec_file(text)).train
    assert train.hyperparameters == {"reasoning_effort": "low", "compute_multiplier": 1.5, "eval_interval": 3}
    assert train.grader is not None
    assert train.grader["type"] == "string_check"
    assert grader_fields(train.grader) == ("answer.value", "other")
    assert train.integrations == ({"type": "wandb", "wandb": {"project": "p", "tags": ["a"]}},)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('method = "reinforcement"\n', "train.grader is missing"),
        (f'method = "dpo"\n{GRADER}', "has no meaning for the method `dpo`"),
        ("[train.hyperparameters]\nbeta = 0.1\n", "beta is no hyperparameter of the method `supervised`"),
        ('method = "dpo"\n[train.hyperparameters]\nbeta = 3\n', "above the service's maximum of 2"),
        ('method = "reinforcement"\ngrader = { name = "x" }\n', "must be a table with a type"),
        ('method = "reinforcement"\ngrader = { type = "x", at = 2026-01-01 }\n', "a value that JSON has not"),
        ('[[train.integrations]]\ntype = "mlflow"\n', "type"),
        ('method = "dpo"\n[prompt]\nuser = "{a}"\nanswer = "{b}"\n', "makes chat examples"),
    ],
)
def test_what_does_not_fit_the_method(spec_file: Callable[[str], Path], text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_spec(spec_file(READY + text))


def test_a_missing_or_foreign_file(tmp_path: Path, spec_file: Callable[[str], Path]) -> None:
    with pytest.raises(InputError, match="cannot read"):
        load_spec(tmp_path / "absent.toml")
    path = spec_file("")
    path.write_bytes(b"\xff\xfe[")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_spec(path)


COMPARE = '\n[[evaluate.compare]]\nname = "{name}"\nmodel = "m"\n{more}\n'


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("tuned", "", "`tuned`, which is taken"),
        ("../x", "", "must be letters"),
        ("a", 'base_url = "ftp://x"', "http or https"),
        ("a", 'base_url = "http://x:99999/v1"', "http or https"),
        ("a", 'base_url = "http://[::1/v1"', "http or https"),
        ("A", "\n[[evaluate.compare]]\nname = 'a'\nmodel = 'm'", "`a`, which is taken"),
        ("a", 'base_url = "https://user:secretword@host/v1"', "holds more than an address"),
        ("a", 'base_url = "https://host/v1?key=secretword"', "holds more than an address"),
        ("a", 'api_key_env = "sk-secretword"', "never the key itself"),
        ("a", 'api_key = "secretword"', "not a known key"),
    ],
)
def test_compared_models_are_read_strictly_and_keys_never_shown(
    spec_file: Callable[[str], Path], name: str, more: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        load_spec(spec_file(READY + COMPARE.format(name=name, more=more)))
    assert "secretword" not in f"{caught.value.message} {caught.value.hint}"


def test_an_address_of_its_own_gets_no_key_that_it_was_not_given(spec_file: Callable[[str], Path]) -> None:
    more = COMPARE.format(name="a", more='base_url = "http://localhost:1/v1"')
    more += COMPARE.format(name="b", more='base_url = "https://b/v1"\napi_key_env = "B_KEY"')
    more += COMPARE.format(name="c", more="")
    services = [entry.service for entry in load_spec(spec_file(READY + more)).evaluate.compare]
    assert services == [
        ServiceConfig("generic", "http://localhost:1/v1", ""),
        ServiceConfig("generic", "https://b/v1", "B_KEY"),
        ServiceConfig("openai", None, "OPENAI_API_KEY"),
    ]


def test_who_trains_also_answers(spec_file: Callable[[str], Path]) -> None:
    own = ServiceConfig("azure", "https://x/v1", "X_KEY")
    address = '[services.trainer]\nprovider = "azure"\nbase_url = "https://x/v1"\napi_key_env = "X_KEY"\n'
    found = load_spec(spec_file(READY + 'provider = "azure"\n' + address)).services(Services())
    assert (found.trainer, found.completer) == (own, own)
    assert found.moderator == ServiceConfig()


def test_the_other_configuration_is_used_for_its_own_provider_only(spec_file: Callable[[str], Path]) -> None:
    mine = ServiceConfig("azure", "https://mine/v1", "MINE")
    base = Services(trainer=mine, completer=mine)
    azure = load_spec(spec_file(READY + 'provider = "azure"\n')).services(base)
    assert (azure.trainer, azure.completer) == (mine, mine)
    openai = load_spec(spec_file(READY)).services(base)
    assert openai.trainer == ServiceConfig("openai", None, "OPENAI_API_KEY")


def test_a_sandbox_plays_the_moderator_as_well(spec_file: Callable[[str], Path]) -> None:
    address = '[services.trainer]\nprovider = "sandbox"\nbase_url = "http://127.0.0.1:1/v1"\n'
    found = load_spec(spec_file(READY + 'provider = "sandbox"\n' + address)).services(Services())
    assert found.moderator == found.trainer == ServiceConfig("sandbox", "http://127.0.0.1:1/v1", "")


def test_auto_is_passed_on(spec_file: Callable[[str], Path]) -> None:
    spec = load_spec(spec_file(READY + '[train.hyperparameters]\nn_epochs = "auto"\nlearning_rate_multiplier = 2\n'))
    assert spec.train.hyperparameters == {"n_epochs": "auto", "learning_rate_multiplier": 2.0}


def test_zero_is_a_price(spec_file: Callable[[str], Path]) -> None:
    price = load_spec(spec_file(READY + "[price]\ntraining = 0\n")).price
    assert price is not None
    assert (price.training, price.input) == (0.0, None)


def test_the_gate_looks_at_the_first_metric_where_there_is_no_rouge_l(spec_file: Callable[[str], Path]) -> None:
    text = RUN_TOML.replace("[train]", "[evaluate]\nmetrics = ['chrf', 'exact']\n[train]")
    assert load_spec(spec_file(text)).gate.metric == "chrf"
    assert load_spec(spec_file(RUN_TOML)).gate.metric == "rougeL"
