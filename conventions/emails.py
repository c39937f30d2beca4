"""Mails about an agreement: news of a step, to the other party and the SPOC; and that its end comes near.

A mail is a row written in the transaction of its act; whoever acted gets none about it. It says what happened, and
what its reader does now, in the reader's language; a subject names the agreement, and nothing that it says.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils.translation import get_language

from communes.models.mandate import communes_of
from communes.recipients import callers_of, in_charge_of, leads, reachable
from conventions.todo import lines
from hubportal.accounts.letters import write_to
from hubportal.accounts.models import User

if TYPE_CHECKING:
    from conventions.models import Agreement, Comment, Convention
    from conventions.models.coming import Due

TOLD: Final = frozenset(
    {"share", "agree", "void_consent", "freeze", "sign", "send_back", "abandon", "terminate"}
)


def news(agreement: "Agreement", verb: str, by: User | None, comment: str = "") -> None:
    """Tell the other party and the SPOC of a step that was just taken; of a signature, once all have signed."""
    if by is None or not _is_news(agreement, verb):
        return
    commune = _root(agreement).commune
    if agreement.nis in communes_of(by):
        people = [*leads(), *callers_of(commune)]
    else:
        people = [*_readers(agreement, verb, in_charge_of(commune)), *callers_of(commune)]
        if verb == "freeze":
            rows = agreement.signatories.filter(user__isnull=False).select_related("user")
            people += [signatory.user for signatory in rows]
        if verb == "void_consent":
            # The agency agreed by a lead; the SPOC writes in the text, too.
            people += leads()
    # The history notes of a signature who signed: no remark of whoever recorded it.
    remark = "" if verb == "sign" else comment
    told = {person.pk: person for person in reachable(people) if person != by}.values()
    _tell(agreement, verb, told, by=by, comment=remark)


def reaches_nobody(agreement: "Agreement", verb: str, by: User) -> bool:
    """Tell whether news of a step that the agency took reaches nobody of the commune: none of them has an address."""
    is_ours = _is_news(agreement, verb) and agreement.nis not in communes_of(by)
    return is_ours and not in_charge_of(_root(agreement).commune)


def _is_news(agreement: "Agreement", verb: str) -> bool:
    return verb in TOLD and (verb != "sign" or agreement.status == "signed")


def alert(convention: "Convention", due: "Due", people: Iterable[User]) -> None:
    """Tell people that the convention ends, or that the last day for notice comes."""
    _tell(convention, due.kind, people, due=due, following=getattr(convention, "successor", None))


def comments(agreement: "Agreement", rows: "Sequence[Comment]", party: str) -> None:
    """Tell the other party, the SPOC and the leads for the agency, what a party commented."""
    commune = _root(agreement).commune
    people = [*leads(), *callers_of(commune)] if party == "commune" else in_charge_of(commune)
    told = {person.pk: person for person in reachable(people)}.values()
    # Who wrote it reads it on the page.
    authors = {row.author_id for row in rows}
    readers = [person for person in told if person.pk not in authors and agreement.text_visible_to(person)]
    _tell(agreement, "comments", readers, said=rows, by=rows[-1].author)


def _readers(agreement: "Agreement", verb: str, people: list[User]) -> list[User]:
    """Return those who read the text; that it went back to its authors is told to those who read it until then."""
    return [person for person in people if verb == "send_back" or agreement.text_visible_to(person)]


def _tell(agreement: "Agreement", what: str, people: Iterable[User], **facts: Any) -> None:
    context = {
        "what": what,
        "agreement": agreement,
        "convention": _root(agreement),
        "is_amendment": agreement.OWNER == "amendment",
        "base": settings.BASE_URL,
        "by": None,
        "comment": "",
        "following": None,
        "said": (),
        **facts,
    }
    for person in sorted(people, key=lambda row: row.pk):
        own = {"reads": agreement.text_visible_to(person), "todo": _todo_of(agreement, context, person)}
        write_to(
            person.email or "", person,
            "conventions/email/news.subject.txt", "conventions/email/news.txt", {**context, **own},
            html_template="conventions/email/news.html", kind=f"convention {what}",
        )  # fmt: skip


def _root(agreement: Any) -> "Convention":
    """Return the convention itself, or the one that it amends."""
    root: Convention = agreement.convention if agreement.OWNER == "amendment" else agreement
    return root


def _todo_of(agreement: "Agreement", context: dict[str, Any], person: User) -> Any:
    """Return what a reader does now, to be said in the language in which a template asks for it."""
    known: dict[str | None, str] = {}

    def words() -> str:
        language = get_language()
        if language not in known:
            (line,) = lines([context["following"] or agreement], person)
            known[language] = str(line.next.text) if line.next else ""
        return known[language]

    return words
