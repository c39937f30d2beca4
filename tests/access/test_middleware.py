"""Who may go on, in which language, and what the browser is told."""

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from django.utils.formats import date_format

from communes.models import Mandate
from hubportal.access import middleware
from hubportal.accounts.models import Role, User
from tests.cast import grant

pytestmark = pytest.mark.django_db


def test_a_mandate_that_ends_today_closes_its_doors_tomorrow_in_an_open_session(
    client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    today = timezone.localdate()
    Mandate.objects.filter(user=echevine).update(ends_on=today)
    assert client.get("/fr/communes/").status_code == 200
    Mandate.objects.filter(user=echevine).update(ends_on=today - timedelta(days=1))
    answer = client.get("/fr/communes/")
    assert answer.status_code == 403
    assert "access/no_rights.html" in [template.name for template in answer.templates]
    assert date_format(today - timedelta(days=1), "DATE_FORMAT") in answer.text


def test_who_has_no_right_today_can_still_sign_out(client: Client, ended: User) -> None:
    client.force_login(ended)
    assert client.post("/fr/sign-out/").status_code in (302, 404)
    assert client.get("/admin/").status_code in (302, 403)


def test_a_marked_view_stays_open() -> None:
    @middleware.open_without_rights
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("own data")

    def closed(request: HttpRequest) -> HttpResponse:
        return HttpResponse("everything")

    request = RequestFactory().get("/")
    request.user = User(is_active=True)
    guard = middleware.RightsRequiredMiddleware(view)
    assert guard.process_view(request, view, (), {}) is None
    assert middleware._is_open(request, view)
    assert not middleware._is_open(request, closed)


@pytest.mark.parametrize(("language", "address"), [("nl", "/admin/"), ("en", "/admin/")])
def test_the_desk_speaks_the_person_s_language(client: Client, language: str, address: str) -> None:
    client.force_login(grant(Role.LEAD, language=language))
    with translation.override("fr"):
        answer = client.get(address)
    assert f'<html lang="{language}"' in answer.text
    assert answer["Content-Language"] == language


def test_an_address_with_a_language_keeps_it(client: Client) -> None:
    client.force_login(grant(Role.LEAD, language="nl"))
    assert '<html lang="fr"' in client.get("/fr/").text


def test_the_headers_of_every_answer(client: Client) -> None:
    for address in ("/fr/sign-in/", "/healthz", "/fr/no-such-page/"):
        answer = client.get(address)
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "geolocation=()" in answer["Permissions-Policy"]


def test_a_page_about_a_person_is_not_kept(client: Client, lead: User) -> None:
    client.force_login(lead)
    assert "no-store" in client.get("/fr/")["Cache-Control"]
    assert "no-store" in client.get("/admin/")["Cache-Control"]


def test_a_view_s_own_cache_rule_is_left_alone() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "public, max-age=60"})

    answer = middleware.HeadersMiddleware(view)(RequestFactory().get("/"))
    assert answer["Cache-Control"] == "public, max-age=60"


def test_what_was_being_written_when_the_mandate_ended_can_be_copied(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    Mandate.objects.filter(user=echevine).update(ends_on=timezone.localdate() - timedelta(days=1))
    words = {"text": "Trois rues sont barrées <b>demain</b>"}
    answer = client.post("/fr/requests/", words, headers={"origin": "http://testserver"})
    assert answer.status_code == 403
    assert "Trois rues sont barrées &lt;b&gt;demain&lt;/b&gt;" in answer.text
    assert "Trois rues" not in client.post("/fr/requests/", words).text
