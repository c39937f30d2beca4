"""What a reader does about each agreement of a list, in one line: two queries at most, however many there are.

The rules are the model's: `next_steps(user)`, the state, and what `coming` sees. A mail about one says the same words;
models write mails, so nothing here imports the models of agreements.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.apps import apps
from django.db.models import Count, DateField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from communes.models.mandate import communes_of
from communes.models.spoc import communes_served_by
from conventions.models.article import Article
from conventions.models.choices import BINDING, Party
from conventions.models.coming import Kind, coming
from conventions.models.signatory import Signatory
from hubportal.accounts.models import STEWARDS, User
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


_Key = tuple[str, int]
"""Of an agreement: the column by which its parts refer to it, and its key."""


class _Facts(NamedTuple):
    """Of a convention: whether it has a text, and the first day of its commune's last one that was signed.

    Of both kinds of agreement: the open comments of the commune.
    """

    is_written: bool = False
    last_start: date | None = None
    comments: int = 0


class _Reader(NamedTuple):
    """The reader, and what is known of all rows at once: signatures that are missing, and facts, by agreement."""

    user: User
    missing: dict[_Key, list[Signatory]]
    facts: dict[_Key, _Facts]
    today: date


def lines(rows: Iterable["Agreement"], user: User) -> list[Line]:
    """Return conventions and amendments as a list shows them to a reader; `successor` should be selected."""
    found = list(rows)
    reader = _Reader(user, _missing(user, found), _facts(user, found), timezone.localdate())
    return [Line(row, _todo(row, reader)) for row in found]


def _parts_of(agreements: Iterable["Agreement"]) -> Q:
    """Return which parts belong to these agreements, as a condition."""
    found: dict[str, list[int]] = {"convention": [], "amendment": []}
    for row in agreements:
        found[row.OWNER].append(row.pk)
    return Q(convention__in=found["convention"]) | Q(amendment__in=found["amendment"])


def _key(convention: int | None, amendment: int | None) -> _Key:
    return ("amendment", amendment) if amendment else ("convention", convention or 0)


def _facts(user: User, agreements: list["Agreement"]) -> dict[_Key, _Facts]:
    """Return what the lines of these agreements are about: one query, none where nobody asks for any of it."""
    answers = bool(user.has_role(*STEWARDS) or communes_served_by(user))
    by_owner: dict[str, list[Agreement]] = {}
    for row in agreements:
        if answers or (row.OWNER == "convention" and row.status in ("draft", "signed")):
            by_owner.setdefault(row.OWNER, []).append(row)
    if not by_owner:
        return {}
    first, *others = [_facts_of(user, owner, rows, answers) for owner, rows in by_owner.items()]
    found: Any = first.union(*others, all=True)
    return {(owner, pk): _Facts(*facts) for owner, pk, *facts in found}


def _facts_of(user: User, owner: str, agreements: list["Agreement"], answers: bool) -> Any:
    """Return the facts of conventions, or of amendments, as rows: key, then as `_Facts` has them."""
    every: Any = type(agreements[0])._base_manager
    rows = every.filter(pk__in=[row.pk for row in agreements])
    is_written: Any = Value(False)
    last: Any = Value(None, DateField())
    comments: Any = Value(0)
    if owner == "convention":
        is_written = Exists(Article.objects.visible_to(user).filter(convention=OuterRef("pk")))
        theirs = every.filter(status__in=BINDING, commune=OuterRef("commune"))
        last = Subquery(theirs.order_by(F("in_force_from").desc(nulls_last=True)).values("in_force_from")[:1])
    if answers:
        comments = Coalesce(Subquery(_open_comments(user, owner)), 0)
    return rows.order_by().values_list(Value(owner), "pk", is_written, last, comments)


def _open_comments(user: User, owner: str) -> Any:
    """Return how many comments of the commune are open in an agreement: they wait for whoever writes in a text."""
    # Asked by name: comments hang on agreements, which write mails with these lines.
    rows = apps.get_model("conventions", "Comment").objects.visible_to(user).open()
    found = rows.filter(party=Party.COMMUNE, **{owner: OuterRef("pk")}).order_by()
    return found.values(owner).annotate(number=Count("pk")).values("number")


def _missing(user: User, agreements: list["Agreement"]) -> dict[_Key, list[Signatory]]:
    """Return who has not signed yet, by agreement."""
    missing: dict[_Key, list[Signatory]] = {}
    to_sign = _parts_of(row for row in agreements if row.status == "to_sign")
    rows = Signatory.objects.visible_to(user).filter(to_sign, signed_on=None)
    for signatory in rows.order_by("-party", "pk"):
        missing.setdefault(_key(signatory.convention_id, signatory.amendment_id), []).append(signatory)
    return missing


_SENT_BACK: Final = Todo(_("Nothing to do: it was sent back, the agency writes it anew."))


def _todo(row: Any, reader: _Reader) -> Todo | None:
    if not row.text_visible_to(reader.user):
        return _SENT_BACK if row.status == "draft" and row.nis in communes_of(reader.user) else None
    verbs = frozenset(step.verb for step in row.next_steps(reader.user))
    if row.status == "draft":
        return _draft(row, reader, verbs)
    if row.status == "negotiation":
        return _negotiation(row, reader, verbs)
    if row.status == "to_sign":
        return _to_sign(row, reader, verbs)
    return _ending(row, reader, verbs)


def _draft(row: Any, reader: _Reader, verbs: frozenset[str]) -> Todo:
    if "record" in verbs and not reader.facts.get((row.OWNER, row.pk), _Facts()).is_written:
        return Todo(_("Next step: complete it at the desk, then record it there as signed."), True)
    if "share" in verbs:
        return Todo(_("Next step: share the text with the commune."), True, "share")
    if row.nis in communes_served_by(reader.user):
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
    count = reader.facts.get((row.OWNER, row.pk), _Facts()).comments
    if count and "agree" not in verbs and row.nis in communes_served_by(reader.user):
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
_HAVE_IT_SIGNED: Final = {
    True: _(
        "Your step: sign outside the portal, and have it signed by %(names)s; the agency records it here."
    ),
    False: _("Your step: have it signed outside the portal by %(names)s; the agency records it here."),
}
"""By whether the reader signs, too."""


def _to_sign(row: Any, reader: _Reader, verbs: frozenset[str]) -> Todo:
    missing = reader.missing.get((row.OWNER, row.pk), [])
    names = {"names": ", ".join(signatory.name for signatory in missing)}
    if "sign" in verbs:
        return Todo(_("Next step: record the signatures that are missing: %(names)s.") % names, True, "sign")
    signs = any(signatory.user_id == reader.user.pk for signatory in missing)
    own = [
        signatory.name
        for signatory in missing
        if signatory.party == Party.COMMUNE and signatory.user_id != reader.user.pk
    ]
    if signs and not own:
        return _SIGNS
    if row.nis in communes_of(reader.user):
        if not own:
            return Todo(_("Nothing to do: the commune has signed, the agency is to sign."))
        return Todo(_HAVE_IT_SIGNED[signs] % {"names": ", ".join(own)}, True)
    if signs:
        return _SIGNS
    return Todo(_("Nothing to do: leads record the signatures; missing are %(names)s.") % names)


def _ending(row: Any, reader: _Reader, verbs: frozenset[str]) -> Todo | None:
    """Return what the dates ask of those who renew, and of the SPOC; None while they ask nothing."""
    is_lead, is_spoc = "renew" in verbs, row.nis in communes_served_by(reader.user)
    last_start = reader.facts.get((row.OWNER, row.pk), _Facts()).last_start
    if (
        row.OWNER != "convention"
        or row.status != "signed"
        or getattr(row, "successor", None)
        or not (is_lead or is_spoc)
        # One that was recorded late, between two others, has no successor of its own.
        or (last_start and last_start > row.in_force_from)
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
