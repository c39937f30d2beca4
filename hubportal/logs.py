"""Logs: one JSON object a line on standard error, without personal data.

No line holds an e-mail address, a form's content, an address of the portal with its tokens, or the values of
a database row. People appear by number, requests by the identifier that the answer's X-Request-ID carries.
"""

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(\.[\w-]+)+")
# PostgreSQL names the offending values after its message: "DETAIL:  Key (email)=(…) already exists."
_DETAIL = re.compile(r"^DETAIL:.*?(?=\n\n(?:The above|During handling)|\Z)", re.DOTALL | re.MULTILINE)
_FACTS = ("method", "route", "status", "ms")

_current: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)
access = logging.getLogger("hubportal.access_log")


def configuration(level: str) -> dict[str, Any]:
    """Return settings.LOGGING for a level (DEBUG, INFO, WARNING, ERROR)."""
    # Django's own handlers would write each line twice, in another form, and mail the administrators.
    ours = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "personal": {"()": "hubportal.logs.PersonalDataFilter"},
            "ready": {"()": "hubportal.logs.ReadinessFilter"},
        },
        "formatters": {"json": {"()": "hubportal.logs.JsonFormatter"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["personal"]},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": ours,
            # Below an error these repeat the access line, with the full address.
            "django.request": ours | {"level": "ERROR", "filters": ["ready"]},
            "django.server": ours | {"level": "ERROR"},
            # Below a warning these tell each step of each PDF.
            "weasyprint": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
        },
    }


def without_personal_data(text: str) -> str:
    """Return the text with e-mail addresses and the values of database rows blanked."""
    return _EMAIL.sub("[e-mail]", _DETAIL.sub("DETAIL: [blanked]", text))


def route_of(request: HttpRequest) -> str:
    """Return the name of the view that an address led to, never the address: it may hold a token."""
    match = request.resolver_match
    return match.view_name or "unnamed" if match else "unknown"


class ReadinessFilter(logging.Filter):
    """Drops Django's "Service Unavailable: readyz": whether it is an error, `hubportal.health` knows and says."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is about anything else."""
        request = getattr(record, "request", None)
        return not (isinstance(request, HttpRequest) and route_of(request) == "readyz")


class PersonalDataFilter(logging.Filter):
    """Puts the finished message in place of its parts, without addresses of people or of the portal."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; every record passes."""
        message = record.getMessage()
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and len(request.path) > 1:
            message = message.replace(request.path, route_of(request))
        record.msg, record.args = without_personal_data(message), None
        return True


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON; the time is UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        request = _current.get()
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": getattr(request, "request_id", None),
            "user": _user_of(request),
        }
        line |= {name: getattr(record, name) for name in _FACTS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = without_personal_data("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(
            {key: value for key, value in line.items() if value is not None}, ensure_ascii=False
        )


def _user_of(request: HttpRequest | None) -> int | None:
    # Asking request.user could query the database from inside a log line: only who is known already.
    # Who sees as another person is who asks.
    user = getattr(request, "seen_by", None) or getattr(request, "_cached_user", None)
    return user.pk if user is not None else None


class RequestLogMiddleware:
    """Gives each request an identifier of ours, and writes one line when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; X-Request-ID names it."""
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        token = _current.set(request)
        started = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            _log_answer(request, response.status_code, started)
            return response
        finally:
            _current.reset(token)


def _log_answer(request: HttpRequest, status: int, started: float) -> None:
    ms = round((time.monotonic() - started) * 1000)
    route = route_of(request)
    # A browser may send any word as its method; ours are few.
    method = request.method if request.method in {"GET", "HEAD", "POST", "OPTIONS"} else "OTHER"
    facts = dict(zip(_FACTS, (method, route, status, ms), strict=True))
    access.info("%s %s %s", method, route, status, extra=facts)
