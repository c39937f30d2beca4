"""One step of many requests: ticked in the list, shown before, confirmed by a button with the number."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from spoc import bulk
from spoc.models import ServiceRequest, StandardAnswer
from tests.cast import COMMUNE_B, grant
from tests.spoc.stories import a_draft, brought_to, day, due, mails
from tests.spoc.test_desk import QUEUE
from tests.spoc.test_queues import elsewhere

pytestmark = pytest.mark.django_db
DECLINED = {"reason": "not_held", "text": "Nous n'avons pas ces chiffres."}


def page_of(verb: str, *rows: ServiceRequest) -> str:
    """Return the address of a bulk act."""
    query = "&".join(f"row={row.pk}" for row in rows)
    return f"{reverse('admin:spoc_servicerequest_bulk', args=[verb])}?{query}"


def confirm(client: Client, verb: str, *rows: ServiceRequest, **data: Any) -> Any:
    """Press the button of the act's page, which offered these rows."""
    return client.post(page_of(verb, *rows), {"row": [row.pk for row in rows], **data})


def said(response: Any) -> list[tuple[str, str]]:
    """Return what was said: level and words."""
    return [(message.level_tag, str(message)) for message in get_messages(response.wsgi_request)]


def states(*rows: ServiceRequest) -> list[str]:
    """Return the states of requests as they are stored."""
    return [ServiceRequest.objects.get(pk=row.pk).status for row in rows]


@pytest.fixture
def desk(client: Client, spoc: User) -> Client:
    """The SPOC of commune A, signed in."""
    client.force_login(spoc)
    return client


@pytest.fixture
def three(echevine: User, spoc: User) -> list[ServiceRequest]:
    """Three requests to triage."""
    return [brought_to("submitted", echevine, spoc, title=f"Demande {number}") for number in "123"]


# --- Choosing --------------------------------------------------------------------------------------------------


def test_ticked_rows_lead_to_a_page_that_shows_them_and_moves_nothing(
    desk: Client, three: list[ServiceRequest]
) -> None:
    address = f"{reverse(QUEUE)}?mine=communes"
    assert f'value="{three[0].pk}"' in desk.get(address).text
    data = {"action": "accept_many", "_selected_action": [three[0].pk, three[1].pk], "index": 0}
    page = desk.post(address, data, follow=True)
    assert [item.row.title for item in page.context["taken"]] == ["Demande 1", "Demande 2"]
    assert 'value="Accepter 2\N{NO-BREAK SPACE}demandes"' in page.text
    assert page.context["back"] == address
    assert states(*three) == ["submitted"] * 3


def test_those_left_out_are_shown_with_the_reason(desk: Client, echevine: User, spoc: User) -> None:
    asker, answerer = elsewhere()
    taken = brought_to("submitted", echevine, spoc)
    going = brought_to("in_progress", echevine, spoc)
    theirs = brought_to("submitted", asker, answerer, commune=COMMUNE_B)
    asked = a_draft(spoc, direction="to_commune")
    asked.submit(by=spoc)
    hidden = brought_to("draft", echevine, spoc)
    page = desk.get(page_of("accept", taken, going, theirs, asked, hidden))
    assert [item.row for item in page.context["taken"]] == [taken]
    reasons = {item.row: item.why for item in page.context["left"]}
    assert set(reasons) == {going, theirs, asked}
    assert "en cours de traitement" in reasons[going]
    assert "le SPOC de la commune" in reasons[theirs]
    assert "C’est la commune" in reasons[asked]


def test_without_a_row_to_take_there_is_no_button(desk: Client, echevine: User, spoc: User) -> None:
    page = desk.get(page_of("accept", brought_to("in_progress", echevine, spoc)))
    assert 'type="submit" value=' not in page.text
    assert "Retour à la liste" in page.text
    answer = desk.get(page_of("accept"))
    assert answer.url == reverse(QUEUE)  # type: ignore[attr-defined]
    assert said(answer)[0][0] == "warning"


def test_more_than_one_looks_through_are_cut_and_that_is_said(
    desk: Client, three: list[ServiceRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spoc.bulk_admin.MOST", 2)
    data = {"action": "decline_many", "_selected_action": [three[0].pk], "select_across": 1, "index": 0}
    page = desk.post(reverse(QUEUE), data, follow=True)
    assert len(page.context["taken"]) == 2
    assert "plus de 2\N{NO-BREAK SPACE}demandes" in page.text


def test_who_answers_nothing_has_no_boxes(client: Client, three: list[ServiceRequest]) -> None:
    director = grant(Role.DIRECTOR)
    client.force_login(director)
    with CaptureQueriesContext(connection) as queries:
        assert "_selected_action" not in client.get(reverse(QUEUE)).text
    # Asked once, not once for each act.
    asked = [query["sql"] for query in queries if '"assigned_to_id" IN' in query["sql"]]
    assert sum(sql.endswith(" LIMIT 1") for sql in asked) == 1
    assert client.get(page_of("accept", *three)).status_code == 403
    three[0].accept(by=grant(Role.LEAD), assigned_to=director, due_on=due())
    assert "_selected_action" in client.get(reverse(QUEUE)).text
    assert client.get(page_of("deliver", *three)).status_code == 404


# --- Acting ----------------------------------------------------------------------------------------------------


def test_each_is_accepted_by_its_own_verb_with_its_own_mail(
    desk: Client, three: list[ServiceRequest], spoc: User, lead: User
) -> None:
    before = OutboxMessage.objects.count()
    answer = confirm(desk, "accept", *three, assigned_to=lead.pk, due_on=due().isoformat())
    assert said(answer) == [("success", "3\N{NO-BREAK SPACE}demandes sont acceptées.")]
    for row in three:
        row.refresh_from_db()
        assert (row.status, row.assigned_to, row.due_on) == ("accepted", lead, due())
        assert row.events.get(verb="accept").by == spoc
    kinds = [mail.kind for mail in mails()[before:]]
    assert (kinds.count("accepted"), kinds.count("put_in_charge")) == (3, 3)


def test_one_reason_declines_several(desk: Client, three: list[ServiceRequest]) -> None:
    confirm(desk, "decline", *three, **DECLINED)
    assert states(*three) == ["declined"] * 3
    assert set(ServiceRequest.objects.values_list("decline_text", flat=True)) == {DECLINED["text"]}


def test_work_starts_on_several(desk: Client, echevine: User, spoc: User) -> None:
    rows = [brought_to("accepted", echevine, spoc) for _ in range(2)]
    assert said(confirm(desk, "start", *rows))[0][0] == "success"
    assert states(*rows) == ["in_progress"] * 2


def test_only_what_the_page_offered_moves(desk: Client, three: list[ServiceRequest]) -> None:
    desk.post(page_of("decline", *three), {"row": [three[0].pk], **DECLINED})
    assert states(*three) == ["declined", "submitted", "submitted"]


def test_whoever_was_first_is_named_and_the_rest_goes_on(
    desk: Client, three: list[ServiceRequest], lead: User, spoc: User
) -> None:
    three[1].accept(by=lead, assigned_to=lead, due_on=due())
    answer = confirm(desk, "accept", *three, assigned_to=spoc.pk, due_on=due().isoformat())
    (_level, done), (level, left) = said(answer)
    assert done.startswith("2\N{NO-BREAK SPACE}demandes")
    assert level == "warning"
    assert lead.full_name in left
    assert f'<a href="{reverse("admin:spoc_servicerequest_change", args=[three[1].pk])}">' in left
    three[1].refresh_from_db()
    assert three[1].assigned_to == lead


def test_what_is_not_yours_stays(client: Client, three: list[ServiceRequest]) -> None:
    client.force_login(elsewhere()[1])
    answer = confirm(client, "decline", *three, **DECLINED)
    assert [level for level, _words in said(answer)] == ["warning"]
    assert states(*three) == ["submitted"] * 3


def test_the_same_confirmed_twice_changes_nothing_more(desk: Client, three: list[ServiceRequest]) -> None:
    before = len(mails())
    first = said(confirm(desk, "decline", *three, **DECLINED))
    sent = len(mails())
    assert sent == before + 3
    assert said(confirm(desk, "decline", *three, **DECLINED))[-1] == first[-1]
    assert len(mails()) == sent
    assert all(row.events.filter(verb="decline").count() == 1 for row in three)


@pytest.mark.parametrize(
    ("verb", "data", "field"),
    [
        ("decline", {"reason": "not_held", "text": ""}, "text"),
        ("accept", {"due_on": day(-1).isoformat()}, "due_on"),
        ("accept", {"due_on": "demain"}, "due_on"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_moves(
    verb: str, data: dict[str, str], field: str, desk: Client, three: list[ServiceRequest], spoc: User
) -> None:
    page = confirm(desk, verb, *three, assigned_to=spoc.pk, **data)
    assert set(page.context["form"].errors) == {field}
    assert len(page.context["taken"]) == 3
    assert states(*three) == ["submitted"] * 3


# --- What the page says ----------------------------------------------------------------------------------------


def test_the_day_that_is_proposed_helps_all_and_says_whose_it_is(
    desk: Client, three: list[ServiceRequest], echevine: User, spoc: User
) -> None:
    soon = brought_to("submitted", echevine, spoc, kind="chantier")
    form = desk.get(page_of("accept", *three, soon)).context["form"]
    assert soon.reference in form.fields["due_on"].help_text


def test_the_languages_of_the_requesters_are_said_where_one_writes(
    desk: Client, three: list[ServiceRequest], echevine: User, delegate: User, spoc: User
) -> None:
    page = desk.get(page_of("decline", *three))
    assert not page.context["languages"].differ
    echevine.content_language = "nl"
    echevine.save()
    other = brought_to("submitted", delegate, spoc, title="En français")
    page = desk.get(page_of("decline", *three, other))
    assert page.context["languages"].differ
    assert "néerlandais 3, français 1" in page.text
    assert page.context["languages"].text not in desk.get(page_of("accept", *three, other)).text


def test_a_standard_answer_begins_the_text_and_the_reason_stays(
    desk: Client, three: list[ServiceRequest]
) -> None:
    StandardAnswer.objects.load()
    page = confirm(desk, "decline", *three, begin="72-data-not-held:nl", reason="not_held", text="Beste,")
    form = page.context["form"]
    assert form["text"].value().startswith("Beste,\n\nGoedendag")
    assert form["reason"].value() == "not_held"
    assert states(*three) == ["submitted"] * 3


def test_the_page_asks_the_database_as_often_for_20_rows_as_for_1(
    desk: Client, echevine: User, spoc: User
) -> None:
    rows: list[ServiceRequest] = []
    counts = []
    for size in (1, 20):
        while len(rows) < size:
            rows.append(brought_to("submitted", echevine, spoc))
            rows.append(brought_to("accepted", echevine, spoc))
        with CaptureQueriesContext(connection) as queries:
            desk.get(page_of("decline", *rows))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert bulk.MOST == 100


def test_many_are_handed_on_wherever_they_stand(
    desk: Client, echevine: User, spoc: User, editor: User
) -> None:
    rows = [brought_to(status, echevine, spoc) for status in ("accepted", "waiting_requester", "delivered")]
    ended = brought_to("closed", echevine, spoc)
    page = desk.get(page_of("reassign", *rows, ended)).text
    assert "Confier 3" in page
    confirm(desk, "reassign", *rows, ended, assigned_to=editor.pk, note="")
    assert {ServiceRequest.objects.get(pk=row.pk).assigned_to for row in rows} == {editor}
    assert states(*rows) == ["accepted", "waiting_requester", "delivered"]
    assert ServiceRequest.objects.get(pk=ended.pk).assigned_to == spoc
