"""The queues of the desk, each an address: what is to triage, what waits for a person, what is late, what starts soon.

Each is the list of the desk, narrowed down by its own filters: the figure and the rows cannot differ.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

from django.contrib.admin.views.main import ChangeList
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communes.models.spoc import communes_served_by
from hubportal.accounts.models import User
from spoc.models import Message, ServiceRequest
from spoc.nextstep import waiting_for

MOST: Final = 99
"""The highest figure that is counted out."""


class QueueList(ChangeList):
    """The rows of the desk's list, with their threads: two queries more, however many rows there are."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the threads of the rows of this page only."""
        super().get_results(request)
        threads = Message.objects.visible_to(cast("User", request.user)).select_related("author")
        rows: list[Any] = list(self.result_list)
        prefetch_related_objects(
            rows, Prefetch("messages", threads.order_by("written_at", "pk")), "messages__files"
        )
        self.result_list = rows


class Queue(NamedTuple):
    """A queue as the desk offers it: its address, how many wait (99+ for more), whether it is the one shown."""

    label: str | Promise
    query: str
    figure: str
    is_shown: bool


def queues(user: User, shown: QueryDict) -> list[Queue]:
    """Return the queues of a person: of the communes they serve, if they serve any. Four queries."""
    served = communes_served_by(user)
    rows = ServiceRequest.objects.visible_to(user).open().order_by()
    own: dict[str, str] = {"mine": "communes"} if served else {}
    here = rows.filter(commune__in=served) if served else rows
    found: list[tuple[Any, dict[str, str], Any]] = [
        (_("Waiting for me"), {"mine": "waits"}, rows.filter(waiting_for(user))),
        (_("To triage"), {**own, "state": "to_triage"}, here.to_triage()),
        (_("Late"), {**own, "due": "late"}, here.late()),
        (_("Roadworks starting soon"), {**own, "due": "urgent"}, here.urgent()),
    ]
    chosen = _narrowed(shown)
    return [Queue(label, _address(query), _figure(asked), query == chosen) for label, query, asked in found]


def _narrowed(shown: QueryDict) -> dict[str, str]:
    """Return what narrows the list down, without its page and order."""
    return {name: str(value) for name, value in shown.items() if value and name not in ("p", "o", "e")}


def _figure(rows: Any) -> str:
    count = rows[: MOST + 1].count()
    return f"{MOST}+" if count > MOST else str(count)


def _address(query: Mapping[str, str]) -> str:
    found = QueryDict(mutable=True)
    found.update(query)
    return found.urlencode()
