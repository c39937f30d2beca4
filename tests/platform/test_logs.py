"""Logs: one JSON object a line, and nothing of a person in it."""

import json
import logging
import sys
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from hubportal import logs


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return a record as it is written."""
    assert logs.PersonalDataFilter().filter(record)
    found: dict[str, Any] = json.loads(logs.JsonFormatter().format(record))
    return found


def a_record(message: str, *args: object, exc_info: Any = None, **extra: object) -> logging.LogRecord:
    """Return a log record with extra attributes."""
    record = logging.LogRecord("there", logging.WARNING, __file__, 1, message, args, exc_info)
    record.__dict__.update(extra)
    return record


def test_a_line_is_json_with_its_facts() -> None:
    line = line_of(a_record("seen %s", "twice\nor more"))
    assert line["message"] == "seen twice\nor more"
    assert (line["level"], line["logger"]) == ("WARNING", "there")
    assert line["time"].endswith("+00:00")


def test_an_address_is_blanked() -> None:
    assert line_of(a_record("mail to %s failed", "an.example@commune.brussels"))["message"] == (
        "mail to [e-mail] failed"
    )


def test_the_values_of_a_row_are_blanked_in_an_exception() -> None:
    words = "duplicate key\nDETAIL:  Failing row contains (7, Dupont, secret).\n"
    try:
        raise ValueError(words)
    except ValueError:
        line = line_of(a_record("failed", exc_info=sys.exc_info()))
    assert "duplicate key" in line["exception"]
    assert "Dupont" not in line["exception"]


def test_an_address_of_the_portal_is_never_logged() -> None:
    request = RequestFactory().get("/fr/invitation/t0ken/")
    line = line_of(a_record("Internal Server Error: %s", request.path, request=request))
    assert "t0ken" not in json.dumps(line)


def test_the_access_line_names_the_route_and_the_request(caplog: pytest.LogCaptureFixture) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=204)

    with caplog.at_level(logging.INFO, "hubportal.access_log"):
        response = logs.RequestLogMiddleware(answer)(RequestFactory().post("/x/t0ken", {"name": "Dupont"}))
    (record,) = caplog.records
    assert len(response["X-Request-ID"]) == 32
    assert record.getMessage() == "POST unknown 204"
    assert "t0ken" not in str(record.__dict__)
    assert "Dupont" not in str(record.__dict__)


def test_a_line_within_a_request_carries_its_number() -> None:
    lines = []

    def answer(request: HttpRequest) -> HttpResponse:
        lines.append(line_of(a_record("inside")))
        return HttpResponse()

    response = logs.RequestLogMiddleware(answer)(RequestFactory().get("/"))
    assert lines[0]["request"] == response["X-Request-ID"]
    assert "request" not in line_of(a_record("outside"))


def test_a_caller_cannot_choose_the_number() -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": "mine"})
    assert logs.RequestLogMiddleware(lambda _: HttpResponse())(request)["X-Request-ID"] != "mine"
