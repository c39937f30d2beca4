"""/healthz and /readyz: what lives, told from the inside.

The worker and beat write a key with a short life in Redis (`mark_alive`); a process that was killed stops
writing, and its key is gone within `ALIVE_FOR` seconds. Every look-up has a time limit of its own: a page
that says "the database does not answer" must answer itself.
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

ALIVE_FOR = 15
"""Seconds after its last sign of life that a process is held to be dead."""
_KEY = "hubportal:alive:{}"
STARTING = 60
"""Seconds in which a process that has just started waits for worker and beat without calling it an error."""
TIMEOUT = 2
"""Seconds that a part may take to answer."""

logger = logging.getLogger(__name__)
_marked_at: dict[str, float] = {}
_started_at = time.monotonic()


@cache
def _redis() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS.cache,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=None,
    )


def mark_alive(part: str) -> None:
    """Say that this process, `part` of the portal (worker, beat), lives; at most once in three seconds."""
    if time.monotonic() - _marked_at.get(part, -ALIVE_FOR) < 3:
        return
    _marked_at[part] = time.monotonic()
    try:
        _redis().set(_KEY.format(part), "1", ex=ALIVE_FOR)
    except redis.RedisError as error:
        logger.warning("%s cannot say that it lives: %s", part, type(error).__name__)


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as this process serves requests."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part does its work, else 503; the body names each part's state."""
    found = state()
    missing = {part: answer for part, answer in found.items() if answer != "ok"}
    if missing:
        _tell(missing)
    return JsonResponse(found, status=503 if missing else 200)


def _tell(missing: dict[str, str]) -> None:
    """Log what is missing: an error, unless worker and beat are merely not up yet."""
    is_starting = missing.keys() <= {"worker", "beat"} and time.monotonic() - _started_at < STARTING
    words = ", ".join(f"{part} {answer}" for part, answer in missing.items())
    logger.log(logging.INFO if is_starting else logging.ERROR, "not ready: %s", words)


def state() -> dict[str, str]:
    """Return, for each part of the portal, "ok" or a short reason that holds no secret."""
    found = _database_state()
    found["broker"] = _ask(lambda: "ok" if _redis().ping() else "does not answer")
    found["worker"] = _ask(lambda: _sign_of("worker"))
    found["beat"] = _ask(lambda: _sign_of("beat"))
    return found


def _sign_of(part: str) -> str:
    return "ok" if _redis().exists(_KEY.format(part)) else "silent"


def _ask(question: Callable[[], str]) -> str:
    try:
        return question()
    except redis.TimeoutError:
        return "no answer in time"
    except redis.RedisError:
        return "unreachable"


def _database_state() -> dict[str, str]:
    # A connection of its own, with time limits: the request's own may hang on a server that is gone.
    own: BaseDatabaseWrapper = connection.copy()
    own.settings_dict = connection.settings_dict | {"OPTIONS": _quick(connection.settings_dict["OPTIONS"])}
    try:
        executor = MigrationExecutor(own)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return {"database": "ok", "migrations": f"{len(pending)} to apply" if pending else "ok"}
    except DatabaseError:
        return {"database": "unreachable", "migrations": "unknown"}
    finally:
        own.close()


def _quick(options: dict[str, Any]) -> dict[str, Any]:
    return options | {"connect_timeout": TIMEOUT, "options": f"-c statement_timeout={TIMEOUT}s"}
