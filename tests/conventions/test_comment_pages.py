"""The page of an article: both texts, what was said, former texts; and the list of all comments."""

import re

import pytest
from django.test import Client

from conventions import comment_views
from conventions.models import Comment, Convention
from hubportal.accounts.models import User
from tests.cast import Cast
from tests.conventions.agreements import agree_both, begun, frozen, shared
from tests.conventions.drafts import days
from tests.conventions.pages import at, errors, read, said, send

pytestmark = pytest.mark.django_db


def article_of(row: Convention, number: int = 4) -> str:
    return at(row, "article", pk=row.articles.get(number=number).pk)


def say(row: Convention, by: User, text: str, number: int = 4) -> Comment:
    return Comment.objects.write(on=row.articles.get(number=number), by=by, text=text)


def test_both_parties_comment_answer_and_resolve(client: Client, cast: Cast) -> None:
    row = shared()
    page = article_of(row)
    response = send(client, cast.echevine, page, text="Trop <b>vague</b>.\nÀ préciser.")
    assert response.redirect_chain[-1][0] == f"{page}#h-comments"
    send(client, cast.spoc, page, text="Nous précisons.")
    html = read(client, cast.delegate, page.replace("/fr/", "/en/"))
    assert "Trop &lt;b&gt;vague&lt;/b&gt;.<br>À préciser." in html
    assert html.index("Trop") < html.index("Nous précisons")
    first, second = Comment.objects.order_by("pk")
    assert (first.party, second.party, first.number) == ("commune", "agency", 4)
    # A colleague of the commune resolves neither; the SPOC both, and it is said by whom.
    assert "Mark as resolved" not in html
    address = at(row, "comment-resolve", pk=first.pk)
    client.force_login(cast.delegate)
    assert client.post(address).status_code == 403
    response = send(client, cast.spoc, address, next=page)
    assert response.redirect_chain[-1][0] == page
    response = send(client, cast.lead, address, next="https://evil.example/")
    assert "Bilal Spoc" in said(response)
    assert response.redirect_chain[-1][0] == at(row, "comments")
    first.refresh_from_db()
    assert first.resolved_by == cast.spoc
    # Its author opens it again.
    send(client, cast.echevine, at(row, "comment-reopen", pk=first.pk))
    first.refresh_from_db()
    assert first.resolved_at is None
    client.force_login(cast.echevine)
    assert client.get(address).status_code == 405


def test_what_was_written_about_a_text_that_was_taken_back_meanwhile_can_be_copied(
    client: Client, cast: Cast
) -> None:
    row = shared()
    page = article_of(row)
    row.send_back(by=cast.lead, comment="À revoir")
    client.force_login(cast.echevine)
    response = client.post(page, {"text": "Trop <b>vague</b>."}, HTTP_ORIGIN="http://testserver")
    assert response.status_code == 404
    html = response.content.decode()
    assert "Trop &lt;b&gt;vague&lt;/b&gt;.</textarea>" in html
    assert not Comment.objects.exists()


def test_a_comment_that_is_refused_comes_back_with_its_words(client: Client, cast: Cast) -> None:
    row = shared()
    page = article_of(row)
    assert list(errors(send(client, cast.echevine, page, text=" "))) == ["text"]
    response = send(client, cast.echevine, page, text="x" * 4001)
    assert list(errors(response)) == ["text"]
    assert "x" * 4001 in response.content.decode()
    send(client, cast.echevine, page, text="Une fois")
    send(client, cast.echevine, page, text="Une fois")
    assert Comment.objects.count() == 1
    # While it was typed, the text was frozen.
    agree_both(row)
    row.freeze(by=cast.lead)
    response = send(client, cast.echevine, page, text="Trop tard ?")
    assert errors(response)["__all__"]
    assert "Trop tard ?" in response.content.decode()
    assert Comment.objects.count() == 1


def test_a_frozen_text_is_read_and_not_discussed(client: Client, cast: Cast) -> None:
    row = frozen()
    html = read(client, cast.echevine, article_of(row))
    assert "<textarea" not in html
    assert "</form>" in html  # of the frame


def test_former_texts_say_who_changed_what_when(client: Client, cast: Cast) -> None:
    row = shared()
    article = row.articles.get(number=4)
    article.revise(by=cast.spoc, version=1, body_fr="Deux mots <i>neufs</i>.", title_nl="Nieuw")
    article.move(by=cast.lead, to=6)
    html = read(client, cast.echevine, at(row, "article", pk=article.pk).replace("/fr/", "/en/"))
    assert "<ins>Deux mots &lt;i&gt;neufs&lt;/i&gt;.</ins>" in html
    assert "<ins>Nieuw</ins>" in html
    assert "article 4 became 6" in html
    assert "Bilal Spoc, version 2" in html
    assert html.index("Moved") < html.index("Edited") < html.index("Added")
    assert re.findall(r"(Before|After): article (\d+)", html) == [("Before", "5"), ("After", "7")]


def test_comments_on_an_article_that_was_taken_out_stay_in_the_list(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = shared()
    for text in ("Un", "Deux", "Trois"):
        say(row, cast.echevine, text)
    lost = say(row, cast.echevine, "À retirer", number=7)
    article = row.articles.get(number=7)
    page = at(row, "article", pk=article.pk)
    article.remove(by=cast.lead, version=1)
    read(client, cast.echevine, page, 404)
    comments = at(row, "comments").replace("/fr/", "/en/")
    html = read(client, cast.echevine, f"{comments}?show=removed")
    assert "On the former article 7, which was taken out" in html
    assert "Trois" not in html
    # It is resolved all the same.
    send(client, cast.echevine, at(row, "comment-resolve", pk=lost.pk))
    assert "À retirer" not in read(client, cast.echevine, comments)
    assert "À retirer" in read(client, cast.echevine, f"{comments}?show=all")
    # Page by page, newest first.
    monkeypatch.setattr(comment_views, "PAGE", 2)
    html = read(client, cast.echevine, comments)
    assert [f"<p>{word}</p>" in html for word in ("Un", "Deux", "Trois")] == [False, True, True]
    following = re.search(r'href="(\?show=open&amp;before=\d+)"', html)
    assert following
    html = read(client, cast.echevine, comments + following[1].replace("&amp;", "&"))
    assert ["<p>Un</p>" in html, "Trois" in html] == [True, False]
    for wrong in ("?show=x", "?before=x", "?before=-1", "?before=" + "9" * 30):
        read(client, cast.echevine, comments + wrong, 404)


def test_nobody_else_reads_or_writes(client: Client, cast: Cast) -> None:
    row, other = shared(), shared(commune="21003")
    comment = say(row, cast.echevine, "Secret")
    pages = [article_of(row), at(row, "comments"), at(row, "history")]
    acts = [at(row, "comment-resolve", pk=comment.pk), at(row, "comment-reopen", pk=comment.pk), pages[0]]
    for person in (cast.stranger, cast.cabinet, cast.taskforce):
        client.force_login(person)
        assert {client.get(page).status_code for page in pages} == {404}
        assert {client.post(act, {"text": "x"}).status_code for act in acts} == {404}
    # Nor through the address of one's own.
    client.force_login(cast.lead)
    assert client.post(at(other, "comment-resolve", pk=comment.pk)).status_code == 404
    article = row.articles.get(number=1)
    assert client.get(at(other, "article", pk=article.pk)).status_code == 404
    assert Comment.objects.open().count() == 1


def test_a_commune_reads_the_texts_that_it_could_read_then(client: Client, cast: Cast) -> None:
    row = begun()
    article = row.articles.get(number=3)
    texts = iter(range(1, 100))

    def write(words: str) -> None:
        article.refresh_from_db()
        article.revise(by=cast.lead, version=article.version, body_fr=words, body_nl=f"nl {next(texts)}")

    write("Avant le partage")
    write("Au partage")
    row.share(by=cast.lead)
    write("Pendant la lecture")
    row.send_back(by=cast.lead, comment="À revoir")
    write("Pendant le retrait")
    write("Au second partage")
    row.share(by=cast.lead)
    own, agency = (read(client, user, article_of(row, 3)) for user in (cast.echevine, cast.spoc))
    for words in ("Au partage", "Pendant la lecture", "Au second partage"):
        assert words in own
    for words in ("Avant le partage", "Pendant le retrait"):
        assert words not in own
        assert words in agency


def test_a_recorded_convention_was_before_its_commune_from_then_on(client: Client, cast: Cast) -> None:
    draft = begun()
    draft.signatories.update(signed_on=days(-3))
    draft.record(by=cast.lead)
    html = read(client, cast.echevine, article_of(draft, 3))
    assert 'id="h-former"' in html


def test_an_article_without_a_text_that_was_kept_has_a_page(client: Client, cast: Cast) -> None:
    row = shared()
    article = row.articles.create(number=19, title_fr="Sans", title_nl="Zonder", body_fr="a", body_nl="b")
    for person in (cast.echevine, cast.spoc):
        assert 'id="h-former"' not in read(client, person, at(row, "article", pk=article.pk))


def test_a_comment_on_an_article_that_was_taken_out_meanwhile_is_not_lost(client: Client, cast: Cast) -> None:
    row, other = shared(), shared(commune="21003")
    page, article = article_of(row, 7), row.articles.get(number=7)
    article.remove(by=cast.lead, version=article.version)
    client.force_login(cast.echevine)
    response = client.post(page.replace("/fr/", "/en/"), {"text": "Gardons <b>cet</b> article"})
    assert response.status_code == 409
    html = response.content.decode()
    assert "Somebody took this out of the text in the meantime." in html
    assert "Gardons &lt;b&gt;cet&lt;/b&gt; article" in html
    assert client.get(page).status_code == 404
    # Of another commune's articles one learns nothing.
    elsewhere = at(row, "article", pk=other.articles.get(number=7).pk)
    assert client.post(elsewhere, {"text": "x"}).status_code == 404
    assert not Comment.objects.exists()
