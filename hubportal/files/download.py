"""How a private file is handed out, once the view has made sure who asks."""

from typing import IO, Any

from django.core.files import File
from django.http import FileResponse

from hubportal.files.checks import clean_name

POLICY = "sandbox; default-src 'none'"


def download(
    file: "IO[bytes] | File[Any]", name: str, content_type: str = "application/octet-stream"
) -> FileResponse:
    """Return the file as a download that a browser neither opens, guesses the type of, nor keeps.

    `name` is the name to save it under; `content_type` the one that `check_upload` found.
    """
    response = FileResponse(file, as_attachment=True, filename=clean_name(name), content_type=content_type)
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
