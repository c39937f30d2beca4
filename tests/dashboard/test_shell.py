"""The frame of each page, the pages open to everybody, and what a person reads when something fails."""

import re
from typing import ClassVar

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from hubportal.accounts.models import User
from hubportal.dashboard import errors
from hubportal.dashboard.context import Shell

OPEN_PAGES = ("help", "accessibility", "privacy", "legal", "account_login")

pytestmark = pytest.mark.django_db


def text(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
@pytest.mark.parametrize("name", OPEN_PAGES)
def test_anybody_may_read_it_in_each_language(client: Client, name: str, language: str) -> None:
    with override(language):
        response = client.get(reverse(name))
    assert response.status_code == 200
    assert f'<html lang="{language}">' in text(response)
    assert text(response).count("<h1") == 1


def test_the_language_links_lead_to_the_same_page_and_keep_the_query(client: Client) -> None:
    html = text(client.get("/fr/help/?a=1&b=x%20y"))
    assert 'href="/nl/help/?a=1&amp;b=x+y" lang="nl"' in html
    assert 'lang="fr" hreflang="fr" aria-current="true"' in html


def test_the_address_to_come_back_to_changes_its_language_too(rf: RequestFactory) -> None:
    with override("fr"):
        urls = {link.code: link.url for link in Shell(rf.get("/fr/sign-in/?next=/fr/help/")).languages}
    assert urls["nl"] == "/nl/sign-in/?next=%2Fnl%2Fhelp%2F"


def test_a_page_in_one_language_only_offers_the_home_page_in_the_others(rf: RequestFactory) -> None:
    with override("fr"):
        urls = [link.url for link in Shell(rf.get("/nowhere/")).languages]
    assert urls == ["/fr/", "/nl/", "/en/"]


def test_somebody_signed_out_sees_no_menu(client: Client) -> None:
    html = text(client.get("/fr/help/"))
    assert '<nav class="nav"' not in html
    assert 'class="masthead__link" href="/fr/sign-in/"' in html


def test_the_menu_marks_the_page_and_the_ruler_the_commune(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    html = text(client.get("/fr/communes/"))
    assert '<a href="/fr/communes/" aria-current="page">' in html
    assert '<a href="/fr/">' in html
    assert '<rect x="0.05"' in html
    assert '<a href="/admin/"' not in html


def test_the_agency_finds_the_desk_under_its_name(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    html = text(client.get("/fr/help/"))
    assert '<li><a href="/admin/">' in html
    assert '<form method="post" action="/fr/sign-out/">' in html


def test_somebody_whose_mandate_ended_keeps_only_their_details(client: Client, ended: User) -> None:
    client.force_login(ended)
    html = text(client.get("/fr/help/"))
    assert '<nav class="nav"' not in html
    assert '<li><a href="/fr/my-details/">' in html
    assert "/fr/password/change/" not in html


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_are_remembered_and_one_comes_back(client: Client, theme: str) -> None:
    response = client.post("/fr/theme/", {"theme": theme, "next": "/fr/legal/?a=1"})
    assert (response.status_code, response["Location"]) == (302, "/fr/legal/?a=1")
    assert response.cookies["theme"]["httponly"]
    assert f'data-theme="{theme}"' in text(client.get("/fr/legal/"))


def test_the_colours_of_the_device_come_back(client: Client) -> None:
    client.post("/fr/theme/", {"theme": "dark"})
    client.post("/fr/theme/", {"theme": ""})
    assert "data-theme=" not in text(client.get("/fr/legal/"))


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "/\\evil.example", "mailto:1"])
def test_choosing_colours_never_leads_to_another_site(client: Client, path: str) -> None:
    response = client.post("/fr/theme/", {"theme": "dark", "next": path})
    assert response["Location"] == "/fr/"


def test_a_colour_that_does_not_exist_is_not_kept(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in text(client.get("/fr/legal/"))
    assert client.get("/fr/theme/").status_code == 405


def test_signing_in_offers_the_code_first_and_the_password_folded(client: Client) -> None:
    html = text(client.get("/fr/sign-in/"))
    assert html.index('action="/fr/sign-in/code/"') < html.index("<details>") < html.index('name="password"')
    assert 'autocomplete="username"' in html


def test_a_refused_password_is_said_in_the_title_and_in_the_summary(client: Client) -> None:
    with override("en"):
        html = text(client.post("/en/sign-in/", {"login": "nobody@commune.example", "password": "wrong"}))
    assert "<title>Error: Sign in" in html
    assert "<details open>" in html
    assert re.search(r'<div class="errors" role="alert" tabindex="-1" data-focus', html)


def test_no_page_holds_an_inline_script_or_style(client: Client) -> None:
    for name in OPEN_PAGES:
        html = text(client.get(reverse(name)))
        assert re.findall(r"<script(?![^>]*src=)|\sstyle=|<style|\son\w+=", html) == []


def test_an_unknown_address_gets_a_page_of_ours(client: Client) -> None:
    response = client.get("/en/nowhere/")
    assert response.status_code == 404
    assert "This page does not exist" in text(response)


def test_a_refusal_says_why(client: Client) -> None:
    request = client.get("/en/help/").wsgi_request
    response = errors.permission_denied(request, PermissionDenied("Only a lead may <b>."))
    assert response.status_code == 403
    assert "Only a lead may &lt;b&gt;." in text(response)


def test_while_the_database_is_away_one_is_told_to_wait(rf: RequestFactory) -> None:
    with override("en"):
        try:
            raise OperationalError
        except OperationalError:
            response = errors.server_error(rf.get("/en/"))
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "Nothing is lost" in text(response)


@pytest.mark.parametrize(("view", "status"), [(errors.server_error, 500), (errors.bad_request, 400)])
def test_the_bare_error_pages_need_neither_person_nor_database(
    rf: RequestFactory, view: object, status: int, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = view(rf.get("/en/"))  # type: ignore[operator]
    assert response.status_code == status
    assert '<main id="main"' in text(response)


class TestAStaleForm:
    """A form whose protection went stale: what was typed can be sent again, if it came from here."""

    @pytest.fixture
    def strict(self) -> Client:
        return Client(enforce_csrf_checks=True)

    def test_it_is_offered_again_with_what_was_typed(self, strict: Client) -> None:
        data = {"theme": "dark", "next": '/fr/"><b>'}
        response = strict.post("/en/theme/", data, HTTP_ORIGIN="http://testserver")
        html = text(response)
        assert response.status_code == 403
        assert '<input type="hidden" name="theme" value="dark">' in html
        assert "&quot;&gt;&lt;b&gt;" in html
        assert 'action="/en/theme/"' in html

    def test_a_password_is_never_written_into_a_page(self, strict: Client) -> None:
        data = {"login": "a@b.example", "password": "hunter2-hunter2"}
        assert "hunter2" not in text(strict.post("/en/sign-in/", data, HTTP_ORIGIN="http://testserver"))

    @pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://evil.example"}])
    def test_one_from_another_site_is_not(self, strict: Client, origin: dict[str, str]) -> None:
        html = text(strict.post("/en/theme/", {"theme": "dark"}, **origin))
        assert 'name="theme" value="dark"' not in html
        assert "Nothing was sent" in html


class TestAFormOfAPageThatIsNoMore:
    """A form that leads nowhere: its words can be copied, if it came from here."""

    SENT: ClassVar = {"text": "Deux <i>mots", "password": "", "choice": "one", "row_version": "12"}

    def test_its_words_can_be_copied(self, client: Client) -> None:
        sent = {name: value for name, value in self.SENT.items() if name != "password"}
        response = client.post("/en/no-such-page/", sent, HTTP_ORIGIN="http://testserver")
        html = text(response)
        assert response.status_code == 404
        assert "Deux &lt;i&gt;mots</textarea>" in html
        assert html.count("<textarea") == 1

    def test_nothing_of_a_form_with_a_password(self, client: Client) -> None:
        html = text(client.post("/en/no-such-page/", self.SENT, HTTP_ORIGIN="http://testserver"))
        assert "<textarea" not in html

    @pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://evil.example"}])
    def test_nothing_of_another_site(self, client: Client, origin: dict[str, str]) -> None:
        assert "<textarea" not in text(client.post("/en/no-such-page/", {"text": "Deux mots"}, **origin))


def test_of_two_entries_of_one_app_the_nearer_one_is_marked(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    for route, label in (("spoc:concern-new", "Préoccupations"), ("spoc:request-new", "Demandes")):
        found = [link for link in client.get(reverse(route)).context["shell"].nav if link.current]
        assert [(str(link.label), link.current) for link in found] == [(label, "true")]
