"""What a second click sends again: the same words or file of the same person within a minute, kept once."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from hubportal.accounts.models import User

if TYPE_CHECKING:
    from spoc.models.files import Deliverable, RequestFile
    from spoc.models.request import ServiceRequest

TWICE: Final = timedelta(minutes=1)
"""Within this time, the same from the same person is a double click."""


def since() -> datetime:
    """Return the moment after which the same thing is a repetition."""
    return timezone.now() - TWICE


def wait_for_a_first_click(by: User) -> None:
    """Let the second of two clicks of a person wait, in its transaction, until what the first one made is there."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def message(row: Any, by: User, text: str, is_public: bool, sha256: str) -> Any:
    """Return the message about a row that a first click left, or None; `sha256` of its file, empty for none."""
    said = row.messages.filter(
        author=by, text=text.strip(), is_public=is_public, is_question=False, written_at__gt=since()
    )
    said = said.filter(files__sha256=sha256) if sha256 else said.filter(files=None)
    return said.order_by("pk").last()


def file(request: "ServiceRequest", by: User, sha256: str, name: str) -> "RequestFile | None":
    """Return the file without a message that a first click left."""
    added = request.files.filter(
        message=None, uploaded_by=by, sha256=sha256, name=name, uploaded_at__gt=since()
    )
    return added.order_by("pk").last()


def deliverable(row: "Deliverable") -> "Deliverable | None":
    """Return what a first click delivered, when it is the same as a row that is not kept yet."""
    facts: dict[str, Any] = {
        name: getattr(row, name) for name in ("kind", "title", "url", "text", "sha256", "added_by")
    }
    return row.request.deliverables.filter(**facts, added_at__gt=since()).order_by("pk").last()
