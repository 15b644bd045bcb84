"""Stage: sandbox, profiles: how much of the protocol the server plays.

`openai` is the whole of it. `bare` is what self-hosted servers of the protocol have been seen to do: no routes for
events, checkpoints, pausing, moderation, graders or uploads in parts (404, in FastAPI's shape), `metadata` null,
suffix and trained tokens left out, no result files, and a folder as the name of the tuned model.
"""

from __future__ import annotations

from typing import Any

OPENAI, BARE = "openai", "bare"
PROFILES = (OPENAI, BARE)

_MISSING = (
    "/v1/moderations",
    "/v1/uploads",
    "/v1/batches",
    "/v1/fine_tuning/alpha",
    "/v1/fine_tuning/checkpoints",
)
_MISSING_ENDS = ("/events", "/checkpoints", "/pause", "/resume")
_SILENT: dict[str, Any] = {"metadata": None, "result_files": [], "trained_tokens": None, "integrations": None}
_UNKNOWN = ("user_provided_suffix", "usage_metrics", "shared_with_openai", "seed", "estimated_finish", "method")


def has_route(profile: str, path: str) -> bool:
    """Whether a server of this profile has the route."""
    return profile != BARE or not (path.startswith(_MISSING) or path.endswith(_MISSING_ENDS))


def public_job(profile: str, job: dict[str, Any]) -> dict[str, Any]:
    """A job as a server of this profile shows it."""
    if profile != BARE:
        return job
    return {**{key: value for key, value in job.items() if key not in _UNKNOWN}, **_SILENT}


def tuned_name(profile: str, base: str | None, suffix: str | None, job_id: str) -> str:
    """The name of the tuned model: OpenAI's, or the folder that a bare server trained into."""
    if profile == BARE:
        return f"/srv/models/outputs/{job_id}/final"
    return f"ft:{base}:sandbox:{suffix or ''}:{job_id[-8:]}"
