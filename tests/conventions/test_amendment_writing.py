"""Writing an amendment on the portal: it replaces, adds and takes out articles of the text in force."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conventions.models import Amendment, Change, Comment, Convention, Signatory
from tests.cast import Cast
from tests.conventions.agreements import agree_both, an_amendment, begun, sign_amendment, signed
from tests.conventions.drafts import days, recorded
from tests.conventions.pages import at, errors, read, said, seen, send

pytestmark = pytest.mark.django_db
NEW = "/fr/conventions/{}/amendments/new/"
OBJECT = {"title_fr": "Marchés", "title_nl": "Markten"}
TEXTS = {**OBJECT, "body_fr": "Oui.", "body_nl": "Ja."}


def a_draft(cast: Cast, root: Convention | None = None) -> Amendment:
    root = root or signed(first_day=days(0))
    return Amendment.objects.begin(convention=root, by=cast.lead, **OBJECT)


def test_a_lead_begins_one_and_is_told_once_of_the_one_that_is_there(client: Client, cast: Cast) -> None:
    root = recorded()
    page = NEW.format(root.reference)
    assert page in read(client, cast.lead, at(root))
    for person, code in ((cast.spoc, 403), (cast.director, 403), (cast.echevine, 403), (cast.stranger, 404)):
        read(client, person, page, code)
    assert page not in read(client, cast.spoc, at(root))
    refused = send(client, cast.lead, page, title_fr="x" * 20_000, title_nl="")
    assert sorted(errors(refused)) == ["title_fr", "title_nl"]
    assert "x" * 20_000 in refused.content.decode()
    assert not Amendment.objects.exists()
    response = send(client, cast.lead, page, **OBJECT)
    first = Amendment.objects.get()
    assert response.redirect_chain[-1][0] == at(first, "edit")
    # A second click.
    response = send(client, cast.lead, page, **OBJECT)
    assert first.reference in errors(response)["__all__"][0]
    assert Amendment.objects.count() == 1
    told = response.context["form"]["knowingly"].value()
    send(client, cast.lead, page, **OBJECT, knowingly=told)
    assert Amendment.objects.count() == 2


def test_what_is_not_signed_or_is_over_is_not_amended(client: Client, cast: Cast) -> None:
    draft, over = begun("21002"), recorded(in_force_until=days(-1))
    client.force_login(cast.lead)
    response = client.get(NEW.format(draft.reference), follow=True)
    assert response.redirect_chain[-1][0] == at(draft)
    assert said(response)
    for root in (draft, over):
        assert NEW.format(root.reference) not in read(client, cast.lead, at(root))


def test_who_writes_in_it_and_who_does_not(client: Client, cast: Cast) -> None:
    row = an_amendment()
    article = row.articles.get()
    acts = [
        at(row, "edit"), at(row, "edit-facts"), at(row, "edit-council"), at(row, "signatory-new"),
        at(row, "edit-new", kind="articles"), at(row, "edit-part", kind="articles", pk=article.pk),
        at(row, "edit-remove", kind="articles", pk=article.pk),
        at(row, "replace", article=4), at(row, "take-out", article=4),
    ]  # fmt: skip
    for act in acts:
        for person in (cast.spoc, cast.lead):
            read(client, person, act)
        read(client, cast.director, act, 403)
        # A draft is the agency's; shared, its commune reads it and does not write.
        for person in (cast.echevine, cast.stranger):
            read(client, person, act, 404)
    row.share(by=cast.lead)
    for act in acts:
        read(client, cast.echevine, act, 403)
        read(client, cast.stranger, act, 404)
    assert at(row, "edit") in read(client, cast.spoc, at(row))
    assert at(row, "edit") not in read(client, cast.echevine, at(row))
    for kind in ("themes", "projects"):
        read(client, cast.lead, at(row, "edit-new", kind=kind), 404)
    read(client, cast.lead, at(row, "edit-part", kind="articles", pk=0), 404)
    for page in ("replace", "take-out"):
        read(client, cast.lead, at(row, page, article=99), 404)
    # Of another agreement: the convention's own articles are none of an amendment's.
    own = row.convention.articles.get(number=1)
    read(client, cast.lead, at(row, "edit-part", kind="articles", pk=own.pk), 404)


def test_its_facts_and_what_they_refuse(client: Client, cast: Cast) -> None:
    row = a_draft(cast)
    page = at(row, "edit-facts")
    html = read(client, cast.spoc, page)
    for language in ("fr", "nl"):
        assert f'lang="{language}"><label for="id_title_{language}">' in html
    client.force_login(cast.lead)
    seen = client.get(page).context["form"]["seen"].value()
    good = {**OBJECT, "in_force_from": days(5), "seen": seen}
    for data, field in (
        ({"new_last_day": days(4)}, "new_last_day"),
        ({"in_force_from": "31/02/2027"}, "in_force_from"),
        ({"title_nl": ""}, "title_nl"),
        ({"title_fr": "x" * 20_000}, "title_fr"),
    ):
        assert list(errors(send(client, cast.lead, page, **{**good, **data}))) == [field], data
    row.refresh_from_db()
    assert row.in_force_from is None
    send(client, cast.spoc, page, **good, new_last_day=days(40))
    # Who opened the page before that reads at each field what is kept, once.
    response = send(client, cast.lead, page, **{**good, "title_fr": "Foires"})
    assert sorted(errors(response)) == ["new_last_day", "title_fr"]
    assert "Marchés" in errors(response)["title_fr"][0]
    row.refresh_from_db()
    assert (row.title_fr, row.new_last_day) == ("Marchés", days(40))
    again = response.context["form"]["seen"].value()
    send(client, cast.lead, page, **{**good, "title_fr": "Foires", "seen": again})
    row.refresh_from_db()
    assert (row.title_fr, row.new_last_day) == ("Foires", None)


def test_an_article_is_replaced_from_the_text_in_force(client: Client, cast: Cast) -> None:
    row = a_draft(cast)
    page = at(row, "replace", article=4)
    client.force_login(cast.spoc)
    form = client.get(page).context["form"]
    article = row.convention.articles.get(number=4)
    assert form.typed == article.texts
    mine: dict[str, Any] = {**article.texts, "version": form["version"].value()}
    preview = send(client, cast.spoc, page, **{**mine, "body_fr": "**Gras**"}, then="preview")
    html = preview.content.decode()
    assert "<strong>Gras</strong>" in html
    # What differs from the text in force is shown beside it, French only here.
    assert "<ins>**Gras**</ins>" in html
    assert html.count("<ins>") == 1
    assert list(errors(send(client, cast.spoc, page, **{**mine, "title_fr": "x" * 20_000}))) == ["title_fr"]
    assert not row.articles.exists()
    send(client, cast.spoc, page, **{**mine, "body_fr": "Sa phrase."})
    change = row.articles.get()
    assert (change.change, change.number, change.body_fr) == ("replace", 4, "Sa phrase.")
    assert row.convention.articles.get(number=4).body_fr == article.body_fr
    # Whoever opened the same page before sees both texts, and takes over what should stay.
    response = send(client, cast.lead, page, **{**mine, "body_fr": "Ma phrase."})
    html = response.content.decode()
    assert cast.spoc.full_name in html
    assert "<del>Sa phrase.</del>" in html
    assert "<ins>Ma phrase.</ins>" in html
    version = response.context["form"]["version"].value()
    send(client, cast.lead, page, **{**mine, "body_fr": "Sa phrase. Ma phrase.", "version": version})
    change.refresh_from_db()
    assert (change.body_fr, change.version) == ("Sa phrase. Ma phrase.", 2)
    # A second click changes nothing.
    send(client, cast.lead, page, **{**mine, "body_fr": "Sa phrase. Ma phrase.", "version": version})
    assert row.articles.get().version == 2


def test_articles_are_added_taken_out_and_changes_taken_back(client: Client, cast: Cast) -> None:
    row = a_draft(cast)
    send(client, cast.spoc, at(row, "edit-new", kind="articles"), **TEXTS)
    added = row.articles.get()
    assert (added.change, added.number) == ("add", 19)
    page = at(row, "take-out", article=12)
    assert row.convention.articles.get(number=12).title_fr.split()[0] in read(client, cast.spoc, page)
    for _click in range(2):
        send(client, cast.spoc, page)
    removed = row.articles.get(number=12)
    assert (removed.change, row.articles.count()) == ("remove", 2)
    # It has no text to write in, and is not replaced as well; what was typed comes back.
    edit = at(row, "edit-part", kind="articles", pk=removed.pk)
    remove = at(row, "edit-remove", kind="articles", pk=removed.pk)
    client.force_login(cast.spoc)
    assert client.get(edit, follow=True).redirect_chain[-1][0] == remove
    response = send(client, cast.spoc, at(row, "replace", article=12), **TEXTS, version="0")
    assert errors(response)["__all__"]
    assert "Markten" in response.content.decode()
    response = send(client, cast.spoc, at(row, "take-out", article=19))
    assert "notice--bad" in response.content.decode()
    Comment.objects.write(on=added, by=cast.lead, text="Utile ?")
    for change in (added, removed):
        send(client, cast.spoc, at(row, "edit-remove", kind="articles", pk=change.pk), version=change.version)
    assert not row.articles.exists()
    assert Comment.objects.get().amendment_article is None
    assert row.revisions.filter(kind="removed").count() == 2


def test_what_another_amendment_took_out_meanwhile_is_not_replaced(client: Client, cast: Cast) -> None:
    root = signed(first_day=days(0))
    row, other = a_draft(cast, root), an_amendment(root)
    other.change_article(by=cast.lead, change=Change.REMOVE, number=4)
    sign_amendment(other)
    response = send(client, cast.lead, at(row, "replace", article=4), **TEXTS, version="0")
    assert errors(response)["__all__"]
    assert "Markten" in response.content.decode()
    assert not row.articles.exists()
    # What that one replaced is the text to begin with.
    client.force_login(cast.lead)
    form = client.get(at(row, "replace", article=5)).context["form"]
    assert form.typed["body_nl"] == "Nieuw."


def test_who_signs_it_and_the_council(client: Client, cast: Cast) -> None:
    row = a_draft(cast)
    new = at(row, "signatory-new")
    assert list(errors(send(client, cast.spoc, new, who="secretary", name="a@b.example"))) == ["name"]
    send(client, cast.spoc, new, who="secretary", name="Odette Secrétaire")
    one = Signatory.objects.get(amendment=row)
    read(client, cast.spoc, at(row, "edit"))
    assert client.post(at(row.convention, "signatory-remove", pk=one.pk)).status_code == 404
    send(client, cast.spoc, at(row, "signatory-remove", pk=one.pk))
    assert not Signatory.objects.filter(pk=one.pk).exists()
    send(
        client,
        cast.spoc,
        at(row, "edit-council"),
        council_decided_on=days(0),
        seen=seen(client, cast.spoc, at(row, "edit-council")),
    )
    row.refresh_from_db()
    assert row.council_decided_on == days(0)


def test_what_is_frozen_is_not_written_any_more(client: Client, cast: Cast) -> None:
    row = an_amendment(signed(first_day=days(0)))
    article = row.articles.get()
    row.share(by=cast.lead)
    agree_both(row)
    row.freeze(by=cast.lead)
    part = at(row, "edit-part", kind="articles", pk=article.pk)
    acts = (at(row, "edit-facts"), part, at(row, "replace", article=4), at(row, "take-out", article=4))
    answers = [send(client, cast.lead, act, **TEXTS, version="1") for act in acts]
    for response in answers:
        # What was typed is there to be copied.
        assert response.status_code == 409
        assert TEXTS["body_fr"] in response.content.decode()
    response = client.get(at(row, "edit"), follow=True)
    assert response.redirect_chain[-1][0] == at(row)
    assert said(response)
    assert row.articles.get().version == 1
    # The council's decision comes until the last signature, and is reached from the page.
    council = at(row, "edit-council")
    assert council in read(client, cast.spoc, at(row))
    mark = seen(client, cast.spoc, council)
    response = send(client, cast.spoc, council, council_decided_on=days(0), seen=mark)
    assert response.redirect_chain[-1][0] == at(row)


def test_the_overview_asks_the_same_for_1_and_9_changes(client: Client, cast: Cast) -> None:
    row = an_amendment()
    counts = []
    for numbers in ((), range(6, 14)):
        for number in numbers:
            row.change_article(by=cast.lead, change=Change.REPLACE, number=number, **TEXTS)
        client.force_login(cast.lead)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(at(row, "edit")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
