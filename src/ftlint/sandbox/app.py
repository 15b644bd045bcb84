"""Stage: sandbox, the routes of each profile. What a profile does not have is 404, in the shape of such a server."""

from __future__ import annotations

import json
import os

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ftlint.sandbox import batches, catalog, chat, files, graders, jobs, moderation, statepage, uploads
from ftlint.sandbox.faults import FaultError
from ftlint.sandbox.frontdoor import FrontDoor
from ftlint.sandbox.profile import BARE, has_route
from ftlint.sandbox.state import Box, box_of
from ftlint.sandbox.wire import ApiError, Json

_JOB = "/v1/fine_tuning/jobs/{job_id}"
_FILE = "/v1/files/{file_id}"
_UPLOAD = "/v1/uploads/{upload_id}"
_GRADERS = "/v1/fine_tuning/alpha/graders"


def build(box: Box) -> ASGIApp:
    """The whole ASGI application for one sandbox."""
    routes = [route for route in _routes() if has_route(box.profile, route.path)]
    app = Starlette(routes=routes, exception_handlers={ApiError: _api_error, HTTPException: _no_route, 500: _broken})
    app.state.box = box
    return FrontDoor(app, box)


def _routes() -> list[Route]:
    return [
        Route("/v1/moderations", moderation.create, methods=["POST"]),
        Route("/v1/files", files.create, methods=["POST"]),
        Route("/v1/files", files.list_files, methods=["GET"]),
        Route(_FILE, files.retrieve, methods=["GET"]),
        Route(_FILE, files.delete, methods=["DELETE"]),
        Route(f"{_FILE}/content", files.content, methods=["GET"]),
        Route("/v1/fine_tuning/jobs", jobs.create, methods=["POST"]),
        Route("/v1/fine_tuning/jobs", jobs.list_jobs, methods=["GET"]),
        Route(_JOB, jobs.retrieve, methods=["GET"]),
        Route(f"{_JOB}/events", jobs.events, methods=["GET"]),
        Route(f"{_JOB}/checkpoints", jobs.checkpoints, methods=["GET"]),
        Route(f"{_JOB}/cancel", jobs.cancel, methods=["POST"]),
        Route(f"{_JOB}/pause", jobs.pause, methods=["POST"]),
        Route(f"{_JOB}/resume", jobs.resume, methods=["POST"]),
        Route("/v1/uploads", uploads.create, methods=["POST"]),
        Route(f"{_UPLOAD}/parts", uploads.add_part, methods=["POST"]),
        Route(f"{_UPLOAD}/complete", uploads.complete, methods=["POST"]),
        Route(f"{_UPLOAD}/cancel", uploads.cancel, methods=["POST"]),
        Route(f"{_GRADERS}/validate", graders.validate, methods=["POST"]),
        Route(f"{_GRADERS}/run", graders.run, methods=["POST"]),
        Route("/v1/batches", batches.create, methods=["POST"]),
        Route("/v1/batches", batches.list_batches, methods=["GET"]),
        Route("/v1/batches/{batch_id}", batches.retrieve, methods=["GET"]),
        Route("/v1/batches/{batch_id}/cancel", batches.cancel, methods=["POST"]),
        Route("/v1/chat/completions", chat.create, methods=["POST"]),
        Route("/v1/models", catalog.list_models, methods=["GET"]),
        Route("/v1/models/{model:path}", catalog.retrieve, methods=["GET"]),
        Route("/", statepage.show, methods=["GET"]),
        Route("/sandbox/health", _health, methods=["GET"]),
        Route("/sandbox/log", _log, methods=["GET"]),
        Route("/sandbox/state", _state, methods=["GET"]),
        Route("/sandbox/faults", _faults, methods=["GET", "PUT"]),
        Route("/sandbox/parent", _parent, methods=["PUT"]),
    ]


async def _health(request: Request) -> Response:
    box = box_of(request)
    return Json({"sandbox": True, "state": str(box.folder), "profile": box.profile, "pid": os.getpid()})


async def _log(request: Request) -> Response:
    return Json({"entries": box_of(request).log.entries()})


async def _state(request: Request) -> Response:
    """Counts of what there is."""
    counts = box_of(request).store.counts()
    return Json({name: counts.get(name, 0) for name in ("file", "job", "event", "checkpoint", "model", "batch")})


async def _faults(request: Request) -> Response:
    """Show the faults in force, or put others in force and start their counts."""
    faults = box_of(request).faults
    if request.method == "PUT":
        try:
            faults.replace(json.loads(await request.body()))
        except (ValueError, FaultError) as error:
            raise ApiError(400, str(error)) from None
    return Json({"faults": faults.entries})


async def _parent(request: Request) -> Response:
    """Watch another process from now on: how a resumed client takes over a server that was started for a dead one."""
    try:
        pid = json.loads(await request.body())["pid"]
    except (ValueError, KeyError, TypeError):
        pid = None
    if not isinstance(pid, int) or pid < 1:
        raise ApiError(400, 'The body is {"pid": NUMBER}.')
    if not box_of(request).guard.watch(pid):
        raise ApiError(409, "The sandbox is about to end.")
    return Json({"pid": pid})


def _api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response()


def _broken(_: Request, error: Exception) -> Response:
    """A fault of the sandbox's own; the traceback goes to the server's log."""
    return ApiError(500, f"The sandbox failed: {type(error).__name__}", kind="server_error").response()


def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if box_of(request).profile == BARE:  # as FastAPI answers
        return Json({"detail": error.detail}, error.status_code)
    if error.status_code == 405:
        message = f"Not allowed to {request.method} on {request.url.path}."
    elif error.status_code == 404:
        message = f"Invalid URL ({request.method} {request.url.path})"
    else:
        message = str(error.detail)
    return ApiError(error.status_code, message).response()
