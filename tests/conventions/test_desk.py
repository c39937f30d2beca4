"""A lead at the desk: types a draft with themes and signatories, records it, terminates it; what the forms refuse."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from communes.models import Mandate
from conventions.models import Convention, Theme
from hubportal.accounts.models import JournalEntry, User
from tests.cast import COMMUNE_A
from tests.conventions.agreements import a_pdf, agree_both, begun, frozen, signed
from tests.conventions.drafts import CANARY, a_bourgmestre, a_draft, a_theme, days, recorded

pytestmark = pytest.mark.django_db

ADD = "/admin/conventions/convention/add/"


def typed(**changes: Any) -> dict[str, Any]:
    """Return what a lead types into the form of a new convention."""
    return {
        "commune": COMMUNE_A,
        "reference": "CC-2026-01",
        "in_force_from": days(-10).isoformat(),
        "in_force_until": days(900).isoformat(),
        "notice_months": "6",
        "council_decided_on": "",
        "themes-TOTAL_FORMS": "3",
        "themes-INITIAL_FORMS": "0",
        "themes-0-theme": a_theme().pk,
        "themes-0-modality_fr": "Un diagnostic par an.",
        "themes-0-modality_nl": "Eén diagnose per jaar.",
        "signatories-TOTAL_FORMS": "3",
        "signatories-INITIAL_FORMS": "0",
        "signatories-0-office": "bourgmestre",
        "signatories-0-user": a_bourgmestre().pk,
        "signatories-0-signed_on": days(-20).isoformat(),
        "signatories-1-office": "director",
        "signatories-1-name": "Hélène Directrice",
        "signatories-1-signed_on": days(-18).isoformat(),
        **changes,
    }


def refused(client: Client, **changes: Any) -> dict[str, list[str]]:
    """Send the form with changes; return the errors of the form and of its first theme and signatory, by field."""
    response: Any = client.post(ADD, typed(**changes))
    assert response.status_code == 200
    assert not Convention.objects.exists()
    found = dict(response.context["adminform"].form.errors)
    for formset in response.context["inline_admin_formsets"]:
        for form in formset.formset.forms:
            found |= form.errors
    return found


def shown(client: Client, row: Convention) -> dict[str, Any]:
    """Return what the form of a convention holds, as a browser sends it back."""
    context: Any = client.get(change_page(row)).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def change_page(row: Convention) -> str:
    """Return the address of a convention at the desk."""
    return reverse("admin:conventions_convention_change", args=[row.pk])


def step(row: Convention, verb: str) -> str:
    """Return the address of a step."""
    return f"{change_page(row).removesuffix('change/')}step/{verb}/"


@pytest.fixture
def desk(client: Client, lead: User) -> Client:
    """A lead at the desk, who reads English there."""
    User.objects.filter(pk=lead.pk).update(language="en")
    client.force_login(lead)
    return client


def test_a_lead_types_a_draft_and_records_it(desk: Client) -> None:
    assert desk.get(ADD).status_code == 200
    response = desk.post(ADD, typed())
    assert response.status_code == 302, refused(desk)
    row = Convention.objects.get()
    assert (row.status, row.themes.count()) == ("draft", 1)
    assert [(found.party, found.name) for found in row.signatories.order_by("pk")] == [
        ("commune", a_bourgmestre().full_name), ("agency", "Hélène Directrice"),
    ]  # fmt: skip
    page = desk.get(change_page(row)).content.decode()
    assert step(row, "record") in page
    assert step(row, "terminate") not in page
    assert desk.get(step(row, "record")).status_code == 200
    assert desk.post(step(row, "record")).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.signed_on) == ("signed", days(-18))


def test_what_is_typed_is_journalled_without_its_words(desk: Client) -> None:
    desk.post(ADD, typed())
    entries = JournalEntry.objects.filter(kind="recorded", target_type__startswith="conventions.")
    assert sorted(entries.values_list("target_type", flat=True)) == [
        "conventions.convention", "conventions.conventiontheme",
        "conventions.signatory", "conventions.signatory",
    ]  # fmt: skip
    assert "diagnostic" not in str(list(entries.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"in_force_until": days(-11).isoformat()}, "in_force_until"),
        ({"in_force_from": "31.02.2026"}, "in_force_from"),
        ({"reference": "cc 2026/1"}, "reference"),
        ({"reference": "A" * 100_000}, "reference"),
        ({"notice_months": "25"}, "notice_months"),
        ({"notice_months": "-1"}, "notice_months"),
        ({"commune": "21020"}, "commune"),
        ({"themes-0-theme": "no-such-theme"}, "theme"),
        ({"themes-0-modality_nl": ""}, "modality_nl"),
        ({"themes-0-modality_fr": ""}, "modality_fr"),
        ({"signatories-0-office": "nonsense"}, "office"),
        ({"signatories-0-user": ""}, "user"),
        ({"signatories-1-name": " "}, "name"),
        ({"signatories-0-user": "", "signatories-0-name": "Jeanne"}, "user"),
        ({"signatories-0-office": "echevin"}, "user"),
        ({"signatories-0-signed_on": days(1).isoformat()}, "signed_on"),
        ({"signatories-0-signed_on": ""}, "signed_on"),
        ({"signatories-0-signed_on": "2018-11-30"}, "user"),
    ],
)
def test_refused_beside_its_field(desk: Client, changes: dict[str, Any], field: str) -> None:
    errors = refused(desk, **changes)
    assert list(errors) == [field], errors


def test_a_reference_that_exists_is_refused(desk: Client) -> None:
    a_draft("21002", "CC-2026-01")
    response: Any = desk.post(ADD, typed())
    assert list(response.context["adminform"].form.errors) == ["reference"]


def test_a_bourgmestre_of_another_commune_is_refused(desk: Client) -> None:
    errors = refused(desk, **{"signatories-0-user": a_bourgmestre("21002").pk})
    assert "did not hold this office" in errors["user"][0]


def test_what_was_typed_is_still_there_after_a_refusal(desk: Client) -> None:
    response = desk.post(ADD, typed(reference="cc", **{"themes-0-modality_nl": "Eén diagnose, bewaard"}))
    assert "Eén diagnose, bewaard" in response.content.decode()


def test_a_draft_that_is_not_whole_can_be_saved_and_not_recorded(desk: Client) -> None:
    data = typed(**{"signatories-1-office": "", "signatories-1-name": "", "signatories-1-signed_on": ""})
    assert desk.post(ADD, data).status_code == 302
    row = Convention.objects.get()
    response = desk.post(step(row, "record"))
    assert response.status_code == 200
    assert "Both parties sign" in response.content.decode()
    row.refresh_from_db()
    assert row.status == "draft"


def test_an_overlap_is_refused_at_the_step(desk: Client) -> None:
    recorded(in_force_from=days(-100))
    row = a_draft(reference="CC-2020-01", in_force_from=days(-500), in_force_until=days(-50))
    response = desk.post(step(row, "record"))
    assert "another convention in force" in response.content.decode()
    row.refresh_from_db()
    assert row.status == "draft"


def test_a_double_click_is_no_error_but_a_second_person_reads_who_was_first(
    desk: Client, lead: User, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is: the second click comes at once.
    monkeypatch.setattr("hubportal.workflow.table.TWICE", timedelta(hours=1))
    row = a_draft()
    for _ in range(2):
        page = desk.post(step(row, "record"), follow=True).content.decode()
        assert "plus rapide" not in page
    desk.force_login(admin)
    page = desk.post(step(row, "record"), follow=True).content.decode()
    assert "plus rapide" in page
    assert lead.full_name in page
    assert row.events.count() == 1


def test_a_row_is_taken_out_of_a_draft_and_journalled(desk: Client) -> None:
    desk.post(ADD, typed())
    row = Convention.objects.get()
    theme = row.themes.get()
    data = typed(**{
        "themes-INITIAL_FORMS": "1", "themes-0-id": theme.pk, "themes-0-convention": row.pk,
        "themes-0-DELETE": "on", "signatories-TOTAL_FORMS": "0",
    })  # fmt: skip
    assert desk.post(change_page(row), data).status_code == 302
    assert not row.themes.exists()
    assert JournalEntry.objects.filter(kind="deleted", target_type="conventions.conventiontheme").exists()


def test_a_signed_one_is_read_only(desk: Client) -> None:
    row = recorded()
    page = desk.get(change_page(row)).content.decode()
    assert CANARY in page
    assert "<textarea" not in page
    assert 'name="_save"' not in page
    assert desk.post(change_page(row), typed()).status_code == 403
    row.refresh_from_db()
    assert row.reference == "CC-2025-01"


def test_a_lead_terminates_with_errors_beside_the_field(desk: Client) -> None:
    row = recorded()
    data = {"notice_given_on": days(-10).isoformat(), "ends_on": days(5).isoformat(), "reason": "Fusion"}
    response: Any = desk.post(step(row, "terminate"), data)
    assert list(response.context["form"].errors) == ["ends_on"]
    assert "Fusion" in response.content.decode()
    assert desk.post(step(row, "terminate"), data | {"ends_on": days(200).isoformat()}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.in_force_until) == ("terminated", days(200))
    assert "Fusion" in desk.get(change_page(row)).content.decode()


@pytest.mark.parametrize("person", ["spoc", "editor", "director"])
def test_others_of_the_agency_read_and_do_not_act(
    person: str, client: Client, request: pytest.FixtureRequest
) -> None:
    row = a_draft()
    client.force_login(request.getfixturevalue(person))
    page = client.get(change_page(row)).content.decode()
    assert CANARY in page
    assert "/step/" not in page
    assert client.get(ADD).status_code == 403
    assert client.post(change_page(row), typed()).status_code == 403
    assert client.post(step(row, "record")).status_code == 403
    assert Convention.objects.get().status == "draft"


def test_a_step_that_is_the_portal_s_own_has_no_page(desk: Client) -> None:
    assert desk.get(step(recorded(), "supersede")).status_code == 404


@pytest.mark.parametrize(
    ("choice", "references"),
    [("draft", ["D"]), ("in_force", ["N"]), ("later", ["L"]), ("over", ["O"]), ("", ["D", "L", "N", "O"])],
)
def test_the_filter_of_today(desk: Client, choice: str, references: list[str]) -> None:
    recorded(reference="O", in_force_from=days(-900), in_force_until=days(-500))
    recorded(reference="N", in_force_until=days(99))
    recorded(reference="L", in_force_from=days(100))
    a_draft(reference="D")
    response: Any = desk.get("/admin/conventions/convention/", {"today": choice})
    assert sorted(row.reference for row in response.context["cl"].result_list) == references


def test_a_lead_keeps_the_themes(desk: Client) -> None:
    data = {"code": "tourism", "name_fr": "Tourisme", "name_nl": "Toerisme", "kind": "", "position": "60"}
    address = "/admin/conventions/theme/add/"
    refused_name: Any = desk.post(address, data | {"name_nl": ""})
    assert list(refused_name.context["adminform"].form.errors) == ["name_nl"]
    refused_code: Any = desk.post(address, data | {"code": "Tourisme !"})
    assert list(refused_code.context["adminform"].form.errors) == ["code"]
    assert desk.post(address, data).status_code == 302
    theme = Theme.objects.get(pk="tourism")
    page = desk.get(reverse("admin:conventions_theme_change", args=[theme.pk])).content.decode()
    assert 'name="code"' not in page


def test_a_mandate_that_ended_since_is_no_hindrance(desk: Client) -> None:
    draft = a_draft()
    Mandate.objects.filter(office="bourgmestre").update(ends_on=days(-50))
    assert desk.post(step(draft, "record")).status_code == 302


def test_a_lead_takes_an_agreement_through_its_cycle(desk: Client, lead: User) -> None:
    row = begun()
    signatory = row.signatories.get(office="secretary")
    signing = {"signatory": signatory.pk, "signed_on": days(0).isoformat(), "method": "qualified"}
    for verb, data, status in (
        ("share", {}, "negotiation"),
        ("agree", {"party": "agency"}, "negotiation"),
        ("agree", {"party": "commune", "note": "Lettre du 3 mars"}, "negotiation"),
        ("freeze", {}, "to_sign"),
        ("sign", {**signing, "upload": a_pdf()}, "to_sign"),
        ("send_back", {"comment": "Une coquille"}, "negotiation"),
        ("abandon", {"reason": "La commune renonce"}, "abandoned"),
    ):
        assert desk.get(step(row, verb)).status_code == 200
        response = desk.post(step(row, verb), data)
        assert response.status_code == 302, response.content.decode()
        row.refresh_from_db()
        assert row.status == status


def test_what_a_signature_lacks_is_said_beside_its_field(desk: Client) -> None:
    row = frozen()
    signing = {"signatory": row.signatories.get(office="secretary").pk, "method": "qualified"}
    data = {**signing, "signed_on": days(0).isoformat(), "upload": a_pdf(b"GIF89a")}
    response: Any = desk.post(step(row, "sign"), data)
    assert list(response.context["form"].errors) == ["upload"]
    assert not row.evidence.exists()


def test_the_names_of_a_theme_that_was_signed_stay(desk: Client) -> None:
    theme = frozen().themes.get().theme
    page = desk.get(reverse("admin:conventions_theme_change", args=[theme.pk])).content.decode()
    assert 'name="name_fr"' not in page
    assert 'name="position"' in page


def test_who_will_sign_is_written_without_a_day_once_there_is_a_text(desk: Client, lead: User) -> None:
    row = signed(first_day=days(-400)).renew(by=lead)
    people = [
        {"office": "bourgmestre", "user": a_bourgmestre().pk}, {"office": "secretary", "name": "Odette"},
        {"office": "director", "name": "Hélène"}, {"office": "representative", "name": "Paul"},
    ]  # fmt: skip
    typed_in = {
        f"signatories-{n}-{key}": value for n, row_ in enumerate(people) for key, value in row_.items()
    }
    data = shown(desk, row) | typed_in | {"signatories-TOTAL_FORMS": "4"}
    assert desk.post(change_page(row), data).status_code == 302
    row.share(by=lead)
    agree_both(row)
    row.freeze(by=lead)
    assert row.status == "to_sign"


def test_a_modality_that_somebody_else_changed_is_not_written_over(desk: Client, lead: User) -> None:
    row = signed(first_day=days(-400)).renew(by=lead)
    theme, data = row.themes.get(), shown(desk, row)
    theme.revise(by=lead, version=theme.version, modality_fr="Le texte d’une autre personne.")
    data |= {"themes-0-modality_fr": "Le mien."}
    assert "Somebody changed this while you were typing" in desk.post(change_page(row), data).content.decode()
    theme.refresh_from_db()
    assert (theme.modality_fr, theme.version) == ("Le texte d’une autre personne.", 2)
