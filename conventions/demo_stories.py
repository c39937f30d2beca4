"""What is under way in the demonstration: a renewal in negotiation, one partly signed, amendments.

Taken by the model's own verbs, so dated today; the signed PDFs that it keeps as evidence are one page that says so.
"""

from datetime import date, timedelta
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from communes import demo_names as names
from communes.models import Assignment, Mandate
from conventions.legislature import legislature_of
from conventions.models import Agreement, Amendment, Change, Comment, Convention, Method, Party
from conventions.models.term import ONE_DAY
from conventions.months import months_after
from hubportal.accounts.models import User

NEGOTIATED, PARTLY_SIGNED, AMENDED, AMENDING = "21012", "21015", "21009", "21001"
"""The renewal that is discussed, the one to sign, the amendment in force, the one that is discussed."""
ARTICLE_OF_REQUESTS: Final = 6
_COUNCIL: Final = timedelta(days=20)
_WORDS: Final = b"BT /F1 18 Tf 60 760 Td (Exemplaire de la demonstration / Demonstratie-exemplaar) Tj ET"
_OBJECTS: Final = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    b"<</Length %d>>stream\n%b\nendstream" % (len(_WORDS), _WORDS),
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
)


def tell(people: dict[str, User], today: date) -> None:
    """Bring each story to where it is today."""
    _negotiated(people["lead"], people["director"])
    _partly_signed(people["lead"], people["director"], today)
    _amended(people["lead"], people["director"], today)
    _amending(people["lead"], people["director"], people["echevine"], today)


def _present(nis: str) -> Convention:
    return Convention.objects.in_force().get(commune=nis)


def _mayor(nis: str) -> User:
    rows = Mandate.objects.valid().filter(commune=nis).bourgmestres().filter(is_acting=False)
    return rows.order_by("pk")[0].user


def _spoc(nis: str) -> User:
    return Assignment.objects.valid().get(commune=nis).user


def _negotiated(lead: User, director: User) -> None:
    """Let the agreement in its notice period be followed by one that both parties discuss."""
    draft, spoc, mayor = _present(NEGOTIATED).renew(by=lead), _spoc(NEGOTIATED), _mayor(NEGOTIATED)
    _name_signatories(draft, lead, director)
    draft.share(by=lead)
    follow_up, requests = (draft.articles.get(number=number) for number in (15, ARTICLE_OF_REQUESTS))
    Comment.objects.write(
        on=requests, by=mayor, text="Le délai de première réponse devrait figurer ici, en jours ouvrables."
    )
    Comment.objects.write(
        on=requests, by=spoc, text="D’accord : deux jours ouvrables, comme dans la pratique."
    )
    requests.revise(
        by=spoc, version=requests.version,
        body_fr=f"{requests.body_fr}\n\nUne première réponse est donnée dans les deux jours ouvrables.",
        body_nl=f"{requests.body_nl}\n\nEen eerste antwoord volgt binnen twee werkdagen.",
    )  # fmt: skip
    settled = Comment.objects.write(
        on=follow_up, by=mayor, text="Une réunion de suivi par an suffit-elle la première année ?"
    )
    settled.resolve(by=spoc)


def _partly_signed(lead: User, director: User, today: date) -> None:
    """Let the agreement that goes on tacitly be followed by one that the commune has signed."""
    draft = _present(PARTLY_SIGNED).renew(by=lead)
    first_day = months_after(today.replace(day=1), 2)
    draft.set_term(by=lead, in_force_from=first_day, in_force_until=legislature_of(first_day).ends_on)
    _name_signatories(draft, lead, director)
    _agreed(draft, lead)
    _sign(draft, lead, today, Party.COMMUNE)


def _amended(lead: User, director: User, today: date) -> None:
    """Let an amendment be in force, which says more of how a service is requested."""
    row = _amendment(
        _present(AMENDED), lead, today + ONE_DAY,
        ("Demandes de service : urgences", "Dienstaanvragen: spoedgevallen"),
    )  # fmt: skip
    _replace(
        row, lead,
        "Une demande urgente est annoncée par téléphone au SPOC, puis introduite sur le portail.",
        "Een dringende aanvraag wordt telefonisch aan de SPOC gemeld en daarna op het portaal ingediend.",
    )  # fmt: skip
    _name_signatories(row, lead, director)
    _agreed(row, lead)
    _sign(row, lead, today, Party.COMMUNE)
    _sign(row, lead, today, Party.AGENCY)


def _amending(lead: User, director: User, echevine: User, today: date) -> None:
    """Let an amendment be in negotiation, on which the échevine has her say."""
    row = _amendment(
        _present(AMENDING), lead, months_after(today.replace(day=1), 3),
        ("Demandes de service : marchés", "Dienstaanvragen: markten"),
    )  # fmt: skip
    _replace(
        row, lead,
        "L’agence donne aussi un avis sur le règlement des marchés, une fois par an.",
        "Het agentschap geeft ook eenmaal per jaar advies over het marktreglement.",
    )  # fmt: skip
    _name_signatories(row, lead, director)
    row.share(by=lead)
    Comment.objects.write(
        on=row.articles.get(), by=echevine, text="Avant la fin du mois de mars, si possible."
    )


def _amendment(root: Convention, lead: User, first_day: date, titles: tuple[str, str]) -> Amendment:
    row = Amendment.objects.begin(convention=root, by=lead, title_fr=titles[0], title_nl=titles[1])
    row.set_facts(by=lead, in_force_from=first_day)
    return row


def _replace(row: Amendment, lead: User, more_fr: str, more_nl: str) -> None:
    """Replace the article on requests by itself with a paragraph more."""
    article = row.convention.articles.get(number=ARTICLE_OF_REQUESTS)
    row.change_article(
        by=lead, change=Change.REPLACE, number=ARTICLE_OF_REQUESTS,
        title_fr=article.title_fr, title_nl=article.title_nl,
        body_fr=f"{article.body_fr}\n\n{more_fr}", body_nl=f"{article.body_nl}\n\n{more_nl}",
    )  # fmt: skip


def _name_signatories(agreement: Agreement, lead: User, director: User) -> None:
    number = int(agreement.nis)
    secretary = f"{names.FIRST_NAMES[number * 3 % 40]} {names.LAST_NAMES[(number * 17 + 9) % 40]}"
    representative = f"{names.FIRST_NAMES[(number * 7 + 3) % 40]} {names.LAST_NAMES[(number * 5 + 2) % 40]}"
    agreement.add_signatory(by=lead, office="bourgmestre", user=_mayor(agreement.nis))
    agreement.add_signatory(by=lead, office="secretary", name=secretary)
    agreement.add_signatory(by=lead, office="director", user=director)
    agreement.add_signatory(by=lead, office="representative", name=representative)


def _agreed(agreement: Agreement, lead: User) -> None:
    """Share it, let both parties agree, freeze it."""
    agreement.share(by=lead)
    agreement.agree(by=lead, party=Party.AGENCY)
    agreement.agree(by=_mayor(agreement.nis), party=Party.COMMUNE)
    agreement.freeze(by=lead)
    agreement.set_council_decision(by=lead, on=timezone.localdate() - _COUNCIL)


def _sign(agreement: Agreement, lead: User, today: date, party: str) -> None:
    for row in agreement.signatories.filter(party=party).order_by("pk"):
        upload = SimpleUploadedFile("signed.pdf", _signed_page(), "application/pdf")
        agreement.sign(by=lead, signatory=row, signed_on=today, method=Method.QUALIFIED, upload=upload)


def _signed_page() -> bytes:
    """Return a PDF of one page that says what it is."""
    content, places = b"%PDF-1.4\n", []
    for number, words in enumerate(_OBJECTS, start=1):
        places.append(len(content))
        content += b"%d 0 obj%b endobj\n" % (number, words)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return content + end % (size, table, size, len(content))
