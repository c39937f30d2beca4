"""The agreements of the demonstration that are alive: one negotiated, one being signed, one with two amendments."""

from datetime import date, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile

from communes.models import Commune
from conventions import demo_texts as texts
from conventions.demo_past import let_pass, moment, set_back, with_signatories
from conventions.models import Agreement, Amendment, Change, Comment, Convention, Evidence, Theme
from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage

NEGOTIATED, PARTLY_SIGNED, AMENDED, AMENDING = "21016", "21008", "21010", "21001"
"""Uccle: of the one-click bourgmestre; Ganshoren: of the one-click SPOC; Jette: of the one-click schepen; Anderlecht:
of the one-click échevine."""
NOT_SIGNED_YET: Final = (NEGOTIATED, PARTLY_SIGNED)
People = dict[str, User]


def load(people: People, today: date) -> None:
    """Bring each of them to where it is, by the verbs."""
    _negotiated(people, today)
    _partly_signed(people, today)
    _amended(people, today)
    _amending(people, today)
    # Those of days gone by left long ago.
    OutboxMessage.objects.filter(kind__startswith="convention ").delete()


def _begun(nis: str, people: People, first_day: date) -> Convention:
    """Return a draft that is to follow the one in force, with its themes and signatories."""
    lead, commune = people["lead"], Commune.objects.get(pk=nis)
    draft = Convention.objects.in_force().get(commune=commune).renew(by=lead)
    draft.set_term(by=lead, in_force_from=first_day)
    themes = Theme.objects.in_bulk([row.code for row in texts.THEMES])
    for row in texts.THEMES[3:]:
        draft.open_theme(
            by=lead, theme=themes[row.code], modality_fr=row.modality_fr, modality_nl=row.modality_nl
        )
    draft.commune = commune
    with_signatories(draft, people)
    return draft


def _next_month(today: date, months: int = 1) -> date:
    index = today.year * 12 + today.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


# --- In negotiation -------------------------------------------------------------------------------------------


def _negotiated(people: People, today: date) -> None:
    """Let Uccle and its SPOC discuss a text that was shared twelve days ago: it waits for the bourgmestre."""
    draft = _begun(NEGOTIATED, people, _next_month(today, 2))
    draft.share(by=people["lead"])
    let_pass(draft, {"share": today - timedelta(days=12)})
    for number, ago, who, text in texts.COMMENTS:
        article = draft.articles.get(number=number)
        comment = Comment.objects.write(on=article, by=people[who], text=text)
        Comment.objects.filter(pk=comment.pk).update(
            at=moment(today - timedelta(days=ago), 14), told_at=moment(today - timedelta(days=ago), 15)
        )
    for number, ago, french, dutch in texts.ADDED:
        article = draft.articles.get(number=number)
        article.revise(
            by=people["noe"], version=article.version,
            body_fr=f"{article.body_fr}\n\n{french}", body_nl=f"{article.body_nl}\n\n{dutch}",
        )  # fmt: skip
        edited = draft.revisions.filter(article=article, kind="edited")
        set_back((edited, {"at": moment(today - timedelta(days=ago), 16)}))
    for comment in draft.comments.filter(number__in=[row[0] for row in texts.ADDED]):
        comment.resolve(by=people["noe"])


# --- Being signed ---------------------------------------------------------------------------------------------


def _partly_signed(people: People, today: date) -> None:
    """Let the two of Ganshoren have signed, the two of the agency not yet."""
    draft = _begun(PARTLY_SIGNED, people, _next_month(today))
    _frozen(draft, people, today - timedelta(days=9))
    draft.set_council_decision(by=people["lead"], on=today - timedelta(days=4))
    for office, ago in (("bourgmestre", 3), ("secretary", 2)):
        _sign(draft, office, people, today - timedelta(days=ago))
    last = draft.events.filter(verb="sign")
    set_back((last, {"at": moment(today - timedelta(days=1))}))


def _amended(people: People, today: date) -> None:
    """Let an amendment of Jette's agreement have been signed by all half a year ago, and another one be written."""
    lead, root = people["lead"], Convention.objects.in_force().get(commune=AMENDED)
    day = today - timedelta(days=180)
    row = Amendment.objects.begin(
        convention=root, by=lead, title_fr=texts.AMENDMENT.title_fr, title_nl=texts.AMENDMENT.title_nl
    )
    row.set_facts(by=lead, in_force_from=day)
    row.change_article(by=lead, change=Change.ADD, **texts.AMENDMENT._asdict())
    with_signatories(row, people)
    _frozen(row, people, day - timedelta(days=30))
    for signatory in row.signatories.order_by("pk"):
        _sign(row, signatory.office, people, day - timedelta(days=14))
    set_back((row.events.filter(verb="sign"), {"at": moment(day - timedelta(days=10))}))
    _begun_amendment(root, lead, row.articles.get().number, _next_month(today, 3))


def _begun_amendment(root: Convention, lead: User, number: int, first_day: date) -> None:
    """Let the next amendment be a draft: it replaces the article that the first one added."""
    words = texts.AMENDMENT_TO_COME
    row = Amendment.objects.begin(convention=root, by=lead, title_fr=words.title_fr, title_nl=words.title_nl)
    row.set_facts(by=lead, in_force_from=first_day)
    row.change_article(by=lead, change=Change.REPLACE, number=number, **words._asdict())


def _amending(people: People, today: date) -> None:
    """Let Anderlecht discuss an amendment that was shared six days ago: it waits for the échevine."""
    lead, root = people["lead"], Convention.objects.in_force().get(commune=AMENDING)
    first_day, more = _next_month(today, 3), texts.ON_URGENCY
    row = Amendment.objects.begin(convention=root, by=lead, title_fr=more.title_fr, title_nl=more.title_nl)
    row.set_facts(by=lead, in_force_from=first_day)
    article = root.articles.get(number=texts.ARTICLE_ON_REQUESTS)
    row.change_article(
        by=lead, change=Change.REPLACE, number=texts.ARTICLE_ON_REQUESTS,
        title_fr=article.title_fr, title_nl=article.title_nl,
        body_fr=f"{article.body_fr}\n\n{more.body_fr}", body_nl=f"{article.body_nl}\n\n{more.body_nl}",
    )  # fmt: skip
    with_signatories(row, people)
    row.share(by=lead)
    let_pass(row, {"share": today - timedelta(days=6)})


def _frozen(agreement: Agreement, people: People, day: date) -> None:
    """Take an agreement to its freezing, on a day."""
    lead = people["lead"]
    agreement.share(by=lead)
    agreement.agree(by=lead, party="agency")
    agreement.agree(by=lead, party="commune", note=texts.CONSENT)
    agreement.freeze(by=lead)
    weeks = {"share": 5, "agree": 1, "freeze": 0}
    let_pass(agreement, {verb: day - timedelta(weeks=count) for verb, count in weeks.items()})


def _sign(agreement: Agreement, office: str, people: People, day: date) -> None:
    facts: dict[str, Any] = {"signatory": agreement.signatories.get(office=office), "signed_on": day}
    upload = SimpleUploadedFile(f"{office}.pdf", texts.SIGNED_PDF, "application/pdf")
    agreement.sign(by=people["lead"], method="handwritten", upload=upload, **facts)
    kept = Evidence.objects.filter(**{agreement.OWNER: agreement}, office=office)
    set_back((kept, {"recorded_at": moment(day + timedelta(days=1))}))
