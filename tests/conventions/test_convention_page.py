"""One convention: its own commune and the agency read the text, others the state and the dates, or the state."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from conventions.models import Convention, ConventionTheme
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from tests.conventions.agreements import agree_both, shared, sign_all
from tests.conventions.drafts import (
    CANARY,
    a_draft,
    a_lead,
    a_theme,
    days,
    open_theme,
    recorded,
    sign,
    unlocked,
)

pytestmark = pytest.mark.django_db


def page(client: Client, user: User, language: str = "fr", reference: str = "CC-2025-01") -> str:
    """Return the page of a convention as a person reads it in a language."""
    client.force_login(user)
    with translation.override(language):
        response = client.get(reverse("conventions:detail", args=[reference]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_its_own_commune_reads_both_texts_in_any_language(
    language: str, client: Client, echevine: User
) -> None:
    recorded()
    html = page(client, echevine, language)
    assert "<strong>canari-tilleul</strong>" in html
    html = " ".join(html.split())
    assert '<article lang="fr"><h3>Thème data</h3> <div class="flow-tight"><p>Un diagnostic par an' in html
    assert '<article lang="nl"><h3>Thema data</h3> <div class="flow-tight"><p>Eén diagnose per jaar' in html
    assert "Hélène Directrice" in html


@pytest.mark.parametrize("person", ["delegate", "spoc", "editor", "lead", "director", "admin"])
def test_these_read_the_text_too(person: str, client: Client, request: pytest.FixtureRequest) -> None:
    recorded()
    assert CANARY in page(client, request.getfixturevalue(person))


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_another_commune_reads_state_and_dates_only(language: str, client: Client, stranger: User) -> None:
    convention = recorded(in_force_until=days(900))
    convention.terminate(by=a_lead(), notice_given_on=days(-20), ends_on=days(200), reason=f"Fusion {CANARY}")
    html = page(client, stranger, language)
    assert CANARY not in html
    assert "Hélène Directrice" not in html
    assert short_date(days(200)) in html
    assert "tag--bad" in html


@pytest.mark.parametrize("person", ["cabinet", "taskforce"])
def test_cabinet_and_task_force_read_the_state_only(
    person: str, client: Client, request: pytest.FixtureRequest
) -> None:
    convention = recorded(in_force_until=days(900))
    html = page(client, request.getfixturevalue(person))
    assert "tag--good" in html
    assert CANARY not in html
    assert convention.in_force_from is not None
    for day in (convention.in_force_from, days(900), convention.signed_on):
        assert short_date(day) not in html


def test_a_draft_has_a_page_for_the_agency_only(client: Client, echevine: User, lead: User) -> None:
    a_draft()
    for person, code in ((echevine, 404), (lead, 200)):
        client.force_login(person)
        assert client.get("/fr/conventions/CC-2025-01/").status_code == code


def test_an_unknown_reference_is_404(client: Client, lead: User) -> None:
    client.force_login(lead)
    assert client.get("/fr/conventions/CC-1999-99/").status_code == 404


def test_a_script_is_shown_and_not_run(client: Client, echevine: User) -> None:
    draft = a_draft()
    ConventionTheme.objects.update(modality_fr="<script>alert(1)</script> {{ user.password }} {% now %}")
    draft.record(by=a_lead())
    html = page(client, echevine)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "{{ user.password }} {% now %}" in html


def test_a_terminated_one_says_until_when_it_binds_and_why(client: Client, echevine: User) -> None:
    recorded().terminate(
        by=a_lead(), notice_given_on=days(-20), ends_on=days(200), reason="Fusion & <b>cie</b>"
    )
    html = page(client, echevine)
    assert "Fusion &amp; &lt;b&gt;cie&lt;/b&gt;" in html
    assert html.count(short_date(days(200))) >= 2


def test_the_commune_s_other_conventions_are_listed(client: Client, echevine: User) -> None:
    recorded(reference="CC-2019-01", in_force_from=days(-900))
    recorded()
    a_draft(reference="CC-2031-01", in_force_from=days(1500))
    html = page(client, echevine)
    assert reverse("conventions:detail", args=["CC-2019-01"]).removeprefix("/en") in html
    assert "CC-2031-01" not in html


def test_a_tacit_one_has_no_bar(client: Client, echevine: User) -> None:
    recorded()
    assert 'class="svg life"' not in page(client, echevine)


def test_the_same_number_of_queries_for_1_and_20_rows(client: Client, echevine: User) -> None:
    draft = a_draft()
    one = Convention.objects.get(pk=draft.pk)
    one.record(by=a_lead())

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client, echevine)
        return len(queries)

    count()
    before = count()
    for number in range(20):
        with unlocked():
            open_theme(one, a_theme(f"theme_{'abcdefghijklmnopqrstuvwxyz'[number]}").code)
            sign(one, "secretary", f"Secrétaire {number}", days(-120))
        recorded(
            reference=f"CC-2001-{number:02d}",
            in_force_from=days(-500 - number * 10),
            in_force_until=days(-495 - number * 10),
        )
    assert count() == before


def test_a_signed_text_is_folded_and_one_in_negotiation_is_not(client: Client, echevine: User) -> None:
    convention = shared()
    assert '<details class="fold' not in page(client, echevine, reference=convention.reference)
    agree_both(convention)
    convention.freeze(by=a_lead())
    sign_all(convention)
    html = page(client, echevine, reference=convention.reference)
    assert html.index('<details class="fold') < html.index('id="article-1"') < html.index('id="h-themes"')


def test_the_document_and_the_meetings_are_a_click_away(client: Client, echevine: User) -> None:
    recorded()
    html = page(client, echevine)
    head = html[html.index("page-head") : html.index("h-next")]
    assert f'href="{reverse("conventions:document", args=["CC-2025-01"])}"' in head
    assert f'href="{reverse("conventions:meetings", args=["CC-2025-01"])}"' in head
