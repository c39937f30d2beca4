"""What first readers stumbled over: nothing is dropped, shortened or taken away without a word."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from conventions import jobs
from conventions.models import Comment, Convention, ProjectAgreement
from conventions.pdf import markup
from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from tests.cast import Cast, grant
from tests.conventions.agreements import (
    a_pdf,
    agree_both,
    an_amendment,
    begun,
    frozen,
    shared,
    sign_all,
    sign_amendment,
    sign_one,
    signed,
)
from tests.conventions.drafts import a_lead, days, recorded
from tests.conventions.pages import at, errors, next_of, read, said, seen, send, step

pytestmark = pytest.mark.django_db
PROJECT: dict[str, Any] = {
    "title_fr": "Rue pilote", "title_nl": "Pilootstraat", "text_fr": "Un essai.", "text_nl": "Een proef.",
}  # fmt: skip


# --- Projects --------------------------------------------------------------------------------------------------


def test_two_projects_that_differ_in_their_days_or_file_only_are_two(lead: User) -> None:
    row = begun()
    one = ProjectAgreement.objects.annex(convention=row, by=lead, **PROJECT)
    assert ProjectAgreement.objects.annex(convention=row, by=lead, **PROJECT) == one
    later = ProjectAgreement.objects.annex(convention=row, by=lead, starts_on=days(30), **PROJECT)
    with_file = ProjectAgreement.objects.annex(convention=row, by=lead, upload=a_pdf(), **PROJECT)
    assert len({one.pk, later.pk, with_file.pk}) == 3


def test_a_preview_says_that_the_file_must_be_chosen_again(client: Client, cast: Cast) -> None:
    row = begun()
    address = at(row, "edit-new", kind="projects")
    response = send(client, cast.lead, address, **PROJECT, upload=a_pdf(), then="preview")
    assert "browser" in errors(response)["upload"][0] or "navigateur" in errors(response)["upload"][0]
    assert not row.projects.exists()


def test_the_document_of_a_draft_holds_the_projects_that_would_be_signed(lead: User) -> None:
    row = begun()
    ProjectAgreement.objects.annex(convention=row, by=lead, **PROJECT)
    assert "Pilootstraat" in markup(row)
    # One annexed after the signature is a document of its own.
    old = signed(commune="21002")
    ProjectAgreement.objects.annex(convention=old, by=lead, **PROJECT)
    assert "Pilootstraat" not in markup(old)


# --- The council -----------------------------------------------------------------------------------------------


def test_the_day_of_the_council_is_asked_for_and_can_be_written_once_after_the_signature(
    client: Client, cast: Cast
) -> None:
    row = frozen()
    words = "council decided is not written yet"
    with translation.override("en"):
        assert words in read(client, cast.lead, step(row, "sign"))
    sign_all(row)
    for wrong in (days(1), days(-20_000)):
        mark = seen(client, cast.lead, at(row, "edit-council"))
        response = send(client, cast.lead, at(row, "edit-council"), council_decided_on=wrong, seen=mark)
        assert list(errors(response)) == ["council_decided_on"]
    mark = seen(client, cast.lead, at(row, "edit-council"))
    send(client, cast.lead, at(row, "edit-council"), council_decided_on=days(-3), seen=mark)
    row.refresh_from_db()
    assert row.council_decided_on == days(-3)
    response = send(client, cast.lead, at(row, "edit-council"), council_decided_on=days(-2), seen=mark)
    row.refresh_from_db()
    assert row.council_decided_on == days(-3)
    assert said(response)


def test_the_council_did_not_decide_after_the_signature(lead: User) -> None:
    row = signed()
    Convention.objects.filter(pk=row.pk).update(signed_on=days(-5))
    row.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        row.set_council_decision(by=lead, on=days(-4))
    assert "council_decided_on" in refused.value.error_dict


# --- The one that ends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["agree", "freeze"])
def test_who_agrees_or_freezes_reads_which_one_ends_and_when(verb: str, client: Client, cast: Cast) -> None:
    recorded(in_force_until=days(900))
    row = shared(first_day=days(40))
    if verb == "freeze":
        agree_both(row)
    with translation.override("en"):
        html = read(client, cast.lead, step(row, verb))
        assert "CC-2025-01 ends on" in html
        assert "instead of" in html
        assert "CC-2025-01 ends on" in read(client, cast.lead, at(row, "edit"))
        assert "CC-2025-01 ends on" in read(client, cast.echevine, at(row))
        row.set_term(by=cast.lead, in_force_from=days(901), in_force_until=days(1500))
        assert "CC-2025-01 ends on" not in read(client, cast.lead, at(row))


@pytest.mark.parametrize(
    ("first", "last"), [(days(40), days(40 + 4500)), (days(-20_000), days(10)), (days(40), days(90_000))]
)
def test_a_term_that_nobody_means_is_refused(first: Any, last: Any, lead: User) -> None:
    with pytest.raises(ValidationError) as refused:
        begun().set_term(by=lead, in_force_from=first, in_force_until=last)
    assert {"in_force_from", "in_force_until"} & set(refused.value.error_dict)


def test_a_renewal_begins_after_what_it_renews(lead: User) -> None:
    old = signed()
    draft = old.renew(by=lead)
    with pytest.raises(ValidationError) as refused:
        draft.set_term(by=lead, in_force_from=old.in_force_from, in_force_until=days(900))
    assert list(refused.value.error_dict) == ["in_force_from"]


def test_a_notice_ends_within_six_years(lead: User) -> None:
    row = recorded(in_force_until=None)
    with pytest.raises(ValidationError) as refused:
        row.terminate(by=lead, notice_given_on=days(0), ends_on=days(26_000), reason="Fusion")
    assert list(refused.value.error_dict) == ["ends_on"]


# --- Search ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["Nouveau", "nieuw"])
def test_words_of_an_amendment_find_its_convention(
    words: str, client: Client, echevine: User, stranger: User
) -> None:
    row = an_amendment()
    rows = Convention.objects.all()
    assert not rows.found_by(echevine, words).exists()
    sign_amendment(row)
    assert rows.found_by(echevine, words).get() == row.convention
    assert not rows.found_by(stranger, words).exists()


# --- Comments --------------------------------------------------------------------------------------------------


def written() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind="convention comments").order_by("pk"))


def test_comments_are_told_to_the_other_party_in_one_mail_once_their_author_pauses(
    echevine: User, spoc: User, lead: User
) -> None:
    row = shared()
    OutboxMessage.objects.all().delete()
    for number in (1, 2):
        Comment.objects.write(
            on=row.articles.get(number=number), by=echevine, text=f"Et l’article {number} ?"
        )
    now = timezone.now()
    assert jobs.tell_comments(now + timedelta(minutes=14)) == 0
    assert jobs.tell_comments(now + timedelta(minutes=16)) == 2
    assert jobs.tell_comments(now + timedelta(minutes=17)) == 0
    assert {mail.person for mail in written()} >= {spoc}
    assert echevine not in {mail.person for mail in written()}
    assert "Et l’article 1 ?" in written()[0].text
    assert "Et l’article 2 ?" in written()[0].text
    # The answer goes the other way.
    Comment.objects.write(on=row.articles.get(number=1), by=lead, text="Corrigé.")
    assert jobs.tell_comments(timezone.now() + timedelta(minutes=16)) == 1
    assert echevine in {mail.person for mail in written() if "Corrigé." in mail.text}


def test_nobody_is_told_of_what_was_resolved_or_is_not_discussed(echevine: User, lead: User) -> None:
    row = shared()
    for number in (1, 2):
        Comment.objects.write(on=row.articles.get(number=number), by=echevine, text="Et ceci ?")
    Comment.objects.order_by("pk")[0].resolve(by=lead)
    assert jobs.tell_comments(timezone.now() + timedelta(hours=1)) == 1
    row.send_back(by=lead, comment="Non")
    Comment.objects.update(told_at=None)
    assert jobs.tell_comments(timezone.now() + timedelta(hours=1)) == 0


def test_ones_own_comments_are_no_step(client: Client, cast: Cast) -> None:
    row = shared()
    Comment.objects.write(on=row.articles.get(number=1), by=cast.lead, text="Voyez ici.")
    with translation.override("en"):
        assert "answer" not in next_of(read(client, cast.lead, at(row)))
        Comment.objects.write(on=row.articles.get(number=1), by=cast.echevine, text="Pourquoi ?")
        assert "answer the comments" in next_of(read(client, cast.lead, at(row)))


def test_who_freezes_reads_which_parties_have_not_agreed(client: Client, cast: Cast) -> None:
    row = shared()
    with translation.override("en"):
        html = read(client, cast.lead, step(row, "freeze"))
    assert "The agency has not agreed" in html
    assert "The commune has not agreed" in html


# --- Who signs -------------------------------------------------------------------------------------------------


def test_a_director_who_is_to_sign_reads_it_at_home_and_in_a_mail(client: Client) -> None:
    director = grant(Role.DIRECTOR)
    row = shared()
    old = row.signatories.get(office="director")
    old.remove(by=a_lead())
    row.add_signatory(by=a_lead(), office="director", user=director)
    agree_both(row)
    row.freeze(by=a_lead())
    assert OutboxMessage.objects.filter(person=director, kind="convention freeze").count() == 1
    with translation.override("en"):
        home = read(client, director, "/en/")
        assert row.reference in home
        assert "sign outside the portal" in home
        assert "sign outside the portal" in next_of(read(client, director, at(row)))
    sign_one(row, "director")
    assert row.reference not in read(client, director, "/en/")


@pytest.mark.parametrize(("office", "name"), [("secretary", "Quelqu’un d’autre"), ("bourgmestre", "")])
def test_one_person_signs_as_secretary_or_bourgmestre(office: str, name: str, lead: User) -> None:
    row = begun()
    user = row.signatories.get(office="bourgmestre").user if office == "bourgmestre" else None
    with pytest.raises(ValidationError):
        row.add_signatory(by=lead, office=office, name=name, user=user)


def test_a_name_beside_a_chosen_person_is_not_dropped(client: Client, cast: Cast) -> None:
    row = begun()
    row.signatories.get(office="bourgmestre").remove(by=cast.lead)
    html = read(client, cast.lead, at(row, "signatory-new"))
    who = html.partition('value="mandate-')[2].partition('"')[0]
    response = send(client, cast.lead, at(row, "signatory-new"), who=f"mandate-{who}", name="Autre Nom")
    assert list(errors(response)) == ["name"]


# --- Two who write ---------------------------------------------------------------------------------------------


def test_a_box_that_the_second_one_did_not_touch_takes_the_first_ones_words(
    client: Client, cast: Cast
) -> None:
    row = begun()
    article = row.articles.get(number=4)
    address = at(row, "edit-part", kind="articles", pk=article.pk)
    html = read(client, cast.spoc, address)
    shown = html.partition('name="shown" value="')[2].partition('"')[0]
    typed = {"version": article.version, "shown": shown, **article.texts, "body_fr": "Le texte du référent."}
    article.revise(by=cast.lead, version=article.version, body_nl="De tekst van de lead.")
    response = send(client, cast.spoc, address, **typed)
    form = response.context["form"]
    assert form["body_nl"].value() == "De tekst van de lead."
    assert form["body_fr"].value() == "Le texte du référent."
    again = {name: form[name].value() for name in ("version", "shown", *article.TEXTS)}
    send(client, cast.spoc, address, **again)
    article.refresh_from_db()
    assert (article.body_fr, article.body_nl) == ("Le texte du référent.", "De tekst van de lead.")


# --- Sessions --------------------------------------------------------------------------------------------------


def test_what_was_written_when_the_session_ended_is_shown_to_be_copied(client: Client) -> None:
    row = begun()
    address = at(row, "edit-part", kind="articles", pk=row.articles.get(number=4).pk)
    words = {"body_fr": "Un long texte <b>réécrit</b>", "version": "1"}
    response = client.post(address, words, headers={"origin": "http://testserver"})
    assert response.status_code == 403
    assert "Un long texte &lt;b&gt;réécrit&lt;/b&gt;" in response.text
    assert "/sign-in/?next=" in response.text
    assert client.post(address, words).status_code == 302
    assert client.get(address).status_code == 302


def test_what_is_too_long_is_not_cut_by_the_browser(client: Client, cast: Cast) -> None:
    row = begun()
    address = at(row, "edit-part", kind="articles", pk=row.articles.get(number=4).pk)
    assert "maxlength" not in read(client, cast.lead, address).partition("<main")[2]
    article = row.articles.get(number=4)
    typed = {"version": article.version, **article.texts, "title_fr": "x" * 20_000}
    response = send(client, cast.lead, address, **typed)
    assert list(errors(response)) == ["title_fr"]
    assert "x" * 20_000 in response.content.decode()


def test_the_tick_tells_of_comments(echevine: User) -> None:
    row = shared()
    Comment.objects.write(on=row.articles.get(number=1), by=echevine, text="Et ceci ?")
    Comment.objects.update(at=timezone.now() - timedelta(hours=1))
    call_command("tick")
    assert Comment.objects.get().told_at is not None


# --- The second reader -----------------------------------------------------------------------------------------


def test_the_document_says_what_is_signed_of_a_tacit_term_and_of_a_project(lead: User) -> None:
    row = begun()
    row.set_term(
        by=lead, in_force_from=days(40), in_force_until=None, first_period_until=days(400), renewal_months=12
    )
    ProjectAgreement.objects.annex(
        convention=row,
        by=lead,
        starts_on=days(50),
        ends_on=days(60),
        upload=a_pdf(name="plan-2.pdf"),
        **PROJECT,
    )
    html = markup(row)
    for words in (f"{days(400):%d.%m.%Y}", "12 mois", f"{days(50):%d.%m.%Y}", f"{days(60):%d.%m.%Y}"):
        assert words in html
    assert row.projects.get().sha256 in html
    assert "plan-2.pdf" in html


@pytest.mark.parametrize(("language", "title"), [("fr", "Parties"), ("nl", "Partijen")])
def test_the_history_names_articles_in_the_readers_language(
    language: str, title: str, client: Client, cast: Cast
) -> None:
    row = begun()
    with translation.override(language):
        assert f"1. {title}" in read(client, cast.lead, at(row, "history"))
        assert f'<span lang="{language}">{title}' in read(client, cast.lead, at(row, "edit"))


def test_a_director_is_chosen_as_a_person(client: Client, cast: Cast) -> None:
    row = begun()
    row.signatories.get(office="director").remove(by=cast.lead)
    send(client, cast.lead, at(row, "signatory-new"), who=f"director-{cast.director.pk}")
    assert row.signatories.get(office="director").user == cast.director


def test_one_word_and_no_mark_is_shown_when_the_session_ended(client: Client) -> None:
    words = {"title_nl": "Eenwoord", "shown": "ab12 cd34", "body_fr": ""}
    answer = client.post("/fr/conventions/", words, headers={"origin": "http://testserver"})
    assert "Eenwoord" in answer.text
    assert "ab12" not in answer.text
    assert answer.text.count("<textarea") == 1


def test_one_that_ends_in_the_future_is_not_told_as_past(client: Client, cast: Cast) -> None:
    row = signed(first_day=days(10))
    row.terminate(by=cast.lead, notice_given_on=days(-400), ends_on=days(30), reason="Fusion")
    with translation.override("en"):
        html = read(client, cast.lead, at(row))
    assert "ended on" not in html
    assert "binds both parties until" in html


def test_a_project_beside_a_signed_one_is_reached_and_kept_in_the_history(client: Client, cast: Cast) -> None:
    row = signed()
    address = at(row, "edit-new", kind="projects")
    assert address in read(client, cast.spoc, at(row))
    assert address not in read(client, cast.echevine, at(row))
    response = send(client, cast.spoc, address, **PROJECT)
    assert response.redirect_chain[-1][0] == at(row)
    assert "notice--bad" not in response.content.decode().partition("</main>")[0]
    project = row.projects.get()
    assert at(row, "edit-part", kind="projects", pk=project.pk) in read(client, cast.spoc, at(row))
    assert "Rue pilote" in read(client, cast.echevine, at(row, "history"))


def test_who_signs_an_amendment_reads_that_the_last_day_moves(client: Client, cast: Cast) -> None:
    row = an_amendment(new_last_day=days(1200))
    row.share(by=cast.lead)
    with translation.override("en"):
        html = read(client, cast.lead, step(row, "agree"))
    assert f"{row.convention.reference} ends on {days(1200):%d.%m.%Y} then" in html


def test_who_begins_one_is_told_of_the_one_in_force(client: Client, cast: Cast) -> None:
    recorded()
    response = send(client, cast.lead, "/fr/conventions/new/", commune="21001")
    assert "CC-2025-01" in said(response)


def test_the_days_and_the_document_of_a_project_can_be_changed(
    client: Client, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    row = begun()
    project = ProjectAgreement.objects.annex(convention=row, by=cast.lead, upload=a_pdf(), **PROJECT)
    former, address = project.file.name, at(row, "edit-part", kind="projects", pk=project.pk)
    assert "signed.pdf" in read(client, cast.lead, address)
    typed = {"version": 1, **PROJECT, "starts_on": days(5), "ends_on": days(3)}
    assert list(errors(send(client, cast.lead, address, **typed))) == ["ends_on"]
    project.refresh_from_db()
    assert (project.starts_on, project.version) == (None, 1)
    with django_capture_on_commit_callbacks(execute=True):
        new = a_pdf(b"%PDF-1.7 other", "other.pdf")
        send(client, cast.lead, address, **typed | {"ends_on": days(9), "upload": new})
    project.refresh_from_db()
    assert (project.starts_on, project.ends_on, project.name, project.version) == (
        days(5),
        days(9),
        "other.pdf",
        2,
    )
    assert not project.file.storage.exists(former)
    # A form of before: nothing is written over.
    response = send(client, cast.lead, address, **typed | {"starts_on": days(6), "ends_on": days(9)})
    assert response.context["form"].non_field_errors()
    project.refresh_from_db()
    assert project.starts_on == days(5)
    # Once it was signed with the convention it stays.
    send(client, cast.lead, address, version=2, **PROJECT, starts_on=days(5), ends_on=days(9))
    ProjectAgreement.objects.filter(pk=project.pk).update(is_frozen=True)
    with pytest.raises(ValidationError):
        project.arrange(by=cast.lead, version=2, starts_on=days(7), ends_on=days(9))
