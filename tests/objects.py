"""The rows behind each address that names one: built from the resolver, so that a new address is asked too.

`ROWS` says of each family of addresses whose row it is; an address that none of its lines knows fails a test.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.urls import URLPattern, URLResolver, get_resolver, reverse

WORDS: Final[dict[str, str]] = {
    "verb": "withdraw", "what": "write", "page": "subject", "kind": "articles", "language": "fr"
}  # fmt: skip
"""What stands for an argument that names no row."""
NO_ROW: Final[dict[str, str]] = {
    "accounts:invitation": "a token of 128 bits: tests/accounts/test_invitation.py",
    "account_reset_password_from_key": "allauth's token",
    "spoc:calendar-feed": "a token: tests/spoc_pages/test_calendar.py",
    "spoc:request-begin": "a kind of request",
    "openid_connect_login": "the issuer of identities: tests/accounts/test_identity.py",
    "openid_connect_callback": "the same",
    "mfa_edit_webauthn": "one's own passkeys, found among one's own: tests/test_passkey.py",
    "mfa_remove_webauthn": "the same",
    "mailings:read": "a token: tests/mailings/test_read.py",
    "mailings:read-file": "a token: tests/mailings/test_downloads.py",
    "mailings:stop": "a token: tests/mailings/test_stop.py",
    "demo:sign-in": "the demonstration's",
    "demo:message": "the demonstration's",
    "demo:message-html": "the demonstration's",
}


@dataclass(frozen=True)
class Rows:
    """The rows of a family of addresses: their model, where their commune is, the arguments of an address."""

    routes: str
    model: str
    commune: str = ""
    """The lookup of the commune's code; none for what belongs to no commune."""
    kwargs: Callable[[Any], dict[str, Any]] = lambda row: {"pk": row.pk}
    only: Q = field(default_factory=Q)
    shared: Q | None = None
    """Which rows their commune lets others read."""

    def all(self) -> QuerySet[Any]:
        """Return them, in their order."""
        rows: QuerySet[Any] = apps.get_model(self.model)._base_manager.filter(self.only).order_by("pk")
        return rows

    def visible_to(self, user: Any) -> QuerySet[Any]:
        """Return those that a person may see, as the model says."""
        rows: QuerySet[Any] = apps.get_model(self.model)._default_manager.visible_to(user)  # type: ignore[attr-defined]
        return rows.filter(self.only)

    def of(self, communes: set[str]) -> Q:
        """Return which are of these communes."""
        return Q(**{f"{self.commune}__in": communes})


def _reference(row: Any) -> dict[str, Any]:
    return {"reference": row.convention.reference, "pk": row.pk}


def _amendment(row: Any) -> dict[str, Any]:
    return {"reference": row.convention.reference, "number": row.number, "article": 1}


def _of_amendment(row: Any) -> dict[str, Any]:
    return {**_amendment(row.amendment), "pk": row.pk}


def _of_request(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda row: {"pk": row.request_id, name: row.pk}


_AGREED: Final = "convention__commune"
_AMENDED: Final = "amendment__convention__commune"
_ASKED: Final = "request__commune"
_SHARED: Final = Q(is_shareable=True)
ROWS: Final = (
    Rows(
        "conventions:amendment-(article|edit-part|edit-remove)", "conventions.AmendmentArticle", _AMENDED,
        _of_amendment,
    ),
    Rows(
        "conventions:amendment-comment-.*", "conventions.Comment", _AMENDED, _of_amendment, Q(amendment__isnull=False),
    ),
    Rows("conventions:amendment-evidence", "conventions.Evidence", _AMENDED, _of_amendment, Q(amendment__isnull=False)),
    Rows(
        "conventions:amendment-signatory-remove", "conventions.Signatory", _AMENDED, _of_amendment,
        Q(amendment__isnull=False),
    ),
    Rows("conventions:amendment-(?!new).*", "conventions.Amendment", _AGREED, _amendment),
    Rows("conventions:(article|article-move|edit-part|edit-remove)", "conventions.Article", _AGREED, _reference),
    Rows("conventions:comment-.*", "conventions.Comment", _AGREED, _reference, Q(convention__isnull=False)),
    Rows("conventions:evidence", "conventions.Evidence", _AGREED, _reference, Q(convention__isnull=False)),
    Rows("conventions:project-file", "conventions.ProjectAgreement", _AGREED, _reference, ~Q(file="")),
    Rows("conventions:signatory-remove", "conventions.Signatory", _AGREED, _reference, Q(convention__isnull=False)),
    Rows("conventions:meeting(-edit|-remove)?", "conventions.SteeringMeeting", _AGREED, _reference),
    Rows(
        "conventions:action-mark", "conventions.MeetingAction", "meeting__convention__commune",
        lambda row: {"reference": row.meeting.convention.reference, "pk": row.pk},
    ),
    Rows(
        "conventions:evaluation.*", "conventions.Evaluation", _AGREED,
        lambda row: {"reference": row.convention.reference, "year": row.year},
    ),
    Rows("conventions:bundle-file", "conventions.Bundle"),
    Rows("conventions:.*", "conventions.Convention", "commune", lambda row: {"reference": row.reference}),
    Rows("spoc:request-detach", "spoc.RequestFile", _ASKED, _of_request("file")),
    Rows("spoc:file-download", "spoc.RequestFile", _ASKED),
    Rows("spoc:deliverable-download", "spoc.Deliverable", _ASKED, only=~Q(file="")),
    Rows("spoc:measure(-step)?", "spoc.Measure", _ASKED, _of_request("measure")),
    Rows("spoc:meeting(-step)?", "spoc.Meeting", _ASKED, _of_request("meeting")),
    Rows("spoc:handover-(note|read)", "spoc.HandoverNote"),
    Rows("spoc:handover-commune", "communes.Commune", kwargs=lambda row: {"nis": row.nis}),
    Rows("spoc:concern-file", "spoc.ConcernFile", "concern__commune", shared=Q(concern__is_shareable=True)),
    Rows("spoc:concern-.*", "spoc.Concern", "commune", shared=_SHARED),
    Rows("spoc:group-.*", "spoc.ConcernGroup"),
    Rows("spoc:note-file", "spoc.NoteDocument"),
    Rows("spoc:note-(item.*|answer)", "spoc.RelayItem", kwargs=lambda row: {"pk": row.note_id, "item": row.pk}),
    Rows(
        "spoc:note-(part.*|answer-part)", "spoc.RelayPart",
        kwargs=lambda row: {"pk": row.item.note_id, "item": row.item_id, "part": row.pk},
    ),
    Rows("spoc:note-.*", "spoc.RelayNote"),
    Rows("spoc:answer-.*", "spoc.Answer"),
    Rows("spoc:(request-|measure|meeting-new).*", "spoc.ServiceRequest", "commune"),
    Rows("mailings:file", "mailings.Attachment", kwargs=lambda row: {"number": row.mailing.number, "pk": row.pk}),
    Rows("mailings:decide", "mailings.Delivery"),
    Rows("mailings:rhythm-edit", "mailings.Schedule"),
    Rows("mailings:.*", "mailings.Mailing", kwargs=lambda row: {"number": row.number}),
    Rows("communes:transition-example", "communes.Commune", kwargs=lambda row: {"nis": row.nis}),
    Rows("communes:transition(-invite|-step)?", "communes.CollegeTransition"),
    Rows("communes:(delegations|delegation-give)", "communes.Commune", "nis", lambda row: {"nis": row.nis}),
    Rows(
        "communes:delegation-withdraw", "communes.Delegation", "commune",
        lambda row: {"nis": row.commune_id, "pk": row.pk},
    ),
    Rows("communes:detail", "communes.Commune", kwargs=lambda row: {"nis": row.nis}),
)  # fmt: skip


def rows_of(route: str) -> Rows | None:
    """Return the rows of an address, by its name; none when no line knows it."""
    return next((rows for rows in ROWS if re.fullmatch(rows.routes, route)), None)


def routes() -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each address outside the desk that takes arguments, with their names."""
    yield from _routes(get_resolver().url_patterns, "")


def _routes(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, set[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = prefix + (f"{pattern.namespace}:" if pattern.namespace else "")
                yield from _routes(pattern.url_patterns, inner)
        elif named := set(pattern.pattern.regex.groupindex):
            yield f"{prefix}{pattern.name}", named


def address(route: str, named: set[str], rows: Rows, row: Model) -> str:
    """Return the address of a row."""
    known = {**WORDS, **rows.kwargs(row)}
    return reverse(route, kwargs={name: known[name] for name in named})
