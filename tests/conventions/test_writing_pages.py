"""Writing a convention on the portal: texts side by side, conflicts, term, themes, signatories, projects."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communes.models import Mandate
from conventions.legislature import legislature_of
from conventions.models import Comment, Convention, ConventionTheme, ProjectAgreement, Signatory
from hubportal.look.dates import short_date
from tests.cast import Cast
from tests.conventions.agreements import a_pdf, agree_both, begun, frozen, shared, signed
from tests.conventions.drafts import a_bourgmestre, a_theme
from tests.conventions.pages import at, errors, read, said, seen, send

pytestmark = pytest.mark.django_db


def part(row: Convention, kind: str, pk: int) -> str:
    return at(row, "edit-part", kind=kind, pk=pk)


def texts(row: Any, **changes: Any) -> dict[str, Any]:
    return {"version": row.version, **row.texts, **changes}


def test_a_lead_begins_one_and_is_told_once_of_the_one_that_is_there(client: Client, cast: Cast) -> None:
    page = "/fr/conventions/new/"
    response = send(client, cast.lead, page, commune="21001")
    first = Convention.objects.get()
    assert response.redirect_chain[-1][0] == at(first, "edit")
    response = send(client, cast.lead, page, commune="21001")
    assert first.reference in errors(response)["commune"][0]
    assert Convention.objects.count() == 1
    told = response.context["form"]["knowingly"].value()
    send(client, cast.lead, page, commune="21001", knowingly=told)
    assert Convention.objects.count() == 2
    assert list(errors(send(client, cast.lead, page, commune="99999"))) == ["commune"]
    read(client, cast.spoc, page, 403)


def test_who_writes_and_who_does_not(client: Client, cast: Cast) -> None:
    row = shared()
    article = row.articles.get(number=3)
    for address in (at(row, "edit"), part(row, "articles", article.pk), at(row, "edit-term")):
        for person in (cast.spoc, cast.lead):
            read(client, person, address)
        for person in (cast.echevine, cast.director):
            read(client, person, address, 403)
        read(client, cast.stranger, address, 404)
    assert at(row, "edit") in read(client, cast.spoc, at(row))
    assert at(row, "edit") not in read(client, cast.echevine, at(row))
    read(client, cast.lead, at(row, "edit-part", kind="nonsense", pk=1), 404)
    other = begun("21002").articles.get(number=1)
    read(client, cast.lead, part(row, "articles", other.pk), 404)


def test_both_texts_are_saved_and_what_was_agreed_is_void(client: Client, cast: Cast) -> None:
    row = shared()
    agree_both(row)
    article = row.articles.get(number=4)
    page = part(row, "articles", article.pk)
    html = read(client, cast.spoc, page)
    assert '<label for="id_title_fr">Titre</label>' in html
    assert '<label for="id_title_nl">Titel</label>' in html
    # A preview saves nothing.
    response = send(client, cast.spoc, page, **texts(article, body_fr="**Gras**", then="preview"))
    assert "<strong>Gras</strong>" in response.content.decode()
    article.refresh_from_db()
    assert article.version == 1
    following = send(
        client, cast.spoc, page, **texts(article, body_fr="Un.\n\nDeux.\n\nTrois.\n\nQuatre.", then="next")
    )
    assert following.redirect_chain[-1][0] == part(row, "articles", row.articles.get(number=5).pk)
    article.refresh_from_db()
    row.refresh_from_db()
    assert (article.version, article.body_fr, row.agreed("agency")) == (
        2,
        "Un.\n\nDeux.\n\nTrois.\n\nQuatre.",
        False,
    )
    # French has four paragraphs now: that is told where it can be mended.
    assert "article 4" in read(client, cast.spoc, page).lower()
    assert "notice--wait" in read(client, cast.spoc, page)


def test_the_second_of_two_sees_both_texts_and_loses_nothing(client: Client, cast: Cast) -> None:
    row = shared()
    article = row.articles.get(number=4)
    page, mine = part(row, "articles", article.pk), texts(article, body_fr="Ma phrase.")
    article.revise(by=cast.spoc, version=1, body_fr="Sa phrase.")
    response = send(client, cast.lead, page, **mine)
    html = response.content.decode()
    assert "Bilal Spoc" in html
    assert "<del>Sa phrase.</del>" in html
    assert "<ins>Ma phrase.</ins>" in html
    article.refresh_from_db()
    assert article.body_fr == "Sa phrase."
    merged = {
        **mine,
        "version": response.context["form"]["version"].value(),
        "body_fr": "Sa phrase. Ma phrase.",
    }
    send(client, cast.lead, page, **merged)
    article.refresh_from_db()
    assert (article.body_fr, article.version) == ("Sa phrase. Ma phrase.", 3)


def test_texts_that_are_refused_come_back_whole(client: Client, cast: Cast) -> None:
    row = begun()
    article = row.articles.get(number=4)
    response = send(
        client, cast.lead, part(row, "articles", article.pk), **texts(article, title_nl="x" * 20_000)
    )
    assert list(errors(response)) == ["title_nl"]
    assert "x" * 20_000 in response.content.decode()
    theme = row.themes.get()
    response = send(client, cast.lead, part(row, "themes", theme.pk), **texts(theme, modality_nl=""))
    assert list(errors(response)) == ["modality_nl"]
    theme.refresh_from_db()
    assert theme.modality_nl == "Eén diagnose."


def test_articles_are_added_moved_and_taken_out(client: Client, cast: Cast) -> None:
    row = shared()
    new = {"title_fr": "Neuf", "title_nl": "Nieuw", "body_fr": "Texte.", "body_nl": "Tekst."}
    for _click in range(2):
        send(client, cast.spoc, at(row, "edit-new", kind="articles"), **new)
    assert row.articles.count() == 19
    added = row.articles.get(number=19)
    send(client, cast.spoc, at(row, "article-move", pk=added.pk), to="2")
    added.refresh_from_db()
    assert added.number == 2
    send(client, cast.spoc, at(row, "article-move", pk=added.pk), to="x")
    Comment.objects.write(on=added, by=cast.echevine, text="Utile ?")
    page = at(row, "edit-remove", kind="articles", pk=added.pk)
    read(client, cast.spoc, page)
    # Somebody wrote in it meanwhile: it is not lost unread.
    added.revise(by=cast.lead, version=1, body_fr="Autre.")
    assert "notice--bad" in send(client, cast.spoc, page, version="1").content.decode()
    send(client, cast.spoc, page, version="2")
    # A second click, and words for an article that is gone.
    assert "notice--good" in send(client, cast.spoc, page, version="2").content.decode()
    response = send(client, cast.lead, part(row, "articles", added.pk), **texts(added, body_fr="Perdu ?"))
    assert (response.status_code, ">Perdu ?</textarea>" in response.content.decode()) == (409, True)
    assert [*row.articles.order_by("number").values_list("number", flat=True)] == list(range(1, 19))
    assert Comment.objects.get().article is None
    assert "Utile" in read(client, cast.echevine, at(row, "comments") + "?show=removed")


def test_the_term_three_ways_and_what_it_refuses(client: Client, cast: Cast) -> None:
    row = begun()
    page = at(row, "edit-term")
    start = date(2027, 1, 1)
    good = {"in_force_from": start, "notice_months": 6, "seen": seen(client, cast.lead, page)}
    send(client, cast.lead, page, **good, ends="legislature")
    good["seen"] = seen(client, cast.lead, page)
    row.refresh_from_db()
    assert row.in_force_until == legislature_of(start).ends_on
    refused = [
        ({"ends": "day", "in_force_until": date(2026, 12, 1)}, "in_force_until"),
        ({"ends": "day"}, "in_force_until"),
        ({"ends": "tacit", "renewal_months": 12}, "first_period_until"),
        ({"ends": "tacit", "renewal_months": 900, "first_period_until": date(2028, 1, 1)}, "renewal_months"),
        ({"ends": "legislature", "notice_months": 25}, "notice_months"),
        ({"ends": "legislature", "in_force_from": "31/02/2027"}, "in_force_from"),
        ({"ends": "nonsense"}, "ends"),
    ]
    for data, field in refused:
        assert list(errors(send(client, cast.lead, page, **{**good, **data}))) == [field], data
    send(
        client,
        cast.lead,
        page,
        **good,
        ends="tacit",
        renewal_months=12,
        first_period_until=date(2028, 12, 31),
    )
    row.refresh_from_db()
    assert (row.is_tacit, row.in_force_until) == (True, None)
    # Who opened the page before that reads at each field what is kept now, once.
    response = send(client, cast.lead, page, **good, ends="legislature")
    told = errors(response)
    assert "31.12.2028" in told["first_period_until"][0]
    assert "12" in told["renewal_months"][0]
    send(
        client,
        cast.lead,
        page,
        **{**good, "seen": response.context["form"]["seen"].value()},
        ends="legislature",
    )
    row.refresh_from_db()
    assert not row.is_tacit


def test_themes_are_opened_once_and_closed(client: Client, cast: Cast) -> None:
    row = begun()
    new = at(row, "edit-new", kind="themes")
    words = {"modality_fr": "Deux.", "modality_nl": "Twee."}
    taken, other = a_theme(), a_theme("works", "chantier")
    assert list(errors(send(client, cast.lead, new, theme=taken.pk, **words))) == ["theme"]
    send(client, cast.lead, new, theme=other.pk, **words)
    opened = ConventionTheme.objects.get(convention=row, theme=other)
    send(client, cast.lead, part(row, "themes", opened.pk), **texts(opened, modality_fr="Trois."))
    opened.refresh_from_db()
    assert opened.modality_fr == "Trois."
    send(client, cast.lead, at(row, "edit-remove", kind="themes", pk=opened.pk), version=opened.version)
    assert row.themes.get().theme == taken


def test_who_signs_holds_the_office_today_or_is_named(client: Client, cast: Cast) -> None:
    row = Convention.objects.begin(commune=begun("21002").commune, by=cast.lead)
    page = at(row, "signatory-new")
    a_bourgmestre("21002")
    ended = Mandate.objects.filter(user=cast.ended).get()
    assert list(errors(send(client, cast.lead, page, who=f"mandate-{ended.pk}"))) == ["who"]
    assert list(errors(send(client, cast.lead, page, who="secretary"))) == ["name"]
    assert list(errors(send(client, cast.lead, page, who="secretary", name="a@b.example"))) == ["name"]
    held = Mandate.objects.valid().get(commune="21002", office="bourgmestre")
    send(client, cast.lead, page, who=f"mandate-{held.pk}")
    send(client, cast.lead, page, who="secretary", name="Odette Secrétaire")
    # Twice the same is refused, and said.
    assert "form" in send(client, cast.lead, page, who="secretary", name="Odette Secrétaire").context
    assert Signatory.objects.filter(convention=row).count() == 2
    one = Signatory.objects.get(convention=row, office="secretary")
    send(client, cast.lead, at(row, "signatory-remove", pk=one.pk))
    assert not Signatory.objects.filter(pk=one.pk).exists()


def test_projects_are_annexed_with_their_document(client: Client, cast: Cast) -> None:
    row = begun()
    new = at(row, "edit-new", kind="projects")
    words = {"title_fr": "Halle", "title_nl": "Hal", "text_fr": "Texte.", "text_nl": "Tekst."}
    not_one = a_pdf(b"MZ nothing of the kind")
    response = send(client, cast.spoc, new, **words, upload=not_one)
    assert list(errors(response)) == ["upload"]
    late = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 2, 1)}
    response = send(client, cast.spoc, new, **words, **late, upload=a_pdf())
    # The file must be chosen again: that is said too.
    assert sorted(errors(response)) == ["ends_on", "upload"]
    assert not ProjectAgreement.objects.exists()
    for _click in range(2):
        send(client, cast.spoc, new, **words, upload=a_pdf())
    project = ProjectAgreement.objects.get()
    assert project.size
    send(client, cast.spoc, part(row, "projects", project.pk), **texts(project, text_fr="Autre."))
    project.refresh_from_db()
    assert project.text_fr == "Autre."


def test_what_is_frozen_is_not_written_any_more(client: Client, cast: Cast) -> None:
    row = frozen()
    article = row.articles.get(number=1)
    for address in (at(row, "edit"), part(row, "articles", article.pk), at(row, "edit-term")):
        client.force_login(cast.lead)
        response = client.get(address, follow=True)
        assert response.redirect_chain[-1][0] == at(row)
        assert said(response)
    response = send(client, cast.lead, part(row, "articles", article.pk), **texts(article, body_fr="Non."))
    article.refresh_from_db()
    assert article.version == 1
    # What was typed while it was frozen is there to be copied.
    assert response.status_code == 409
    assert ">Non.</textarea>" in response.content.decode()
    # The council's decision comes until the last signature.
    today = timezone.localdate()
    page = at(row, "edit-council")
    first = {"seen": seen(client, cast.lead, page)}
    late = send(client, cast.lead, page, council_decided_on=date(today.year + 1, 1, 1), **first)
    assert list(errors(late)) == ["council_decided_on"]
    send(client, cast.lead, page, council_decided_on=today, **first)
    row.refresh_from_db()
    assert row.council_decided_on == today
    # Who opened the page before that does not write over it unasked.
    response = send(client, cast.spoc, page, council_decided_on=today - timedelta(days=1), **first)
    assert short_date(today) in errors(response)["council_decided_on"][0]


def test_a_project_of_a_signed_convention_is_a_document_of_its_own(client: Client, cast: Cast) -> None:
    row = signed()
    words = {"title_fr": "Halle", "title_nl": "Hal", "text_fr": "Texte.", "text_nl": "Tekst."}
    send(client, cast.spoc, at(row, "edit-new", kind="projects"), **words)
    assert ProjectAgreement.objects.get().is_frozen is False


def test_the_overview_asks_the_same_for_3_and_18_articles(client: Client, cast: Cast) -> None:
    row = begun()
    counts = []
    for number in (18, 3):
        for article in row.articles.filter(number__gt=number).order_by("-number"):
            article.remove(by=cast.lead, version=article.version)
        client.force_login(cast.lead)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(at(row, "edit")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-01-01"])
def test_a_day_out_of_reach_is_refused_at_its_field(client: Client, cast: Cast, day: str) -> None:
    row = begun()
    page = at(row, "edit-term")
    for ends in ("legislature", "day"):
        data = {"in_force_from": day, "ends": ends, "in_force_until": "9999-12-31", "notice_months": 6}
        assert "in_force_from" in errors(send(client, cast.lead, page, **data))
    tacit = {"ends": "tacit", "first_period_until": "9999-12-31", "renewal_months": 12, "notice_months": 6}
    tacit["seen"] = seen(client, cast.lead, page)
    response = send(client, cast.lead, page, in_force_from="2027-01-01", **tacit)
    assert list(errors(response)) == ["first_period_until"]
    read(client, cast.lead, page)


def test_saving_what_stays_voids_nothing(client: Client, cast: Cast) -> None:
    row = shared()
    agree_both(row)
    client.force_login(cast.lead)
    form = client.get(at(row, "edit-term")).context["form"]
    kept = {field.name: field.value() for field in form if field.value() is not None}
    send(client, cast.lead, at(row, "edit-term"), **kept)
    row.refresh_from_db()
    assert row.agreed("commune")


def test_a_version_of_five_thousand_digits_is_an_old_one(client: Client, cast: Cast) -> None:
    row = begun()
    article = row.articles.get(number=3)
    send(client, cast.lead, at(row, "edit-remove", kind="articles", pk=article.pk), version="9" * 5000)
    assert row.articles.count() == 18
