"""What a run needs before it begins: the packages of its extra, and the keys of its services."""

from __future__ import annotations

from importlib.util import find_spec

from ftlint.catalog import load_providers
from ftlint.errors import ConfigError, UsageError, missing_extra
from ftlint.run import gating, words
from ftlint.run.spec import Part, RunSpec
from ftlint.run.tools import Tools
from ftlint.services import azure
from ftlint.settings import Settings

_TOKEN = f" or {azure.TOKEN_VARIABLE}=... (named by api_key_env where the address is not Azure's own)"


def require_extras(spec: RunSpec, rehearse: bool) -> None:
    """Find missing packages before any work.

    Raises:
        UsageError: ``rouge-score``, ``datasets`` or the sandbox's server is needed and not installed.
    """
    if rehearse:
        from ftlint.sandbox import launch

        launch.require_packages()
    if find_spec("rouge_score") is None:
        raise missing_extra("run", "rouge-score")
    if {"bleu", "chrf"} & set(spec.evaluate.metrics) and find_spec("sacrebleu") is None:
        raise missing_extra("run", "sacrebleu")
    words.tokenizer(spec.evaluate.tokenizer)
    parts = (spec.dataset.train, spec.dataset.validation, spec.dataset.heldout)
    needed = [p for p in parts if isinstance(p, Part) and (p.path is None or p.sample or p.path.suffix == ".parquet")]
    if needed and find_spec("datasets") is None:
        raise missing_extra("run", "datasets")


def require_keys(spec: RunSpec, settings: Settings, tools: Tools) -> None:
    """Find missing keys before anything is loaded or sent.

    Raises:
        UsageError: a service that the run will use has no key.
        ConfigError: the tuned model has to be deployed, and no name for that is given.
    """
    services = spec.services(settings.services)
    _require_deployment(spec, services.completer.provider)
    used = {"trainer": services.trainer, "completer": services.completer}
    if gating.online(spec):
        used["moderator"] = services.moderator
    used |= {f"comparison {entry.name}": entry.service for entry in spec.evaluate.compare}
    if spec.evaluate.judge is not None:
        used["judge"] = spec.evaluate.judge.service
    for role, service in used.items():
        if not tools.has_key(service):
            variable = service.api_key_env or (azure.KEY_VARIABLE if service.provider == azure.AZURE else "")
            raise UsageError(
                f"there is no key for the {role} ({service.provider})",
                f"export {variable}=...{_TOKEN if service.provider == azure.AZURE else ''}, or rehearse without one:"
                f" ftlint run {spec.path.name} --rehearse"
                if variable
                else "name the environment variable that holds it with api_key_env",
            )


def _require_deployment(spec: RunSpec, provider: str) -> None:
    known = load_providers()[provider]
    if known.needs_deployment and spec.evaluate.tuned_model is None:
        raise ConfigError(
            f"{spec.path.name}: evaluate.tuned_model is missing: at {known.title} a tuned model answers only once it is"
            " deployed",
            'tuned_model = "NAME" names the deployment that you will make of it when the job has succeeded;'
            " base_model the one of the base model, where its name is another",
        )
