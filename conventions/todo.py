"""What a reader does about each agreement of a list, in one line: six queries, however many there are.

The rules are the model's: `next_steps(user)`, the state, and what `coming` sees. A mail about one says the same words;
models write mails, so nothing here imports the models of agreements.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.apps import apps
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from communes.models.mandate import communes_of
from conventions.models.article import Article
from conventions.models.choices import BINDING, Party
from conventions.models.coming import Kind, coming
from conventions.models.policy import served_by
from conventions.models.signatory import Signatory
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.look.dates import short_date

if TYPE_CHECKING:
    from conventions.models.agreement import Agreement

Words = str | Promise


class Todo(NamedTuple):
    """The line; `is_mine`: the reader must act; `verb`: by this step, empty when by something else."""

    text: Words
    is_mine: bool = False
    verb: str = ""


class Line(NamedTuple):
    """An agreement in a list; None: there is nothing to say."""

    row: Any
    next: Todo | None


class _Reader(NamedTuple):
    """What is known of the reader and of all rows at once.

    Drafts that have a text, signatures that are missing, open comments by agreement, and the first day of each
    commune's last convention.
    """

    user: User
    own: frozenset[str]
    served: frozenset[str]
    written: frozenset[int]
    missing: dict[int, list[Signatory]]
    comments: dict[int, int]
    followed: dict[str, date]
    today: date


def lines(rows: Iterable["Agreement"], user: User) -> list[Line]:
    """Return conventions, or amendments, as a list shows them to a reader; `successor` should be selected."""
    found = list(rows)
    served = frozenset(served_by(user).values_list("commune", flat=True)) if user.is_staff else frozenset()
    articles = Article.objects.visible_to(user).filter(convention__in=_in(found, "draft")).order_by()
    written = frozenset(articles.values_list("convention", flat=True).distinct())
    reader = _Reader(
        user, communes_of(user), served, written, _missing(user, found),
        _open_comments(user, found), _last_starts(found), timezone.localdate(),
    )  # fmt: skip
    return [Line(row, _todo(row, reader)) for row in found]


def _open_comments(user: User, agreements: list["Agreement"]) -> dict[int, int]:
    """Return how many comments of the other party are open, by agreement: one's own wait for nobody here."""
    owner = agreements[0].OWNER if agreements else "convention"
    # Asked by name: comments hang on agreements, which write mails with these lines.
    rows = apps.get_model("conventions", "Comment").objects.visible_to(user).open()
    # Of all of them: who asks about none in negotiation asks the same.
    other = Party.COMMUNE if user.has_role(*AGENCY_ROLES) else Party.AGENCY
    found = rows.filter(party=other, **{f"{owner}__in": [row.pk for row in agreements]})
    found = found.order_by().values_list(owner)
    return dict(found.annotate(Count("pk")))


def _last_starts(agreements: list["Agreement"]) -> dict[str, date]:
    """Return on which day the last convention of each commune began, or will begin."""
    if not agreements or agreements[0].OWNER != "convention":
        return {}
    conventions: Any = type(agreements[0])._base_manager
    rows = (
        conventions.filter(status__in=BINDING)
        .filter(commune__in={row.nis for row in agreements})
        .order_by()
        .values_list("commune")
    )
    return dict(rows.annotate(Max("in_force_from")))


def _in(rows: list["Agreement"], status: str) -> list[int]:
    return [row.pk for row in rows if row.status == status]


def _missing(user: User, agreements: list["Agreement"]) -> dict[int, list[Signatory]]:
    """Return who has not signed yet, by agreement."""
    missing: dict[int, list[Signatory]] = {}
    owner = agreements[0].OWNER if agreements else "convention"
    to_sign = {f"{owner}__in": _in(agreements, "to_sign")}
    rows = Signatory.objects.visible_to(user).filter(signed_on=None, **to_sign)
    for signatory in rows.order_by("-party", "pk"):
        missing.setdefault(getattr(signatory, f"{owner}_id"), []).append(signatory)
    return missing


_SENT_BACK: Final = Todo(_("Nothing to do: it was sent back, the agency writes it anew."))


def _todo(row: Any, reader: _Reader) -> Todo | None:
    if not row.text_visible_to(reader.user):
        return _SENT_BACK if row.status == "draft" and row.nis in reader.own else None
    verbs = frozenset(step.verb for step in row.next_steps(reader.user))
    if row.status == "draft":
        return _draft(row, reader, verbs)
    if row.status == "negotiation":
        return _negotiation(row, reader, verbs)
    if row.status == "to_sign":
        return _to_sign(row, reader, verbs)
    return _ending(row, reader, verbs)


def _draft(row: Any, reader: _Reader, verbs: frozenset[str]) -> Todo:
    if "record" in verbs and row.pk not in reader.written:
        return Todo(_("Next step: complete it at the desk, then record it there as signed."), True)
    if "share" in verbs:
        return Todo(_("Next step: share the text with the commune."), True, "share")
    if row.nis in reader.served:
        return Todo(_("Your step: write both texts; then a lead shares them with the commune."), True)
    return Todo(_("Nothing to do: the agency is still writing it."))


_FREEZES: Final = Todo(_("Nothing to do: a lead of the agency freezes the text for signing."))
_COMMUNE_AGREES: Final = Todo(_("Nothing to do: the commune is to agree to the text."))
_AGENCY_AGREES: Final = Todo(_("Nothing to do: the agency is to agree to the text."))
_Table = dict[tuple[bool, bool], Todo]
_LEADS: Final[_Table] = {
    (False, False): Todo(_("Next step: answer the comments, then agree to the text."), True, "agree"),
    (False, True): Todo(_("Next step: agree to the text; the commune has done so."), True, "agree"),
    (True, False): _COMMUNE_AGREES,
    (True, True): Todo(_("Next step: freeze the text for signing."), True, "freeze"),
}
_LEADS_ALONE: Final = Todo(
    _("Next step: agree to the text, or wait for the comments of the commune."), True, "agree"
)
_COMMUNES: Final[_Table] = {
    (False, False): Todo(_("Your step: read the text, then comment on it or agree to it."), True, "agree"),
    (False, True): _AGENCY_AGREES,
    (True, False): Todo(
        _("Your step: read the text, to which the agency agrees; then agree to it or comment on it."),
        True, "agree",
    ),
    (True, True): _FREEZES,
}  # fmt: skip
_OTHERS: Final[_Table] = {
    (False, False): Todo(_("Nothing to do: both parties are to agree to the text.")),
    (False, True): _AGENCY_AGREES,
    (True, False): _COMMUNE_AGREES,
    (True, True): _FREEZES,
}
"""By whether the agency and the commune agree."""


def _negotiation(row: Any, reader: _Reader, verbs: frozenset[str]) -> Todo:
    count = reader.comments.get(row.pk, 0)
    if count and "agree" not in verbs and row.nis in reader.served:
        words = ngettext(
            "Your step: answer %(count)d open comment.", "Your step: answer %(count)d open comments.", count
        )
        return Todo(words % {"count": count}, True)
    table, agreed = _table(row, reader, verbs), (row.agreed(Party.AGENCY), row.agreed(Party.COMMUNE))
    return _LEADS_ALONE if table is _LEADS and not any(agreed) and not count else table[agreed]


def _table(row: Any, reader: _Reader, verbs: frozenset[str]) -> _Table:
    if "freeze" in verbs:
        return _LEADS
    return _COMMUNES if "agree" in verbs else _OTHERS


_SIGNS: Final = Todo(_("Your step: sign outside the portal; a lead of the agency records it here."), True)


def _to_sign(row: Any, reader: _Reader, verbs: frozenset[str]) -> Todo:
    missing = reader.missing.get(row.pk, [])
    names = {"names": ", ".join(signatory.name for signatory in missing)}
    if "sign" in verbs:
        return Todo(_("Next step: record the signatures that are missing: %(names)s.") % names, True, "sign")
    signs = any(signatory.user_id == reader.user.pk for signatory in missing)
    if row.nis in reader.own:
        own = [
            signatory.name
            for signatory in missing
            if signatory.party == Party.COMMUNE and signatory.user_id != reader.user.pk
        ]
        if signs and own:
            text = _(
                "Your step: sign outside the portal, and have it signed by %(names)s; the agency records it here."
            )
            return Todo(text % {"names": ", ".join(own)}, True)
        if not (own or signs):
            return Todo(_("Nothing to do: the commune has signed, the agency is to sign."))
        if signs:
            return _SIGNS
        text = _("Your step: have it signed outside the portal by %(names)s; the agency records it here.")
        return Todo(text % {"names": ", ".join(own)}, True)
    if signs:
        return _SIGNS
    return Todo(_("Nothing to do: leads record the signatures; missing are %(names)s.") % names)


def _ending(row: Any, reader: _Reader, verbs: frozenset[str]) -> Todo | None:
    """Return what the dates ask of those who renew, and of the SPOC; None while they ask nothing."""
    is_lead, is_spoc = "renew" in verbs, row.nis in reader.served
    if (
        row.OWNER != "convention"
        or row.status != "signed"
        or getattr(row, "successor", None)
        or not (is_lead or is_spoc)
        # One that was recorded late, between two others, has no successor of its own.
        or reader.followed.get(row.commune_id, row.in_force_from) > row.in_force_from
    ):
        return None
    due, state, verb = coming(row, reader.today), row.state_on(reader.today), "renew" if is_lead else ""
    if due and due.kind == Kind.NOTICE:
        return Todo(_NOTICE[is_lead] % {"day": short_date(due.due_on)}, True, verb)
    if row.in_force_until is None or not (due or state in ("notice", "expired")):
        return None
    words = _OVER if state == "expired" else _ENDS
    return Todo(words[is_lead] % {"day": short_date(row.in_force_until)}, True, verb)


_NOTICE: Final = {
    True: _("Next step: renew it or give notice by %(day)s; without either it goes on by tacit renewal."),
    False: _(
        "Your step: ask the commune before %(day)s whether it goes on; a lead renews it or gives notice."
    ),
}
_ENDS: Final = {
    True: _("Next step: renew it, or let it end on %(day)s."),
    False: _("Your step: prepare with the commune what follows; it ends on %(day)s, a lead renews it."),
}
_OVER: Final = {
    True: _("Next step: renew it. It ended on %(day)s, and none follows."),
    False: _("Your step: prepare with the commune what follows; it ended on %(day)s, a lead renews it."),
}
"""By whether the reader takes the step; the SPOC prepares it."""
