"""The page of an agreement in each state, as each kind of reader sees it: next step first, then the text."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conventions import reading
from conventions.models import Agreement, Comment, Convention, ProjectAgreement
from hubportal.accounts.models import User
from tests.cast import Cast
from tests.conventions.agreements import agree_both, begun, frozen, shared, sign_all, sign_one, signed
from tests.conventions.drafts import a_bourgmestre, a_draft, a_lead, days, recorded, unlocked
from tests.conventions.pages import at, next_of, read, step

pytestmark = pytest.mark.django_db
OUTSIDE = ("stranger", "cabinet", "taskforce")


def first_words(client: Client, cast: Cast, agreement: Agreement, **said: str) -> dict[str, str]:
    """Check what each person reads first, in English; return the pages."""
    pages = {}
    for person, words in said.items():
        html = read(client, getattr(cast, person), at(agreement).replace("/fr/", "/en/"))
        assert next_of(html) == words, person
        pages[person] = html
    return pages


def hidden_from(client: Client, cast: Cast, agreement: Agreement, *people: str) -> None:
    for person in people:
        read(client, getattr(cast, person), at(agreement), 404)


def test_a_draft_is_the_agencys(client: Client, cast: Cast) -> None:
    draft = begun()
    pages = first_words(
        client, cast, draft,
        lead="Next step: share the text with the commune.",
        spoc="Your step: write both texts; then a lead shares them with the commune.",
        editor="Nothing to do: the agency is still writing it.",
    )  # fmt: skip
    assert step(draft, "share").replace("/fr/", "/en/") in pages["lead"]
    assert "/step/" not in pages["spoc"]
    # Both languages of each article, a contents list, who will sign, and that one signs elsewhere.
    assert pages["editor"].count('<article lang="fr" id="article-') == 18
    assert 'href="#article-18"' in pages["editor"]
    assert "Artikel 18. " in pages["editor"]
    assert "Odette Secrétaire" in pages["editor"]
    assert "Signatures are made outside the portal" in pages["editor"]
    assert "Not signed yet" not in pages["editor"]
    hidden_from(client, cast, draft, "echevine", "delegate", *OUTSIDE)
    draft.articles.filter(number=3).update(body_nl="", title_nl="")
    html = first_words(
        client, cast, draft,
        lead="Next step: mend 2 gaps between French and Dutch, then share the text with the commune.",
    )["lead"]  # fmt: skip
    assert "Article 3: the text is missing in Dutch." in html
    assert "not written yet" in html


def test_a_draft_of_paper_is_recorded_at_the_desk(client: Client, cast: Cast) -> None:
    draft = a_draft()
    words = "Next step: complete it at the desk, then record it there as signed."
    html = first_words(client, cast, draft, lead=words)["lead"]
    assert f"/admin/conventions/convention/{draft.pk}/change/" in html
    assert "/step/record/" not in html
    read(client, cast.lead, step(draft, "record"), 404)


def test_in_negotiation_each_party_is_told_what_it_does(client: Client, cast: Cast) -> None:
    row = shared()
    Comment.objects.write(on=row.articles.get(number=4), by=cast.echevine, text="Trop vague.")
    pages = first_words(
        client, cast, row,
        echevine="Your step: read the text, then comment on it or agree to it.",
        lead="Next step: answer the comments, then agree to the text.",
        spoc="Your step: answer 1 open comment.",
        editor="Nothing to do: both parties are to agree to the text.",
    )  # fmt: skip
    for html in pages.values():
        assert "Article 4: 1 open comment" in html
        assert "Comment on article 5" in html
    assert f"{step(row, 'agree')}?text={row.mark}".replace("/fr/", "/en/") in pages["echevine"]
    assert "/step/freeze/" not in pages["lead"]
    assert "/step/agree/" not in pages["spoc"]
    hidden_from(client, cast, row, *OUTSIDE)
    row.agree(by=cast.echevine)
    pages = first_words(
        client, cast, row,
        echevine="Nothing to do: the agency is to agree to the text.",
        lead="Next step: agree to the text; the commune has done so.",
        editor="Nothing to do: the agency is to agree to the text.",
    )  # fmt: skip
    assert "/step/agree/" not in pages["echevine"]
    assert "recorded by Nadia Échevine" in pages["editor"]
    row.agree(by=cast.lead)
    pages = first_words(
        client, cast, row,
        echevine="Nothing to do: a lead of the agency freezes the text for signing.",
        lead="Next step: freeze the text for signing.",
    )  # fmt: skip
    assert "/step/freeze/" in pages["lead"]
    assert "/step/agree/" not in pages["lead"]


def test_a_text_that_changes_while_it_is_drawn_is_not_the_one_agreed_to(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = shared()
    drawn = reading.articles

    def changed(agreement: Agreement, user: User) -> list[reading.Shown]:
        found = drawn(agreement, user)
        row.articles.get(number=1).revise(by=cast.lead, version=1, body_fr="Après la lecture.")
        return found

    monkeypatch.setattr(reading, "articles", changed)
    html = read(client, cast.echevine, at(row))
    assert "Après la lecture." not in html
    assert row.mark not in html


def test_what_was_sent_back_says_why(client: Client, cast: Cast) -> None:
    row = frozen()
    row.send_back(by=cast.echevine, comment="L’article 5 <b>manque</b>")
    html = first_words(
        client, cast, row, lead="Next step: agree to the text, or wait for the comments of the commune."
    )["lead"]
    assert "Nadia Échevine sent it back on" in html
    assert "L’article 5 &lt;b&gt;manque&lt;/b&gt;" in html
    row.agree(by=cast.lead)
    assert "sent it back on" not in read(client, cast.lead, at(row))


def test_to_sign_it_is_said_who_has_not(client: Client, cast: Cast) -> None:
    row = frozen()
    mayor = a_bourgmestre().full_name
    pages = first_words(
        client, cast, row,
        echevine=(
            f"Your step: have it signed outside the portal by {mayor}, Odette Secrétaire; the agency records it here."
        ),
        lead=(
            f"Next step: record the signatures that are missing: {mayor}, Odette Secrétaire, Hélène Directrice, "
            "Paul Agence."
        ),
    )  # fmt: skip
    assert row.content_hash in pages["echevine"]
    assert pages["echevine"].count("Not signed yet") == 4
    # The text is closed; the council's decision is no part of it.
    assert re.findall(r"/edit/(\w*)", pages["lead"]) == ["council"]
    for office in ("bourgmestre", "secretary"):
        sign_one(row, office)
    pages = first_words(
        client, cast, row, echevine="Nothing to do: the commune has signed, the agency is to sign.",
        editor="Nothing to do: leads record the signatures; missing are Hélène Directrice, Paul Agence.",
    )  # fmt: skip
    assert pages["echevine"].count("Not signed yet") == 2
    assert pages["echevine"].count(", handwritten.") == 2
    assert "/evidence/" in pages["echevine"]
    hidden_from(client, cast, row, *OUTSIDE)


def test_a_signed_one_shows_its_articles_to_its_own_and_the_state_to_others(
    client: Client, cast: Cast
) -> None:
    row = signed(first_day=days(0))
    nothing = f"Nothing to do: it is in force until {row.in_force_until:%d.%m.%Y}."
    pages = first_words(
        client, cast, row, echevine=nothing, lead=nothing, stranger="Nothing to do.", cabinet="Nothing to do."
    )  # fmt: skip
    assert pages["echevine"].count('<article lang="nl"') == 19
    assert row.content_hash in pages["echevine"]
    assert "/step/renew/" in pages["lead"]
    assert "/step/terminate/" in pages["lead"]
    assert "/step/" not in pages["echevine"]
    assert f"{row.in_force_until:%d.%m.%Y}" in pages["stranger"]
    assert f"{row.in_force_until:%d.%m.%Y}" not in pages["cabinet"]
    for person in ("stranger", "cabinet"):
        for word in ("Artikel", row.content_hash, "Odette", "/history/", row.reference + ","):
            assert word not in pages[person]


def test_the_end_of_one_is_said_to_each(client: Client, cast: Cast) -> None:
    ends = days(60)
    row = recorded(in_force_until=ends)
    first_words(
        client, cast, row,
        lead=f"Next step: renew it, or let it end on {ends:%d.%m.%Y}.",
        echevine=f"Nothing to do: it ends on {ends:%d.%m.%Y}.",
    )  # fmt: skip
    draft = row.renew(by=cast.lead)
    page = first_words(
        client, cast, row,
        lead=f"Nothing to do: it ends on {ends:%d.%m.%Y}; {draft.reference} is to follow.",
        echevine=f"Nothing to do: it ends on {ends:%d.%m.%Y}.",
    )["echevine"]  # fmt: skip
    assert draft.reference not in page
    draft.abandon(by=cast.lead, reason="Fusion de communes")
    words = "Nothing to do: it was abandoned."
    assert "Fusion de communes" in first_words(client, cast, draft, lead=words)["lead"]
    hidden_from(client, cast, draft, "echevine", *OUTSIDE)


def test_one_that_was_abandoned_after_it_was_shared_stays_with_its_commune(
    client: Client, cast: Cast
) -> None:
    row = shared()
    row.abandon(by=cast.lead, reason="Fusion de communes")
    words = "Nothing to do: it was abandoned."
    assert "Fusion de communes" in first_words(client, cast, row, echevine=words)["echevine"]
    hidden_from(client, cast, row, *OUTSIDE)


def test_queries_do_not_grow_with_articles_comments_themes_and_projects(client: Client, cast: Cast) -> None:
    row = shared()
    lead = a_lead()

    def count(agreement: Convention) -> dict[str, int]:
        found = {}
        article = agreement.articles.get(number=1)
        for person in (cast.echevine, cast.lead, cast.spoc):
            for address in (
                at(agreement), at(agreement, "comments"), at(agreement, "history"),
                at(agreement, "article", pk=article.pk), f"{step(agreement, 'agree')}",
            ):  # fmt: skip
                if person == cast.spoc and "/step/" in address:
                    continue
                read(client, person, address)
                with CaptureQueriesContext(connection) as queries:
                    client.get(address)
                found[f"{person} {address}"] = len(queries)
        return found

    def say(text: str) -> None:
        for number in (1, 2, 3):
            Comment.objects.write(on=row.articles.get(number=number), by=cast.echevine, text=text)

    say("Un")
    ProjectAgreement.objects.annex(
        convention=row, by=lead, title_fr="Un", title_nl="Een", text_fr="Un", text_nl="Een"
    )
    few = count(row)
    for number in range(6):
        say(f"Encore {number}")
        row.add_article(by=lead, title_fr=f"N {number}", title_nl=f"N {number}", body_fr="a", body_nl="b")
        row.articles.get(number=1).revise(by=lead, version=number + 1, body_fr=f"Texte {number}")
        ProjectAgreement.objects.annex(
            convention=row, by=lead, title_fr=f"{number}", title_nl="n", text_fr="Un", text_nl="Een"
        )
    assert {key: (few[key], many) for key, many in count(row).items() if many > few[key]} == {}
    agree_both(row)
    row.freeze(by=lead)
    before = count_of(client, cast, row)
    sign_all(row)
    with unlocked():
        row.evidence.update(recorded_by=cast.editor)
    assert count_of(client, cast, row) <= before + 1


def count_of(client: Client, cast: Cast, row: Convention) -> int:
    """Return the queries of the history."""
    read(client, cast.echevine, at(row, "history"))
    with CaptureQueriesContext(connection) as queries:
        client.get(at(row, "history"))
    return len(queries)
