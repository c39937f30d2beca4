"""The page of an edition under review: one's next step first, both texts, what changed; approving what was read."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role, User
from mailings.models import Approval, Mailing, Revision
from mailings.overview import overview
from tests.cast import grant
from tests.mailings.made import TEXTS, an_edition, brought_to, in_state, person
from tests.mailings.rhythms import everybody_reachable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def page_of(client: Client, row: Mailing, user: User) -> str:
    """Return the page of an edition as a person sees it."""
    client.force_login(user)
    answer = client.get(row.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def step(row: Mailing, verb: str) -> str:
    """Return the address of a step."""
    return reverse("mailings:step", args=[row.number, verb])


def changed(row: Mailing, **french: str) -> None:
    """Let the editor change the French text."""
    texts = {**TEXTS, "fr": {**TEXTS["fr"], **french}}
    row.revise(by=person(Role.EDITOR), texts=texts, portfolios=row.portfolios, version=row.version)


def test_the_cabinet_reads_both_texts_and_approves(client: Client, cabinet: User, lead: User) -> None:
    row = brought_to("in_review")
    page = page_of(client, row, cabinet)
    assert "Your step: read both texts" in page
    assert (
        page.index('id="h-next"')
        < page.index(TEXTS["fr"]["preheader"])
        < page.index(TEXTS["nl"]["preheader"])
    )
    assert step(row, "approve") in page
    asked = client.get(step(row, "approve"))
    assert TEXTS["nl"]["subject"] in asked.content.decode()
    seen = asked.context["form"]["seen_hash"].value()
    told = client.post(step(row, "approve"), {"seen_hash": seen, "comment": "Bien."}, follow=True)
    assert "your approval is recorded" in told.content.decode()
    assert "Awaited: the approval of the agency." in told.content.decode()
    client.force_login(lead)
    client.post(step(row, "approve"), {"seen_hash": seen})
    assert Mailing.objects.get().status == "approved"
    assert "Your step: choose when it leaves." in page_of(client, row, person(Role.EDITOR))


def test_placeholders_are_shown_as_their_author_typed_them(client: Client) -> None:
    row = an_edition(fr={**TEXTS["fr"], "body": TEXTS["fr"]["body"] + "\n[[office]], [[commune]], [[spoc]]"})
    assert "[[office]], [[commune]], [[spoc]]" in page_of(client, row, person(Role.LEAD))


NEXT = {
    ("draft", "editor"): "Your step: ask for approval.",
    ("draft", "lead"): "Nothing to do: the editors are writing.",
    ("in_review", "editor"): "Awaited: the approvals of the agency and of the cabinet.",
    ("in_review", "lead"): "Your step: read both texts",
    ("in_review", "taskforce"): "Awaited: the approvals of the agency and of the cabinet.",
    ("approved", "cabinet"): "Nothing to do: both have approved it",
    ("scheduled", "editor"): "Nothing to do: it leaves within a minute.",
    ("sending", "lead"): "Nothing to do: it is being sent.",
    ("paused", "lead"): "Your step: resume sending, or cancel what is left.",
    ("paused", "cabinet"): "Nothing to do: sending is paused",
    ("cancelled", "cabinet"): "Nothing to do: it was cancelled.",
    ("expired", "editor"): "Nothing to do: it was not sent in time.",
}


@pytest.mark.parametrize(("status", "role"), NEXT)
def test_each_state_says_whose_turn_it_is(status: str, role: str, client: Client, echevine: User) -> None:
    row = in_state(status)
    page = page_of(client, row, person(Role(role)))
    assert NEXT[status, role] in page
    offered = {found.verb for found in row.next_steps(person(Role(role)))}
    verbs = {line.verb for line in row.TRANSITIONS}
    assert {verb for verb in verbs if f'"{step(row, verb)}"' in page} == offered


def test_what_is_scheduled_does_not_ask_to_be_scheduled_again(client: Client, echevine: User) -> None:
    editor = person(Role.EDITOR)
    button = '<a class="btn{}" href="{}">{}</a>'
    row = in_state("approved")
    assert button.format(" btn--primary", step(row, "schedule"), "Schedule") in page_of(client, row, editor)
    row = in_state("scheduled")
    assert button.format("", step(row, "schedule"), "Change the moment") in page_of(client, row, editor)


def test_nothing_that_would_be_refused_is_offered(client: Client, echevine: User) -> None:
    row = in_state("paused")
    row.withdraw(by=person(Role.CABINET), comment="Une erreur.")
    assert step(row, "resume") not in page_of(client, row, person(Role.LEAD))
    assert "Your step: an approval was withdrawn" in page_of(client, row, person(Role.CABINET))
    texts = {**TEXTS, "nl": {**TEXTS["nl"], "body": ""}}
    draft = an_edition(nl=texts["nl"])
    page = page_of(client, draft, person(Role.EDITOR))
    assert step(draft, "submit") not in page
    assert "Your step: finish both texts" in page


def test_changes_that_were_asked_for_come_first_to_the_editor(client: Client) -> None:
    row = brought_to("in_review")
    client.force_login(person(Role.CABINET))
    told = client.post(step(row, "remark"), {"comment": "La date du marché est fausse."}, follow=True)
    assert "The authors receive what you wrote by mail." in told.content.decode()
    page = page_of(client, row, person(Role.EDITOR))
    who = person(Role.CABINET).full_name
    assert f"Your step: make the changes that {who} asked for." in page
    assert page.index("La date du marché est fausse.") < page.index(TEXTS["fr"]["preheader"])
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash)
    page = page_of(client, row, person(Role.EDITOR))
    assert f"Your step: make the changes that {who} asked for." in page, "the other side approved meanwhile"
    changed(row, subject="Corrigé")
    assert "Your step: ask for approval." in page_of(client, row, person(Role.EDITOR))


def test_who_approves_again_reads_what_changed(client: Client) -> None:
    row = brought_to("approved")
    changed(row, body=TEXTS["fr"]["body"].replace("30 novembre", "2 décembre").replace("Aides", "Primes"))
    row.revise(
        by=person(Role.EDITOR),
        texts={"fr": row.texts["fr"], "nl": {**TEXTS["nl"], "subject": "Nieuw onderwerp"}},
        portfolios=row.portfolios,
        version=row.version,
    )
    page = page_of(client, row, person(Role.CABINET))
    assert "Changed since version 2" in page
    assert "<del>## Aides</del><ins>## Primes</ins>" in page
    assert "<ins>Nieuw onderwerp</ins>" in page
    assert f"<del>{TEXTS['nl']['subject']}</del>" in page


def test_a_change_of_the_audience_alone_is_told(client: Client) -> None:
    row = brought_to("approved")
    row.revise(by=person(Role.EDITOR), texts=TEXTS, portfolios=["works"], version=row.version)
    assert "for whom it is meant has changed" in page_of(client, row, person(Role.CABINET))


def test_a_version_that_was_not_kept_is_not_made_up(client: Client) -> None:
    row = brought_to("approved")
    changed(row, subject="Autre")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hubportal.retention = 'on'")
    Revision.objects.filter(version=2).delete()
    assert "that version was not kept" in page_of(client, row, person(Role.CABINET))


def test_an_author_cannot_approve(client: Client, lead: User) -> None:
    lead_who_writes = grant(Role.EDITOR)
    row = brought_to("draft")
    row.revise(
        by=lead_who_writes, texts={**TEXTS, "fr": {**TEXTS["fr"], "subject": "De moi"}}, portfolios=["trade"],
        version=row.version,
    )  # fmt: skip
    row.submit(by=person(Role.EDITOR))
    for author in (lead_who_writes, person(Role.EDITOR)):
        assert step(row, "approve") not in page_of(client, row, author)
        assert client.get(step(row, "approve")).status_code == 403
        assert client.post(step(row, "approve"), {"seen_hash": row.content_hash}).status_code == 403
    assert not Approval.objects.filter(decision="approved").exists()


@pytest.mark.parametrize("role", ["taskforce", "spoc", "director", "admin"])
@pytest.mark.parametrize("verb", ["approve", "remark", "cancel"])
def test_who_neither_writes_nor_approves_takes_no_step(verb: str, role: str, client: Client) -> None:
    row = brought_to("in_review")
    client.force_login(person(Role(role)))
    assert client.get(step(row, verb)).status_code == 403
    assert client.post(step(row, verb), {"seen_hash": row.content_hash, "reason": "x"}).status_code == 403
    assert Mailing.objects.get().status == "in_review"


def test_a_text_that_changed_meanwhile_is_shown_and_not_approved(client: Client) -> None:
    row = brought_to("in_review")
    seen = row.content_hash
    changed(row, subject="Tout autre objet")
    row.submit(by=person(Role.EDITOR))
    client.force_login(person(Role.CABINET))
    refused = client.post(step(row, "approve"), {"seen_hash": seen, "comment": "Bien vu"})
    page = refused.content.decode()
    assert "The text was changed since you opened this page." in page
    assert "Tout autre objet" in page
    assert "Bien vu" in page
    assert not Approval.objects.filter(decision="approved").exists()
    present = refused.context["form"]["seen_hash"].value()
    client.post(step(row, "approve"), {"seen_hash": present})
    assert Approval.objects.filter(decision="approved", content_hash=present).exists()


@pytest.mark.parametrize("data", [{}, {"seen_hash": "0" * 64}, {"seen_hash": "x" * 65}, {"seen_hash": "\0"}])
def test_no_approval_without_the_text_that_was_read(data: dict[str, Any], client: Client) -> None:
    row = brought_to("in_review")
    client.force_login(person(Role.CABINET))
    assert client.post(step(row, "approve"), data).status_code == 200
    assert not Approval.objects.filter(decision="approved").exists()


def test_an_approval_of_what_became_a_draft_is_refused_with_a_message(client: Client) -> None:
    row = brought_to("in_review")
    seen = row.content_hash
    changed(row, subject="Autre")
    client.force_login(person(Role.CABINET))
    told = client.post(step(row, "approve"), {"seen_hash": seen}, follow=True).content.decode()
    assert "Somebody was first" in told
    assert Mailing.objects.get().status == "draft"


def test_the_second_of_two_leads_reads_who_approved(client: Client) -> None:
    row = brought_to("in_review")
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash)
    client.force_login(grant(Role.LEAD))
    told = client.post(step(row, "approve"), {"seen_hash": row.content_hash}, follow=True).content.decode()
    assert f"{person(Role.LEAD).full_name} approved it already." in told
    assert Approval.objects.filter(decision="approved").count() == 1


def test_one_person_does_not_approve_twice(client: Client) -> None:
    row = brought_to("in_review")
    row.approve(by=person(Role.CABINET), seen_hash=row.content_hash)
    client.force_login(person(Role.CABINET))
    told = client.post(step(row, "approve"), {"seen_hash": row.content_hash}, follow=True).content.decode()
    assert "approved it already." in told
    assert Approval.objects.filter(decision="approved").count() == 1


# --- Changes that were asked for ---------------------------------------------------------------------------


def asked_for_changes(role: Role = Role.CABINET) -> Mailing:
    """Return an edition in review, of which one side asked for changes."""
    row = brought_to("in_review")
    row.remark(by=person(role), comment="Le <b>chiffre</b> est faux.")
    return row


def test_changes_asked_for_stay_the_step_of_the_author_when_the_other_side_approves(client: Client) -> None:
    row = asked_for_changes()
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash)
    words = f"Your step: make the changes that {person(Role.CABINET).full_name} asked for."
    assert words in page_of(client, row, person(Role.EDITOR))
    for name in ("home", "mailings:list"):
        assert words in client.get(reverse(name)).content.decode(), name


def test_an_approval_of_the_same_side_settles_what_it_asked_for(client: Client) -> None:
    row = asked_for_changes()
    row.approve(by=grant(Role.CABINET, email="second@cabinet.example"), seen_hash=row.content_hash)
    assert "make the changes" not in page_of(client, row, person(Role.EDITOR))


def test_changes_asked_for_after_a_colleague_approved_come_before_the_sending(client: Client) -> None:
    row = brought_to("in_review")
    row.approve(by=person(Role.CABINET), seen_hash=row.content_hash)
    row.remark(by=grant(Role.CABINET, email="second@cabinet.example"), comment="Le chiffre est faux.")
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash)
    assert row.status == "in_review"
    assert "Your step: make the changes" in page_of(client, row, person(Role.EDITOR))


def test_another_text_settles_what_was_asked_for(client: Client) -> None:
    row = asked_for_changes()
    changed(row, subject="Autre sujet")
    row.submit(by=person(Role.EDITOR))
    assert "make the changes" not in page_of(client, row, person(Role.EDITOR))


def test_who_opened_the_page_before_a_remark_reads_it_before_approving(client: Client) -> None:
    row = brought_to("in_review")
    client.force_login(person(Role.LEAD))
    form = client.get(step(row, "approve")).context["form"]
    opened = {name: form[name].value() for name in ("seen_hash", "seen_remark")}
    row.remark(by=person(Role.CABINET), comment="Le <b>chiffre</b> est faux.")
    refused = client.post(step(row, "approve"), {**opened, "comment": "Bien."})
    text = refused.content.decode()
    assert "asked for changes since you opened this page" in text
    assert "Le &lt;b&gt;chiffre&lt;/b&gt; est faux." in text
    assert row.approvals_now == {}
    again = {name: refused.context["form"][name].value() for name in (*opened, "comment")}
    assert again["comment"] == "Bien."
    client.post(step(row, "approve"), again)
    assert set(row.approvals_now) == {"agency"}


def test_what_was_asked_for_stands_on_the_page_of_writing_until_approval_is_asked_for_again(
    client: Client,
) -> None:
    row, editor = asked_for_changes(), person(Role.EDITOR)
    client.force_login(editor)
    write = reverse("mailings:edit", args=[row.number])
    assert "Le &lt;b&gt;chiffre&lt;/b&gt; est faux." in client.get(write).content.decode()
    changed(row, subject="Autre sujet")
    assert "Le &lt;b&gt;chiffre&lt;/b&gt; est faux." in client.get(write).content.decode()
    row.submit(by=editor)
    assert "est faux." not in client.get(write).content.decode()


def test_the_page_of_an_approval_shows_what_was_asked_to_be_changed(client: Client) -> None:
    row = asked_for_changes()
    client.force_login(person(Role.LEAD))
    page = client.get(step(row, "approve"))
    assert "Le &lt;b&gt;chiffre&lt;/b&gt; est faux." in page.content.decode()
    seen = {name: page.context["form"][name].value() for name in ("seen_hash", "seen_remark")}
    client.post(step(row, "approve"), seen)
    assert set(row.approvals_now) == {"agency"}


# --- Who is not reached ------------------------------------------------------------------------------------


def test_who_approves_reads_how_many_are_not_reached_and_why(client: Client, echevine: User) -> None:
    row = brought_to("in_review")
    client.force_login(person(Role.CABINET))
    gaps = len(overview(row).missing)
    assert gaps > 1
    without = client.get(step(row, "approve")).content.decode()
    assert f"{gaps} gaps in the coverage" in without
    assert "Nobody has written yet why" in without
    Mailing.objects.update(gap_reason="Les sièges sont vacants.")
    text = client.get(step(row, "approve")).content.decode()
    assert "It leaves with gaps: Les sièges sont vacants." in text


def test_without_a_gap_the_page_of_an_approval_says_so(client: Client) -> None:
    everybody_reachable()
    row = an_edition()
    row.revise(
        by=person(Role.EDITOR), texts=TEXTS, portfolios=["trade"], version=row.version, to_bourgmestres=False
    )
    row.submit(by=person(Role.EDITOR))
    client.force_login(person(Role.CABINET))
    assert "No gap in the coverage." in client.get(step(row, "approve")).content.decode()
