"""What a run needs before it begins: the packages of its extra, and the keys of its services."""

from __future__ import annotations

from importlib.util import find_spec

from ftlint.errors import UsageError, missing_extra
from ftlint.run import gating
from ftlint.run.spec import Part, RunSpec
from ftlint.run.tools import Tools
from ftlint.settings import Settings


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
    parts = (spec.dataset.train, spec.dataset.validation, spec.dataset.heldout)
    needed = [p for p in parts if isinstance(p, Part) and (p.path is None or p.sample or p.path.suffix == ".parquet")]
    if needed and find_spec("datasets") is None:
        raise missing_extra("run", "datasets")


def require_keys(spec: RunSpec, settings: Settings, tools: Tools) -> None:
    """Find missing keys before anything is loaded or sent.

    Raises:
        UsageError: a service that the run will use has no key.
    """
    services = spec.services(settings.services)
    used = {"trainer": services.trainer, "completer": services.completer}
    if gating.online(spec):
        used["moderator"] = services.moderator
    used |= {f"comparison {entry.name}": entry.service for entry in spec.evaluate.compare}
    for role, service in used.items():
        if not tools.has_key(service):
            variable = service.api_key_env
            raise UsageError(
                f"there is no key for the {role} ({service.provider})",
                f"export {variable}=..., or rehearse without one: ftlint run {spec.path.name} --rehearse"
                if variable
                else "name the environment variable that holds it with api_key_env",
            )
