"""Home and a commune's page: each role finds what it came for about the mailing, and nothing that is not for it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from communes.models import Assignment
from hubportal.accounts.models import Role, User
from mailings.figures import figures, readers
from mailings.models import Delivery, Mailing, Verdict
from tests.cast import COMMUNE_A, COMMUNE_B, Cast, MandateFactory, grant
from tests.mailings.leaving import marked, page, sent
from tests.mailings.made import TEXTS, an_edition, brought_to, in_state

pytestmark = pytest.mark.django_db

TITLE = TEXTS["fr"]["subject"]


@pytest.fixture(autouse=True)
def _cast(cast: Cast) -> None:
    """Everybody is there, so editions have authors, approvers and readers."""


def found(client: Client, user: User, address: str = "/en/") -> dict[str, dict[str, Any]]:
    """Return what this app's panels hold for somebody, by their name, in the order of the page."""
    client.force_login(user)
    areas = client.get(address).context["panels"]
    return {
        panel.template.rpartition("/")[2].removesuffix(".html"): panel.context
        for area in areas.values()
        for panel in area
        if panel.template.startswith("mailings/")
    }


def first(client: Client, user: User) -> str:
    """Return the template of the first panel of somebody's home."""
    client.force_login(user)
    template: str = client.get("/en/").context["panels"]["main"][0].template
    return template


def of(user: User, row: Mailing) -> Delivery:
    """Return the message of an edition to somebody."""
    return Delivery.objects.all().serving(user).get(mailing=row)


# --- The people of a commune -------------------------------------------------------------------------------


def test_a_recipient_is_asked_to_acknowledge_the_last_edition_until_it_is_done(
    client: Client, echevine: User
) -> None:
    row = sent()
    client.force_login(echevine)
    before = page(client.get("/en/"))
    assert "Read and acknowledge" in before
    assert f'href="/en/mailings/{row.number}/"' in before
    of(echevine, row).acknowledge(by=echevine)
    after = page(client.get("/en/"))
    assert "Read and acknowledge" not in after
    assert "You acknowledged it on" in after


def test_what_waits_to_be_acknowledged_comes_first_and_what_was_acknowledged_below(
    client: Client, echevine: User
) -> None:
    row = sent()
    assert first(client, echevine) == "mailings/panels/latest.html"
    of(echevine, row).acknowledge(by=echevine)
    assert first(client, echevine) != "mailings/panels/latest.html"


def test_every_edition_that_waits_is_a_step_newest_first(client: Client, echevine: User) -> None:
    rows = [sent() for _number in range(6)]
    panel = found(client, echevine)["latest"]
    assert [panel["mailing"], *panel["earlier"]] == rows[:1:-1]
    assert panel["more"] == 2
    text = page(client.get("/en/"))
    assert "Earlier editions wait for you too" in text
    assert "2 more editions to acknowledge" in text
    assert 'href="/en/mailings/?waiting"' in text


def test_an_older_edition_stays_a_step_when_the_newest_is_acknowledged(
    client: Client, echevine: User
) -> None:
    old, new = sent(), sent()
    of(echevine, new).acknowledge(by=echevine)
    client.force_login(echevine)
    text = page(client.get("/en/"))
    assert "Read and acknowledge" in text
    assert f'href="/en/mailings/{old.number}/"' in text
    assert f'href="/en/mailings/{new.number}/"' not in text
    of(echevine, old).acknowledge(by=echevine)
    after = page(client.get("/en/"))
    assert "Read and acknowledge" not in after
    assert f'href="/en/mailings/{new.number}/"' in after
    assert "You acknowledged it on" in after


def test_what_waits_for_one_person_does_not_wait_for_another(
    client: Client, echevine: User, stranger: User, delegate: User
) -> None:
    old, _new = sent(), sent()
    of(stranger, old).acknowledge(by=stranger)
    assert [row.number for row in found(client, stranger)["latest"]["earlier"]] == []
    assert [row.number for row in found(client, echevine)["latest"]["earlier"]] == [old.number]
    assert found(client, delegate)["latest"]["earlier"] == []


def test_who_did_not_receive_it_reads_it_and_has_nothing_to_do(client: Client, delegate: User) -> None:
    sent()
    client.force_login(delegate)
    text = page(client.get("/en/"))
    assert TITLE in text
    assert "Nothing to do: it was written to" in text


def test_a_commune_is_counted_by_its_own_people_only(client: Client, echevine: User, stranger: User) -> None:
    row = sent()
    of(stranger, row).acknowledge()
    ((commune, count),) = found(client, echevine)["latest"]["entries"]
    assert (commune.nis, count.total, count.acknowledged) == (COMMUNE_A, 1, 0)
    assert found(client, stranger)["latest"]["entries"][0][1].acknowledged == 1


def test_only_an_edition_that_was_sent_is_shown_to_communes(
    client: Client, echevine: User, cast: Cast
) -> None:
    in_state("sending")
    assert found(client, echevine) == {}
    assert found(client, cast.ended) == {}


# --- Who writes and who approves ---------------------------------------------------------------------------


def test_the_cabinet_finds_what_waits_for_it_first(client: Client, cast: Cast) -> None:
    row = brought_to("in_review")
    assert first(client, cast.cabinet) == "mailings/panels/to_approve.html"
    text = page(client.get("/en/"))
    assert row.title in text
    assert "is the first that you are asked about" in text
    assert "without both approvals it does not leave" in text


def test_the_cabinet_reads_what_the_agency_said_and_what_changed_since_its_own_word(
    client: Client, cast: Cast
) -> None:
    row = brought_to("in_review")
    row.remark(by=cast.cabinet, comment="Citez le 1819.")
    row.revise(
        by=cast.editor,
        texts={**TEXTS, "fr": {**TEXTS["fr"], "preheader": "Avec le 1819"}},
        portfolios=["trade"],
        version=row.version,
    )
    row.submit(by=cast.editor)
    row.approve(by=cast.lead, seen_hash=row.content_hash)
    client.force_login(cast.cabinet)
    text = page(client.get("/en/"))
    assert f"{cast.lead.full_name} approved it on" in text
    assert "The text, since" in text
    assert "asked for changes in version 2" in text
    assert "“Citez le 1819.”" in text


def test_what_the_cabinet_approved_waits_for_it_no_more(client: Client, cast: Cast) -> None:
    row = brought_to("in_review")
    row.approve(by=cast.cabinet, seen_hash=row.content_hash)
    panels = found(client, cast.cabinet)
    assert panels["to_approve"]["entries"] == []
    assert [entry.line.mailing for entry in panels["editions"]["entries"]] == [row]
    assert "Nothing waits for your approval." in page(client.get("/en/"))


def test_a_lead_finds_what_to_approve_for_the_agency_before_requests(client: Client, cast: Cast) -> None:
    brought_to("in_review")
    assert first(client, cast.lead) == "mailings/panels/to_approve.html"
    assert "The cabinet" in page(client.get("/en/"))


def test_what_waits_for_somebody_is_not_hidden_behind_newer_drafts(client: Client, cast: Cast) -> None:
    row = brought_to("in_review")
    for _number in range(5):
        an_edition()
    (asked,) = found(client, cast.lead)["to_approve"]["entries"]
    assert asked["mailing"] == row
    client.force_login(cast.lead)
    listed = client.get("/en/mailings/").context["lines"]
    assert listed[0].mailing == row
    assert len(listed) == 6


def test_an_author_approves_nothing_of_theirs(client: Client, cast: Cast) -> None:
    row = brought_to("in_review")
    panels = found(client, cast.editor)
    assert "to_approve" not in panels
    assert [entry.line.mailing for entry in panels["editions"]["entries"]] == [row]


@pytest.mark.parametrize(
    ("status", "words"),
    [("draft", "Your step: ask for approval."), ("approved", "Your step: choose when it leaves.")],
)
def test_the_editor_reads_the_next_step_of_each_edition_first(
    client: Client, cast: Cast, status: str, words: str
) -> None:
    brought_to(status)
    assert first(client, cast.editor) == "mailings/panels/editions.html"
    assert words in page(client.get("/en/"))


def test_an_editor_without_editions_still_finds_the_way_to_them(client: Client, cast: Cast) -> None:
    client.force_login(cast.editor)
    text = page(client.get("/en/"))
    assert "Nothing is in preparation." in text
    assert 'href="/en/mailings/"' in text


def test_how_far_an_edition_is_and_what_is_uncertain_lead_to_its_progress(client: Client, cast: Cast) -> None:
    MandateFactory(commune_id="21005", bourgmestre=True)
    row = in_state("sending")
    one, other, *rest = row.deliveries.order_by("pk")
    marked(one, "accepted", 250)
    marked(other, "uncertain")
    client.force_login(cast.editor)
    text = page(client.get("/en/"))
    assert f"2 of {2 + len(rest)} messages" in text
    assert "decide on 1 message that may or may not have left" in text
    assert f'href="/en/mailings/{row.number}/sending/"' in text


def test_an_uncertain_message_of_a_sent_edition_asks_for_a_decision_until_it_is_taken(
    client: Client, cast: Cast
) -> None:
    row = sent()
    message = marked(row.deliveries.order_by("pk")[0], "uncertain")
    for person in (cast.editor, cast.lead):
        assert [entry.is_mine for entry in found(client, person)["editions"]["entries"]] == [True]
    message.decide(by=cast.editor, verdict=Verdict.ARRIVED)
    assert found(client, cast.editor)["editions"]["entries"] == []
    assert "editions" not in found(client, cast.lead)


def test_the_cabinet_sees_no_message(client: Client, cast: Cast) -> None:
    row = in_state("sending")
    marked(row.deliveries.order_by("pk")[0], "uncertain")
    (entry,) = found(client, cast.cabinet)["editions"]["entries"]
    assert not any(entry.figures)
    assert not entry.is_mine


# --- Who looks at what came of it --------------------------------------------------------------------------


def test_the_task_force_reads_the_last_edition(client: Client, cast: Cast) -> None:
    row = sent()
    assert found(client, cast.taskforce)["last"]["mailing"] == row


def test_a_spoc_reads_in_which_of_their_communes_nobody_acknowledged(
    client: Client, cast: Cast, echevine: User
) -> None:
    Assignment.objects.filter(commune=COMMUNE_B).delete()
    Assignment.objects.create(user=cast.spoc, commune_id=COMMUNE_B, starts_on=date(2025, 1, 6))
    row = sent()
    of(echevine, row).acknowledge(by=echevine)
    panel = found(client, cast.spoc)["spoc"]
    assert [commune.nis for commune in panel["silent"]] == [COMMUNE_B]
    assert (panel["acknowledged"], panel["total"]) == (1, 2)


def test_a_spoc_who_serves_no_commune_is_spared(client: Client) -> None:
    sent()
    assert found(client, grant(Role.SPOC)) == {}


def test_the_director_sees_the_last_four_editions_in_figures(client: Client, cast: Cast) -> None:
    rows = [sent() for _number in range(5)]
    message, other, *_rest = rows[-1].deliveries.order_by("pk")
    marked(message, "failed", 550)
    other.acknowledge()
    panel = found(client, cast.director)["figures"]
    assert [row for row, _figures in panel["entries"]] == rows[:0:-1]
    numbers = panel["entries"][0][1]
    assert (numbers.refused, numbers.came_back, numbers.acknowledged) == (1, 0, 1)
    assert numbers.accepted == numbers.messages - 1
    assert numbers.percent == round(100 / numbers.messages)
    assert "of the 19 communes" in page(client.get("/en/"))


def test_a_message_that_serves_two_mandates_counts_once_and_reaches_both_communes(cast: Cast) -> None:
    MandateFactory(user=cast.echevine, commune_id="21005", trade=True)
    row = sent()
    numbers = figures(cast.director, [row])[row.pk]
    assert numbers.messages == numbers.accepted == row.deliveries.count()
    assert numbers.communes == row.deliveries.values("served__mandate__commune").distinct().count()
    counts = readers([row], [COMMUNE_A, "21005"])
    assert {nis: count.total for (_row, nis), count in counts.items()} == {COMMUNE_A: 1, "21005": 1}


def test_nobody_but_the_agency_counts_messages(cast: Cast) -> None:
    row = sent()
    for person in (cast.cabinet, cast.taskforce, cast.echevine):
        assert not any(figures(person, [row])[row.pk])


# --- The page of a commune ---------------------------------------------------------------------------------


def test_the_page_of_a_commune_tells_its_people_and_the_agency_what_was_acknowledged(
    client: Client, cast: Cast
) -> None:
    row = sent()
    of(cast.echevine, row).acknowledge(by=cast.echevine)
    address = f"/en/communes/{COMMUNE_A}/"
    for person in (cast.echevine, cast.colleague, cast.editor):
        (entry,) = found(client, person, address)["commune"]["entries"]
        assert entry["count"] == (1, 1)
    for person in (cast.stranger, cast.cabinet, cast.taskforce):
        assert "commune" not in found(client, person, address)


def test_a_commune_to_which_nothing_was_written_is_told_so(client: Client, cast: Cast) -> None:
    sent()
    client.force_login(cast.editor)
    assert "Sent to nobody here" in page(client.get("/en/communes/21019/"))


def test_titles_follow_the_language_of_the_page(client: Client, stranger: User) -> None:
    sent(brought_to("sending", an_edition()))
    client.force_login(stranger)
    assert TEXTS["nl"]["subject"] in page(client.get("/nl/"))
    assert TITLE in page(client.get("/fr/"))


def test_a_waiting_edition_tells_its_last_moment(client: Client, cast: Cast) -> None:
    row = brought_to("in_review")
    until = timezone.localdate(row.expires_at or timezone.now())
    assert until == timezone.localdate() + timedelta(days=7)
    client.force_login(cast.cabinet)
    assert f"{until.day} " in page(client.get("/en/"))
