"""What the agency asks of a commune: the commune's own step at home and on the page, and the whole life there."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Mandate
from hubportal.accounts.models import User
from hubportal.businessdays import add_business_days
from hubportal.look.dates import short_date
from spoc.models import NewDeliverable, ServiceRequest
from tests.cast import MandateFactory, yesterday
from tests.spoc.stories import CANARY, a_draft, a_file, ago, brought_to, due, mails, set_back

pytestmark = pytest.mark.django_db


def asked(status: str, spoc: User, answers: User, **fields: object) -> ServiceRequest:
    """Return a request of the agency to commune A in a state; `answers` is in charge."""
    return brought_to(status, spoc, answers, direction="to_commune", **fields)


def text_of(html: str) -> str:
    """Return the words of a page, with plain spaces."""
    words = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(words.split())


def first_at_home(client: Client, language: str = "fr") -> str:
    """Return the words of the first request at home: its title, state and next step."""
    found = re.search(
        r'<ul class="tasks.*?<li>(.*?)</li>', client.get(f"/{language}/").content.decode(), re.S
    )
    assert found
    return text_of(found[1])


def next_of(client: Client, row: ServiceRequest, language: str = "fr") -> str:
    """Return the words of the card that comes first on a request's page."""
    page = client.get(f"/{language}/requests/{row.pk}/").content.decode()
    main = page.partition('<div class="flow-wide">')[2]
    assert main.lstrip().startswith('<section class="card card--next')
    return text_of(main.partition("</section>")[0])


def step(row: ServiceRequest, verb: str) -> str:
    """Return the address of a step on the portal."""
    return reverse("spoc:request-step", args=[row.pk, verb])


HERS = {
    "submitted": "Votre étape : acceptez ou refusez la demande au plus tard le {due}.",
    "accepted": "Votre étape : commencez le traitement, puis livrez le résultat au plus tard le {due}.",
    "in_progress": "Votre étape : livrez le résultat au plus tard le {due}.",
}
NOT_HERS = {
    "waiting_requester": "Rien à faire : l’agence doit répondre.",
    "delivered": "Rien à faire : l’agence dit au plus tard le {last} si le résultat est utile.",
}
STEPS = {
    "submitted": {"accept", "decline"},
    "accepted": {"start", "ask", "decline", "reassign"},
    "in_progress": {"deliver", "ask", "close", "reassign"},
    "waiting_requester": {"reassign"},
    "delivered": {"reassign"},
}


@pytest.mark.parametrize("status", [*HERS, *NOT_HERS])
def test_home_and_page_say_the_step_of_the_commune_first(
    status: str, client: Client, echevine: User, spoc: User
) -> None:
    for number in range(2):
        brought_to("submitted", echevine, spoc, title=f"Sa demande {number}")
    row = asked(status, spoc, echevine, title="Une liste")
    expected = ({**HERS, **NOT_HERS}[status]).format(
        due=short_date(row.due_on) if row.due_on else "",
        last=short_date(add_business_days(ago(0).date(), 15)),
    )
    client.force_login(echevine)
    home = text_of(client.get("/fr/").content.decode())
    assert f"{row.reference}, Audit et diagnostic, demande de l’agence" in home
    assert expected in (first_at_home(client) if status in HERS else home)
    assert expected in next_of(client, row)
    page = client.get(row.get_absolute_url()).content.decode()
    assert set(re.findall(rf"/requests/{row.pk}/step/(\w+)/", page)) == STEPS[status]


def test_in_dutch_too(client: Client, stranger: User, lead: User) -> None:
    row = asked("submitted", lead, stranger, commune="21002", title="Een lijst")
    client.force_login(stranger)
    expected = f"Uw stap: aanvaard of weiger de aanvraag uiterlijk op {row.due_on:%d.%m.%Y}."
    assert expected in first_at_home(client, "nl")
    assert expected in next_of(client, row, "nl")


@pytest.mark.parametrize("status", HERS)
def test_what_is_late_says_since_when_it_was_due(
    status: str, client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row = set_back(asked(status, spoc, echevine), due_on=ago(3).date())
    client.force_login(echevine)
    assert re.search(rf"Votre étape : .* attendue? pour le {ago(3):%d.%m.%Y}\.", first_at_home(client))
    client.force_login(spoc)
    assert f"L’échéance du {ago(3):%d.%m.%Y} est dépassée : appelez la commune." in next_of(client, row)


@pytest.mark.parametrize("status", ["accepted", "in_progress"])
def test_a_colleague_reads_who_delivers_and_has_no_such_step(
    status: str, client: Client, echevine: User, colleague: User, spoc: User
) -> None:
    row = asked(status, spoc, echevine)
    verb = {"accepted": "start", "in_progress": "deliver"}[status]
    client.force_login(colleague)
    expected = f"Rien à faire : Nadia Échevine livre au plus tard le {row.due_on:%d.%m.%Y}."
    assert expected in first_at_home(client)
    assert expected in next_of(client, row)
    assert step(row, verb) not in client.get(row.get_absolute_url()).content.decode()
    assert client.post(step(row, verb)).status_code == 403
    assert client.post(reverse("spoc:request-deliverable", args=[row.pk])).status_code == 403
    set_back(row, due_on=ago(3).date())
    assert f"Nadia Échevine livre le résultat ; il était attendu pour le {ago(3):%d.%m.%Y}." in first_at_home(
        client
    )


def test_when_the_person_in_charge_left_the_step_is_her_colleagues(
    client: Client, echevine: User, colleague: User, spoc: User
) -> None:
    row = asked("in_progress", spoc, echevine)
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    client.force_login(colleague)
    assert "Votre étape : livrez" in first_at_home(client)
    assert step(row, "deliver") in client.get(row.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("status", "his", "theirs"),
    [
        (
            "waiting_requester",
            "Votre étape : répondez à la question",
            "la prochaine étape revient au",
        ),
        ("delivered", "Votre étape : dites au plus tard le", "la prochaine étape revient au SPOC"),
        ("submitted", "Rien à faire : une réponse arrive", "Rien à faire : une réponse arrive"),
    ],
)
def test_the_agency_that_asks_reads_its_own_step(
    status: str, his: str, theirs: str, client: Client, echevine: User, spoc: User, editor: User
) -> None:
    row = asked(status, spoc, echevine)
    for person, words in ((spoc, his), (editor, theirs)):
        client.force_login(person)
        assert words in next_of(client, row)


def test_the_list_asks_the_same_for_1_and_20_colleagues(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(echevine)
    for name in ("spoc:request-list", "home"):
        ServiceRequest.objects.update(status="withdrawn")
        counts = []
        for many in (1, 19):
            for _ in range(many):
                asked("in_progress", spoc, MandateFactory().user)
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(name))
            counts.append(len(queries))
        assert counts[0] == counts[1], name


# --- The whole life --------------------------------------------------------------------------------------------


def at_the_desk(client: Client, spoc: User, row: ServiceRequest, verb: str, **data: str) -> None:
    """Let the SPOC take a step at the desk."""
    client.force_login(spoc)
    address = reverse("admin:spoc_servicerequest_step", args=[row.pk, verb])
    assert client.post(address, data).status_code == 302


def presses(client: Client, row: ServiceRequest, verb: str, **data: object) -> str:
    """Follow the button of a step from the request's page, send its form, return the words that follow."""
    page = client.get(row.get_absolute_url()).content.decode()
    assert step(row, verb) in page
    form = client.get(step(row, verb))
    assert form.status_code == 200
    return text_of(client.post(step(row, verb), data, follow=True).content.decode())


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_what_the_agency_asks_from_the_first_word_to_the_last(
    language: str, client: Client, echevine: User, spoc: User
) -> None:
    User.objects.filter(pk=echevine.pk).update(language=language, content_language=language)
    row = a_draft(User.objects.get(pk=spoc.pk), direction="to_commune", title="Liste des terrasses")
    at_the_desk(client, spoc, row, "submit")
    row.refresh_from_db()
    assert [mail.person for mail in mails("new_request")] == [echevine]
    words = {"fr": ("Votre étape :", "Rien à faire :"), "nl": ("Uw stap:", "U hoeft niets te doen:")}
    own, calm = words[language]
    client.force_login(echevine)
    assert own in first_at_home(client, language)
    presses(client, row, "accept", assigned_to=echevine.pk, due_on=due().isoformat())
    assert own in first_at_home(client, language)
    presses(client, row, "ask", question="Pour quelles rues ?")
    assert calm in next_of(client, row, language)
    client.force_login(spoc)
    assert client.post(
        reverse("admin:spoc_servicerequest_write", args=[row.pk, "answer"]),
        {"text": "Toutes.", "reread": "on"},
    )
    client.force_login(echevine)
    assert "Toutes." in client.get(row.get_absolute_url()).content.decode()
    adds(client, row)
    _ends(client, row, echevine, spoc, (own, calm), language)


def adds(client: Client, row: ServiceRequest) -> None:
    """Add two things to deliver; one without a content is refused at the form."""
    address = reverse("spoc:request-deliverable", args=[row.pk])
    assert address in client.get(row.get_absolute_url()).content.decode()
    assert "errors" in client.post(address, {"title": "Rien"}).content.decode()
    for number in (1, 2):
        told = client.post(address, {"title": f"Liste {number}", "upload": a_file()}, follow=True)
        assert f"Liste {number}" in told.content.decode()
    assert row.deliverables.count() == 2


def _ends(
    client: Client, row: ServiceRequest, echevine: User, spoc: User, words: tuple[str, str], language: str
) -> None:
    """She delivers, the SPOC reopens and she delivers again, the SPOC confirms."""
    own, calm = words
    for reopened in (False, True):
        client.force_login(echevine)
        assert own in first_at_home(client, language)
        presses(client, row, "deliver", proposed_outcome="solved")
        assert calm in next_of(client, row, language)
        if not reopened:
            at_the_desk(client, spoc, row, "reopen", reason="Il manque une rue.")
    at_the_desk(client, spoc, row, "confirm", usefulness="yes", outcome="solved")
    row.refresh_from_db()
    assert (row.status, row.assigned_to) == ("closed", echevine)
    client.force_login(echevine)
    assert calm in next_of(client, row, language)
    closed = mails("closed")
    assert [mail.person for mail in closed] == [echevine]


@pytest.mark.parametrize(
    ("status", "verb", "data", "found"),
    [
        ("submitted", "decline", {"reason": "not_held", "text": "Nous n’avons pas cette liste."}, "declined"),
        ("accepted", "decline", {"reason": "no_capacity", "text": "Pas avant l’été."}, "declined"),
        ("in_progress", "close", {"outcome": "redirected", "text": "Voyez la police."}, "closed"),
    ],
)
def test_the_commune_declines_or_closes_and_the_agency_reads_why(
    status: str, verb: str, data: dict[str, str], found: str, client: Client, echevine: User, spoc: User
) -> None:
    row = asked(status, spoc, echevine)
    client.force_login(echevine)
    presses(client, row, verb, **data)
    row.refresh_from_db()
    assert row.status == found
    (mail,) = mails(found)
    assert mail.person == spoc
    assert data["text"] in mail.text


# --- Who may ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ("echevine", 200), ("colleague", 403), ("delegate", 403), ("spoc", 403), ("lead", 403), ("editor", 403),
        ("stranger", 404), ("cabinet", 404), ("taskforce", 404), ("ended", 403),
    ],
)  # fmt: skip
def test_only_the_person_in_charge_adds_and_delivers(
    person: str,
    code: int,
    client: Client,
    echevine: User,
    spoc: User,
    request: pytest.FixtureRequest,
) -> None:
    row = asked("in_progress", spoc, echevine)
    client.force_login(request.getfixturevalue(person))
    for address in (step(row, "deliver"), reverse("spoc:request-deliverable", args=[row.pk])):
        answer = client.get(address)
        assert answer.status_code == code, address
        assert code == 200 or CANARY.encode() not in answer.content


def test_nothing_is_added_before_it_is_accepted_or_once_it_is_delivered(
    client: Client, echevine: User, spoc: User
) -> None:
    row = asked("delivered", spoc, echevine)
    client.force_login(echevine)
    address = reverse("spoc:request-deliverable", args=[row.pk])
    assert address not in client.get(row.get_absolute_url()).content.decode()
    page = client.post(address, {"title": "Encore", "text": "Ceci"}, follow=True).content.decode()
    assert "notice--bad" in page
    assert row.deliverables.count() == 1
    waiting = asked("submitted", spoc, echevine)
    assert client.get(reverse("spoc:request-deliverable", args=[waiting.pk])).status_code == 403


def test_the_life_of_it_says_who_confirms(client: Client, echevine: User, spoc: User) -> None:
    row = asked("in_progress", spoc, echevine)
    row.hand_in(by=echevine, deliverable=NewDeliverable("Liste", text="Dix terrasses."))
    for person, words in (
        (echevine, "la confirmation de la partie demanderesse"),
        (spoc, "votre confirmation"),
    ):
        client.force_login(person)
        assert words in text_of(client.get(row.get_absolute_url()).content.decode())
