"""Asking: choose, fill in, check, submit; drafts; what is refused."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from communes.models import Delegation, District, MerchantsAssociation
from conventions.models import ConventionTheme
from hubportal.accounts.models import User
from spoc.models import RequestFile, ServiceRequest
from tests.cast import COMMUNE_A, COMMUNE_B
from tests.conventions.drafts import recorded
from tests.spoc.stories import a_draft, a_file, brought_to, day, mails
from tests.spoc_pages.filled import filled

pytestmark = pytest.mark.django_db


def begin(client: Client, kind: str = "audit", **changes: object) -> ServiceRequest:
    """Fill in the pages one after the other and return the draft."""
    response = walk(client, kind, **changes)
    assert response.status_code == 302, response.context["form"].errors
    return ServiceRequest.objects.latest("changed_at")


def walk(client: Client, kind: str, **changes: object) -> Any:
    """Fill in the pages until one is refused, or the check or the list follows; return the last answer."""
    address = reverse("spoc:request-begin", args=[kind])
    while True:
        response = client.post(address, filled(kind, **changes))
        if response.status_code != 302 or "/edit/" not in response.headers["Location"]:
            return response
        address = response.headers["Location"]


def edit(row: ServiceRequest, page: str = "subject") -> str:
    """Return the address of a page of a draft."""
    return reverse("spoc:request-edit", args=[row.pk, page])


def errors_of(client: Client, kind: str = "audit", **changes: object) -> dict[str, list[str]]:
    """Return the errors of a form, by field; each is shown at its field and in the summary."""
    response = walk(client, kind, **changes)
    assert response.status_code == 200
    page, form = response.content.decode(), response.context["form"]
    assert "<title>Erreur" in page
    for name in form.errors:
        assert name == "__all__" or f'id="id_{name}_error"' in page
    # Nothing of the page that was refused is kept.
    if draft := ServiceRequest.objects.first():
        own = draft.details
        for name in form.errors:
            assert not getattr(own if own and hasattr(own, name) else draft, name, None)
    return dict(form.errors)


@pytest.mark.parametrize("kind", ["audit", "development", "chantier"])
def test_each_service_can_be_asked_for(kind: str, client: Client, echevine: User, spoc: User) -> None:
    client.force_login(echevine)
    chosen = client.get(reverse("spoc:request-new"), {"kind": kind})
    assert chosen.headers["Location"] == reverse("spoc:request-begin", args=[kind])
    assert client.get(chosen.headers["Location"]).status_code == 200
    row = begin(client, kind)
    assert (row.status, row.commune_id, row.created_by) == ("draft", COMMUNE_A, echevine)
    check = client.get(reverse("spoc:request-check", args=[row.pk]))
    assert "Rue Wayez" in check.content.decode()
    assert "#id_title" in check.content.decode()
    sent = client.post(reverse("spoc:request-submit", args=[row.pk]), follow=True)
    row.refresh_from_db()
    page = sent.content.decode()
    assert row.status == "submitted"
    assert row.reference
    assert row.reference in page
    assert "Bilal Spoc" in page
    assert spoc.phone in page
    assert [mail.person for mail in mails("receipt")] == [echevine]


def test_choosing_nothing_is_said_at_the_field(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    page = client.get(reverse("spoc:request-new"), {"kind": ""}).content.decode()
    assert 'class="errors"' in page
    assert "field__error" in page


def test_no_other_service_exists(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert client.get(reverse("spoc:request-begin", args=["parking"])).status_code == 404


def test_a_draft_is_found_again_continued_and_taken_back(
    client: Client, echevine: User, delegate: User
) -> None:
    client.force_login(echevine)
    row = begin(client, then="later")
    client.force_login(delegate)
    check = reverse("spoc:request-check", args=[row.pk])
    for name in ("home", "spoc:request-list"):
        assert check in client.get(reverse(name)).content.decode()
    assert client.get(reverse("spoc:request-continue", args=[row.pk])).url == edit(row, "details")
    assert "Rue Wayez" in client.get(edit(row)).content.decode()
    client.post(edit(row), filled(title="Rue Wayez, phase 2"))
    client.post(edit(row, "details"), filled(perimeter="Cureghem sud"))
    row = ServiceRequest.objects.get(pk=row.pk)
    assert (row.title, row.auditdetails.perimeter) == ("Rue Wayez, phase 2", "Cureghem sud")
    client.post(reverse("spoc:request-step", args=[row.pk, "withdraw"]))
    row.refresh_from_db()
    assert row.status == "withdrawn"
    assert mails() == []


def test_a_theme_of_the_convention_in_force_is_offered_and_kept(client: Client, echevine: User) -> None:
    theme = ConventionTheme.objects.get(convention=recorded())
    client.force_login(echevine)
    row = begin(client, then="later")
    client.post(edit(row, "details"), filled())
    assert theme.theme.name in client.get(edit(row, "basis")).content.decode()
    assert begin(client, convention_theme=theme.pk, outside_reason="").convention_theme == theme


def test_without_theme_or_reason_nothing_is_kept(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert set(errors_of(client, outside_reason=" ")) == {"outside_reason"}
    recorded()
    assert set(errors_of(client, outside_reason="")) == {"convention_theme"}


def test_a_theme_and_a_reason_contradict_each_other(client: Client, echevine: User) -> None:
    theme = ConventionTheme.objects.get(convention=recorded())
    client.force_login(echevine)
    assert set(errors_of(client, convention_theme=theme.pk)) == {"outside_reason"}


def test_a_theme_that_is_no_longer_in_force_is_refused_with_a_link(client: Client, echevine: User) -> None:
    convention = recorded()
    theme = ConventionTheme.objects.get(convention=convention)
    row = a_draft(echevine, outside_reason="", convention_theme=theme)
    type(convention).objects.filter(pk=convention.pk).update(in_force_until=day(-1))
    client.force_login(echevine)
    answer = client.post(reverse("spoc:request-submit", args=[row.pk]))
    page = answer.content.decode()
    assert f"{edit(row, 'basis')}#id_convention_theme" in page
    assert row.title in page
    row.refresh_from_db()
    assert row.status == "draft"
    assert client.get(edit(row, "basis")).status_code == 200


def test_a_draft_whose_convention_is_over_can_be_mended(client: Client, echevine: User) -> None:
    convention = recorded()
    theme = ConventionTheme.objects.get(convention=convention)
    row = a_draft(echevine, outside_reason="", convention_theme=theme)
    type(convention).objects.filter(pk=convention.pk).update(in_force_until=day(-1))
    client.force_login(echevine)
    basis = edit(row, "basis")
    assert set(client.post(basis, filled(outside_reason="")).context["form"].errors) == {"outside_reason"}
    assert client.post(basis, filled(outside_reason="Elle est finie.")).status_code == 302
    row.refresh_from_db()
    assert (row.convention_theme, row.outside_reason) == (None, "Elle est finie.")


@pytest.mark.parametrize(
    ("kind", "name", "page"),
    [
        ("audit", "wanted", "details"),
        ("chantier", "road_type", "works"),
        ("chantier", "shops_touched", "effects"),
    ],
)
def test_each_answer_to_check_leads_to_its_field(
    kind: str, name: str, page: str, client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    row = begin(client, kind)
    there = edit(row, page)
    assert f"{there}#id_{name}" in client.get(reverse("spoc:request-check", args=[row.pk])).content.decode()
    assert f'id="id_{name}"' in client.get(there).content.decode()


def test_an_end_before_the_start_is_said_at_the_end_and_nothing_is_lost(
    client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    wrong = {"starts_on": "2027-03-01", "ends_on": "2027-02-01"}
    assert set(errors_of(client, "chantier", **wrong)) == {"ends_on"}
    page = walk(client, "chantier", **wrong).content.decode()
    for kept in ("Rue Wayez, 12 à 96", 'value="2027-03-01"', 'value="2027-02-01"'):
        assert kept in page


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("audit", {"wanted": []}, "wanted"),
        ("audit", {"wanted": ["gold"]}, "wanted"),
        ("audit", {"title": ""}, "title"),
        ("audit", {"title": "x" * 100_000}, "title"),
        ("audit", {"description": "x" * 2001}, "description"),
        ("audit", {"needed_on": "demain"}, "needed_on"),
        ("audit", {"needed_on": "2026-01-05"}, "needed_on"),
        ("development", {"wished_on": "2026-01-05"}, "wished_on"),
        ("development", {"aim": "world"}, "aim"),
        ("chantier", {"starts_on": "31.02.2027"}, "starts_on"),
        ("chantier", {"shops_touched": "-1"}, "shops_touched"),
        ("chantier", {"shops_touched": "99999999999"}, "shops_touched"),
        ("chantier", {"streets": "nul\x00"}, "streets"),
    ],
)
def test_wrong_answers_are_said_at_their_field(
    kind: str, changes: dict[str, object], field: str, client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    assert set(errors_of(client, kind, **changes)) == {field}


def test_what_belongs_to_another_commune_is_no_choice(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    district = District.objects.create(commune_id=COMMUNE_B, name_fr="Loin", name_nl="Ver")
    association = MerchantsAssociation.objects.create(commune_id=COMMUNE_B, name="Loin")
    theme = ConventionTheme.objects.get(convention=recorded(COMMUNE_B))
    assert set(errors_of(client, district=district.pk)) == {"district"}
    assert set(errors_of(client, "development", association=association.pk)) == {"association"}
    assert set(errors_of(client, convention_theme=theme.pk, outside_reason="")) == {"convention_theme"}


def test_another_commune_in_the_form_is_404(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    for nis in (COMMUNE_B, "21099", "x"):
        answer = client.post(reverse("spoc:request-begin", args=["audit"]), filled(commune=nis))
        assert answer.status_code == 404
    assert not ServiceRequest.objects.exists()


def test_who_acts_for_two_communes_asks_for_the_current_one(
    client: Client, delegate: User, stranger: User
) -> None:
    Delegation.objects.create(
        user=delegate, commune_id=COMMUNE_B, given_by=stranger, starts_on=date(2025, 1, 6)
    )
    client.force_login(delegate)
    client.post(reverse("communes:switch"), {"commune": COMMUNE_B})
    page = client.get(reverse("spoc:request-begin", args=["audit"])).content.decode()
    assert "Auderghem" in page
    assert f'name="commune" value="{COMMUNE_B}"' in page
    assert begin(client, title="Une").commune_id == COMMUNE_B
    # The form of another tab says for whom it was opened.
    assert begin(client, title="Deux", commune=COMMUNE_A).commune_id == COMMUNE_A


@pytest.mark.parametrize("person", ["editor", "director", "cabinet", "taskforce", "ended"])
def test_these_do_not_ask(person: str, client: Client, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("spoc:request-new")).status_code == 403
    assert client.post(reverse("spoc:request-begin", args=["audit"]), filled()).status_code == 403


def test_a_double_click_makes_one_draft(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    first, second = begin(client), begin(client)
    assert first == second
    assert ServiceRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("audit", {"perimeter": "Scheut"}),
        ("audit", {"outside_reason": "Autre"}),
        ("chantier", {"shops_touched": ""}),
    ],
)
def test_who_goes_back_and_changes_an_answer_at_once_loses_nothing(
    kind: str, changes: dict[str, str], client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    begin(client, kind)
    second = begin(client, kind, **changes)
    assert begin(client, kind, **changes) == second
    for name, value in changes.items():
        assert (getattr(second, name, None) or getattr(second.details, name, None) or "") == value


def test_a_second_click_on_submit_reads_that_it_is_done(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(echevine)
    row = begin(client)
    client.post(reverse("spoc:request-submit", args=[row.pk]), follow=True)
    page = client.post(reverse("spoc:request-submit", args=[row.pk]), follow=True).content.decode()
    row.refresh_from_db()
    assert "notice--good" in page
    assert "notice--bad" not in page
    assert f"{row.reference}. " in page
    assert len(mails("receipt")) == 1


def test_a_second_submit_is_told_who_was_first(
    client: Client, echevine: User, colleague: User, spoc: User
) -> None:
    client.force_login(echevine)
    row = begin(client)
    for person in (echevine, colleague):
        client.force_login(person)
        page = client.post(reverse("spoc:request-submit", args=[row.pk]), follow=True).content.decode()
    assert "Nadia Échevine" in page
    assert "notice--bad" in page
    assert len(mails("receipt")) == 1


def test_a_form_left_open_while_a_colleague_submitted_changes_nothing(
    client: Client, echevine: User, colleague: User
) -> None:
    row = a_draft(echevine)
    row.submit(by=colleague)
    client.force_login(echevine)
    page = client.post(edit(row), filled(title="Trop tard"), follow=True)
    assert "Marc Collègue" in page.content.decode()
    row.refresh_from_db()
    assert row.title != "Trop tard"


def test_a_stale_form_is_told_that_a_colleague_changed_the_draft(
    client: Client, echevine: User, colleague: User
) -> None:
    row = a_draft(echevine)
    there = edit(row)
    client.force_login(echevine)
    shown = client.get(there).context["form"].initial["row_version"]
    client.force_login(colleague)
    client.post(there, filled(title="De Marc", row_version=shown))
    client.force_login(echevine)
    page = client.post(there, filled(title="De Nadia", row_version=shown))
    assert "De Nadia" in page.content.decode()
    assert page.context["form"].non_field_errors()
    row.refresh_from_db()
    assert row.title == "De Marc"
    client.post(there, filled(title="De Nadia", row_version=page.context["form"].data["row_version"]))
    row.refresh_from_db()
    assert row.title == "De Nadia"


def test_a_good_file_is_added_to_the_draft(client: Client, echevine: User) -> None:
    row = a_draft(echevine)
    client.force_login(echevine)
    answer = client.post(
        reverse("spoc:request-attach", args=[row.pk]), {"upload": a_file("plan.txt")}, follow=True
    )
    assert "plan.txt" in answer.content.decode()


def test_a_file_is_taken_off_the_draft_again(
    client: Client, echevine: User, django_capture_on_commit_callbacks: Any
) -> None:
    row = a_draft(echevine)
    kept, file = (row.attach(by=echevine, upload=a_file(name)) for name in ("plan.txt", "erreur.txt"))
    client.force_login(echevine)
    address = reverse("spoc:request-detach", args=[row.pk, file.pk])
    assert address in client.get(reverse("spoc:request-check", args=[row.pk])).text
    for _click in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert "erreur.txt" not in client.post(address, follow=True).text
    assert [found.pk for found in row.files.all()] == [kept.pk]
    assert not file.file.storage.exists(file.file.name)
    assert kept.file.storage.exists(kept.file.name)


def test_what_was_submitted_keeps_its_files(client: Client, echevine: User, spoc: User) -> None:
    row = a_draft(echevine)
    file = row.attach(by=echevine, upload=a_file("plan.txt"))
    row.submit(by=echevine)
    client.force_login(echevine)
    address = reverse("spoc:request-detach", args=[row.pk, file.pk])
    assert address not in client.get(row.get_absolute_url()).text
    client.post(address)
    assert row.files.get() == file


def test_another_request_of_ones_own_keeps_its_file(client: Client, echevine: User) -> None:
    draft, other = a_draft(echevine), a_draft(echevine)
    file = other.attach(by=echevine, upload=a_file("plan.txt"))
    client.force_login(echevine)
    client.post(reverse("spoc:request-detach", args=[draft.pk, file.pk]))
    assert other.files.get() == file


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", b"MZ not a pdf"),
        ("plan.exe", b"MZ"),
        ("plan.pdf", b""),
        ("plan.pdf", b"%PDF-" + b"0" * 60_000_000),
    ],
    ids=["not what it says", "kind", "empty", "60 MB"],
)
def test_a_bad_file_is_refused_at_the_field(
    name: str, content: bytes, client: Client, echevine: User
) -> None:
    row = a_draft(echevine)
    client.force_login(echevine)
    answer = client.post(
        reverse("spoc:request-attach", args=[row.pk]), {"upload": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 200
    assert 'id="id_upload_error"' in answer.content.decode()
    assert not RequestFile.objects.exists()


def test_nothing_is_added_to_a_request_that_was_submitted(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    client.force_login(echevine)
    client.post(reverse("spoc:request-attach", args=[row.pk]), {"upload": a_file()})
    assert not RequestFile.objects.exists()


def test_script_and_template_syntax_are_shown_as_they_are(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(echevine)
    trap = "<script>alert(1)</script> {{ row.pk }} {% now %} %(day)s {x}"
    row = begin(client, title=trap, description=trap, perimeter=trap, outside_reason=trap)
    shown = "&lt;script&gt;alert(1)&lt;/script&gt; {{ row.pk }} {% now %} %(day)s {x}"
    pages = [edit(row), *(reverse(f"spoc:request-{name}", args=[row.pk]) for name in ("check", "detail"))]
    client.post(reverse("spoc:request-submit", args=[row.pk]))
    client.post(reverse("spoc:request-answer", args=[row.pk]), {"text": trap})
    for path in [*pages[2:], reverse("spoc:request-list"), reverse("home")]:
        page = client.get(path).content.decode()
        assert shown in page
        assert "<script>alert" not in page


# --- Page by page ----------------------------------------------------------------------------------------------


def test_each_page_is_kept_by_itself_and_what_is_missing_comes_next(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    row = begin(client, "chantier", then="later")
    assert client.get(reverse("spoc:request-continue", args=[row.pk])).url == edit(row, "works")
    # What comes later stands on it.
    assert client.get(edit(row, "effects")).url == edit(row, "works")
    assert client.get(edit(row, "nowhere")).status_code == 404
    client.post(edit(row, "works"), filled("chantier", then="later"))
    row = ServiceRequest.objects.get(pk=row.pk)
    assert row.chantierdetails.streets == "Rue Wayez, 12 à 96"
    assert row.chantierdetails.shops_touched is None
    assert client.get(reverse("spoc:request-continue", args=[row.pk])).url == edit(row, "basis")
    # Not submitted while something is missing.
    page = client.post(reverse("spoc:request-submit", args=[row.pk])).text
    assert f"{edit(row, 'basis')}#id_convention_theme" in page
    client.post(edit(row, "effects"), filled("chantier", then="check"))
    client.post(edit(row, "basis"), filled("chantier"))
    check = reverse("spoc:request-check", args=[row.pk])
    assert client.get(reverse("spoc:request-continue", args=[row.pk])).url == check
    # Once it is whole, one goes back to the check from any page.
    assert client.post(edit(row), filled("chantier", then="check")).url == check


def test_a_chantier_takes_six_pages_and_asks_nothing_twice(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    row = begin(client, "chantier", then="later")
    for name in ("works", "effects", "basis"):
        client.post(edit(row, name), filled("chantier", then="later"))
    pages = [
        reverse("spoc:request-new"),
        *(edit(row, name) for name in ("subject", "works", "effects", "basis")),
    ]
    pages.append(reverse("spoc:request-check", args=[row.pk]))
    fields = [name for page in pages[1:-1] for name in client.get(page).context["form"].fields]
    asked = [name for name in fields if name != "row_version"]
    assert len(pages) == 6
    assert len(asked) == len(set(asked))


INTERRUPTION = {
    "interruption-starts_on_0": day(30).isoformat(), "interruption-ends_on_0": day(70).isoformat(),
    "interruption-traffic_0": "cars", "interruption-directions_0": "both",
    "interruption-starts_on_1": "", "interruption-ends_on_1": "",
    "interruption-traffic_1": "cars", "interruption-directions_1": "one",
}  # fmt: skip


def test_interruptions_say_when_the_certificate_is_asked_for(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    row = begin(client, "chantier", **INTERRUPTION)
    (found,) = row.chantierdetails.interruptions.all()
    assert found.certificate == (day(58), day(119))
    page = client.get(reverse("spoc:request-detail", args=[row.pk])).text
    assert day(58).strftime("%d.%m.%Y") in page
    assert "Bruxelles Économie et Emploi" in page
    check = client.get(reverse("spoc:request-check", args=[row.pk])).text
    assert f"{edit(row, 'effects')}#h-interruptions" in check
    # Sent again without it, it is gone; a short one opens no window.
    short = {**INTERRUPTION, "interruption-ends_on_0": day(50).isoformat()}
    client.post(edit(row, "effects"), filled("chantier", **short))
    assert row.chantierdetails.interruptions.get().certificate is None
    client.post(edit(row, "effects"), filled("chantier"))
    assert not row.chantierdetails.interruptions.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"interruption-starts_on_0": day(10).isoformat()}, "starts_on_0"),
        ({"interruption-ends_on_0": day(100).isoformat()}, "ends_on_0"),
        ({"interruption-ends_on_0": day(20).isoformat()}, "ends_on_0"),
        ({"interruption-ends_on_0": ""}, "ends_on_0"),
        ({"interruption-traffic_0": "bikes"}, "traffic_0"),
    ],
)
def test_a_wrong_interruption_is_said_at_its_field(
    changes: dict[str, str], field: str, client: Client, echevine: User
) -> None:
    client.force_login(echevine)
    row = begin(client, "chantier")
    answer = client.post(
        edit(row, "effects"), filled("chantier", **{**INTERRUPTION, **changes}, shops_touched="7")
    )
    assert answer.status_code == 200
    assert list(answer.context["rows"].errors) == [field]
    assert f'href="#id_interruption-{field}"' in answer.text
    row = ServiceRequest.objects.get(pk=row.pk)
    assert not row.chantierdetails.interruptions.exists()
    # Nothing half saved.
    assert row.chantierdetails.shops_touched == 62


def test_works_that_move_leave_no_interruption_outside(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    row = begin(client, "chantier", **INTERRUPTION)
    client.post(edit(row, "works"), filled("chantier", starts_on=day(40).isoformat(), then="check"))
    page = client.post(reverse("spoc:request-submit", args=[row.pk])).text
    assert f"{edit(row, 'effects')}#h-interruptions" in page
    row.refresh_from_db()
    assert row.status == "draft"


def test_a_title_turns_no_text_around(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    data = {"title": "Facture \u202efdp.exe", "description": "Voir la pièce."}
    response = client.post(reverse("spoc:request-begin", args=["audit"]), data)
    assert set(response.context["form"].errors) == {"title"}
    assert "Facture" in response.content.decode()
