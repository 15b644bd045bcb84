"""The sections of ``run.toml`` that say who serves what, how systems are evaluated, and what may close the gate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from ftlint.catalog import load_providers
from ftlint.model import Level
from ftlint.run.fields import Fields
from ftlint.run.metrics import JUDGE, TITLES
from ftlint.run.spec import METRICS, CompareSpec, EvaluateSpec, GateSpec, JudgeSpec, PromptSpec
from ftlint.run.template import parse_template
from ftlint.run.tokenize import TOKENIZERS
from ftlint.settings import Price, ServiceConfig, key_variable

_RESERVED = {"base", "tuned"}


def prompt(table: Fields, trained: PromptSpec | None = None) -> PromptSpec:
    """A prompt; that of the evaluation has the training's answer and references unless it names others."""
    made = PromptSpec(
        system=table.text("system", None),
        user=table.text("user"),
        answer=table.text("answer", trained.answer) if trained else table.text("answer"),
        references=table.texts("references", trained.references if trained else ()),
    )
    table.finish()
    for key in ("system", "user", "answer"):
        parse_template(getattr(made, key) or "", table.where(key))
    for reference in made.references:
        parse_template(reference, table.where("references"))
    return made


def evaluate(table: Fields, trained: PromptSpec | None) -> EvaluateSpec:
    """``[evaluate]``; ``trained`` is the prompt of the training, or None for ready files."""
    metrics = table.texts("metrics", METRICS)
    for metric in metrics:
        if metric not in TITLES:
            raise table.error("metrics", f"holds `{metric}`", f"the metrics are {', '.join(TITLES)}")
    judge = _judge(table.table("judge")) if table.has("judge") else None
    if judge is None and JUDGE in metrics:
        raise table.error("judge", "is missing, which the metric `judge` needs", '[evaluate.judge] with model = "..."')
    if judge is not None and JUDGE not in metrics:
        metrics = (*metrics, JUDGE)
    spec = EvaluateSpec(
        temperature=table.number("temperature", 0.0),
        max_tokens=table.whole("max_tokens", 256, least=1),
        concurrency=table.whole("concurrency", 128, least=1, most=256),
        metrics=metrics,
        sample=table.whole("sample", None, least=1),
        base_model=table.text("base_model", None),
        tuned_model=table.text("tuned_model", None),
        compare=tuple(_compare(entry) for entry in table.tables("compare")),
        reference=table.text("reference", None),
        prompt=prompt(table.table("prompt"), trained) if table.has("prompt") else None,
        checkpoints=table.flag("checkpoints", False),
        reuse=table.flag("reuse", True),
        tokenizer=table.one_of("tokenizer", list(TOKENIZERS), next(iter(TOKENIZERS))),
        judge=judge,
    )
    names = [entry.name.casefold() for entry in spec.compare]  # each has a file, also where `A` and `a` are the same
    for name in names:
        if name in _RESERVED or names.count(name) > 1:
            raise table.error("compare", f"uses the name `{name}`, which is taken")
    table.finish()
    return spec


def _compare(table: Fields) -> CompareSpec:
    name = table.text("name")
    if not re.fullmatch(r"[\w.-]{1,64}", name):
        raise table.error("name", "must be letters, digits, dots, dashes and underscores, at most 64")
    spec = CompareSpec(name, table.text("model"), _service_of(table), price(table, trained=False))
    table.finish()
    return spec


def _judge(table: Fields) -> JudgeSpec:
    spec = JudgeSpec(
        model=table.text("model"),
        service=_service_of(table),
        prompt=table.text("prompt", None),
        max_tokens=table.whole("max_tokens", 16, least=1),
        price=price(table, trained=False),
    )
    table.finish()
    return spec


def gate(table: Fields, metrics: Sequence[str]) -> GateSpec:
    level = table.one_of("fail_on", [level.value for level in Level], None)
    spec = GateSpec(
        fail_on=Level(level) if level else None,
        max_cost=table.number("max_cost", None),
        moderation=table.one_of("moderation", ("required", "optional"), None),
        ignore=table.texts("ignore"),
        min_gain=table.number("min_gain", None, least=None),
        metric=table.one_of("metric", list(TITLES), "rougeL" if "rougeL" in metrics or not metrics else metrics[0]),
    )
    table.finish()
    return spec


def price(root: Fields, *, trained: bool = True) -> Price | None:
    """``price``: USD per one million tokens; ``training`` only for what is trained."""
    given = root.has("price")
    table = root.table("price")
    made = Price(
        training=table.number("training", None) if trained else None,
        input=table.number("input", None),
        output=table.number("output", None),
    )
    table.finish()
    return made if given else None


def service(services: Fields, role: str) -> ServiceConfig | None:
    given = services.has(role)
    table = services.table(role)
    if not given:
        return None
    made = _service_of(table)
    table.finish()
    return made


def _service_of(table: Fields) -> ServiceConfig:
    """A service. One with an address of its own gets a key only where the file names the variable: the key of one
    service must not travel to another by default."""
    base_url = table.text("base_url", None)
    provider = table.one_of("provider", list(load_providers()), "generic" if base_url else "openai")
    if base_url is not None:
        try:
            parts = urlsplit(base_url)
            usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:  # a port beyond 65535, a bracket that stays open
            usable = False
        if not usable:
            raise table.error("base_url", "must be an http or https address")
        if parts.username or parts.password or parts.query:
            raise table.error("base_url", "holds more than an address", "put the key into the environment")
    key = table.text("api_key_env", "" if base_url else key_variable(provider))
    if key and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key):
        raise table.error("api_key_env", "must be the name of an environment variable, never the key itself")
    return ServiceConfig(provider=provider, base_url=base_url, api_key_env=key)
