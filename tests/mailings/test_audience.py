"""For whom an edition is meant: some of the communes, delegates too, and people besides the communes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from communes.models import Delegation
from hubportal.accounts.models import Role, RoleGrant, User
from mailings import counting
from mailings.models import Delivery, Mailing, Served, SuppressedAddress, Wider
from mailings.overview import overview
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory, UserFactory, grant, yesterday
from tests.mailings.leaving import page, sent
from tests.mailings.made import TEXTS, an_edition, an_extra_address, brought_to, meant_for, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def addresses(row: Mailing) -> set[str]:
    """Return the addresses to which an edition was written."""
    return set(row.deliveries.values_list("address", flat=True))


def see(client: Client, row: Mailing, user: User, name: str = "recipients") -> str:
    """Return a page of an edition as a person sees it."""
    client.force_login(user)
    return page(client.get(reverse(f"mailings:{name}", args=[row.number])))


def facing(row: Mailing, nis: str = COMMUNE_A) -> Any:
    """Return the coverage of a commune."""
    return next(found for found in overview(row).rows if found.commune.nis == nis)


# --- The rule ------------------------------------------------------------------------------------------------


def test_what_the_rule_does_not_say_is_not_in_the_hash() -> None:
    row = an_edition()
    assert row.audience_rule == {"bourgmestres": True, "portfolios": ["trade"]}
    row.wider = Wider(["21002", "21001"], True, ["spoc", "cabinet"], True)
    assert row.audience_rule == {
        "bourgmestres": True, "portfolios": ["trade"], "communes": ["21001", "21002"], "delegates": True,
        "roles": ["cabinet", "spoc"], "extras": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "rule", [{"communes": ["21001"]}, {"to_delegates": True}, {"to_roles": ["spoc"]}, {"to_extras": True}]
)
def test_another_rule_voids_the_approvals(rule: dict[str, Any]) -> None:
    row = brought_to("approved")
    before = row.content_hash
    row.revise(
        by=person(Role.EDITOR), texts=TEXTS, portfolios=["trade"], version=row.version, wider=Wider(**rule)
    )
    assert (row.status, row.approved_hash) == ("draft", "")
    assert row.content_hash != before


def test_a_text_that_is_saved_without_a_word_on_the_rule_leaves_it() -> None:
    row = meant_for("draft", to_roles=["spoc"], communes=["21001"])
    row.revise(by=person(Role.EDITOR), texts=TEXTS, portfolios=["works"], version=row.version)
    row.refresh_from_db()
    assert (row.to_roles, row.communes, row.portfolios) == (["spoc"], ["21001"], ["works"])


def test_the_next_edition_begins_with_the_rule_of_the_one_before() -> None:
    before = meant_for("draft", to_delegates=True, to_extras=True, to_roles=["cabinet"])
    assert Mailing.begin(by=person(Role.EDITOR)).wider == before.wider


def test_the_database_refuses_a_role_that_is_no_audience() -> None:
    with pytest.raises(IntegrityError, match="mailing_known_roles"):
        Mailing.objects.filter(pk=an_edition().pk).update(to_roles=["admin"])


# --- Some of the communes ------------------------------------------------------------------------------------


def test_only_the_named_communes_receive_it_and_the_others_are_no_gap(echevine: User, stranger: User) -> None:
    row = meant_for(communes=[COMMUNE_A])
    assert addresses(row) == {echevine.email}
    assert set(row.gaps.values_list("commune", flat=True)) == {COMMUNE_A}


def test_the_coverage_still_shows_the_19(
    client: Client, echevine: User, stranger: User, cabinet: User
) -> None:
    row = meant_for("in_review", communes=[COMMUNE_A])
    found = overview(row)
    assert (len(found.rows), found.meant, found.reached) == (19, 1, 1)
    assert (facing(row, COMMUNE_B).state, facing(row, COMMUNE_B).gaps) == ("not_meant", [])
    assert len(found.left_out) == 18
    text = see(client, row, cabinet)
    assert text.count("Not meant for it") == 18
    assert "not meant for 18 communes" in text
    assert "1/1" in text
    assert "Only in these communes: Anderlecht" in text
    assert text.count('class="out"') == 18
    assert stranger.full_name not in text


def test_what_left_tells_for_whom_it_was_not_meant(client: Client, echevine: User, stranger: User) -> None:
    row = sent(meant_for(communes=[COMMUNE_A]))
    states = {found.commune.nis: found.state for found in counting.by_commune(row) if found.commune}
    assert (states[COMMUNE_A], states[COMMUNE_B]) == ("partly", "not_meant")
    text = see(client, row, person(Role.EDITOR), "progress")
    assert "1 communes reached of 1" in text
    assert text.count("Not meant for it") == 18


# --- Delegates -----------------------------------------------------------------------------------------------


def test_a_delegate_receives_it_only_when_the_rule_says_so(delegate: User, echevine: User) -> None:
    assert addresses(meant_for()) == {echevine.email}


def test_a_delegate_receives_it_as_a_civil_servant_of_the_commune(delegate: User) -> None:
    row = meant_for(to_delegates=True)
    message = row.deliveries.get(address=delegate.email)
    assert message.served.get().right == Delegation.objects.get()
    assert message.values["for_nl"] == "Bestemd voor Souad Déléguée, gemeenteambtenaar, Anderlecht"
    assert message.values["commune_nl"] == "Anderlecht"


def test_a_delegate_counts_as_a_reader_of_the_commune(client: Client, delegate: User) -> None:
    row = sent(meant_for(to_delegates=True))
    row.deliveries.get(address=delegate.email).acknowledge()
    client.force_login(person(Role.LEAD))
    answer = client.get(reverse("mailings:detail", args=[row.number]))
    (found,) = answer.context["readers"]
    assert (found.commune.nis, found.total, found.acknowledged) == (COMMUNE_A, 2, 1)
    assert [reader.name for reader in found.have] == [delegate.full_name]
    assert answer.context["other_readers"] is None


def test_a_delegate_does_not_make_up_for_an_office_holder(delegate: User, echevine: User) -> None:
    SuppressedAddress.objects.create(address=echevine.email)
    row = meant_for("approved", to_delegates=True)
    found = facing(row)
    assert (found.is_reached, found.state) == (True, "partly")
    assert [gap.code for gap in found.gaps] == ["vacant", "suppressed"]
    now = timezone.now()
    with pytest.raises(ValidationError) as refused:
        row.schedule(by=person(Role.EDITOR), scheduled_for=now, expires_at=now + timedelta(hours=1))
    assert "gap_reason" in refused.value.message_dict


def test_a_delegate_who_cannot_be_reached_is_told_and_is_no_gap(
    client: Client, delegate: User, lead: User
) -> None:
    User.objects.filter(pk=delegate.pk).update(email=None)
    row = meant_for("in_review", to_delegates=True)
    assert [gap.office for gap in facing(row).gaps] == ["bourgmestre"]
    assert "Souad Déléguée has no address" in see(client, row, lead)


@pytest.mark.parametrize("ends", ["delegation", "mandate of the giver"])
def test_a_delegation_that_ended_gives_nothing(ends: str, delegate: User, echevine: User) -> None:
    rows = Delegation.objects.all() if ends == "delegation" else echevine.mandates.all()
    rows.update(ends_on=yesterday())
    MandateFactory(trade=True)
    assert delegate.email not in addresses(meant_for(to_delegates=True))


def test_who_is_written_to_by_two_rights_receives_it_once(delegate: User, stranger: User) -> None:
    MandateFactory(user=delegate, commune_id=COMMUNE_B, bourgmestre=True)
    row = meant_for(to_delegates=True)
    message = row.deliveries.get(address=delegate.email)
    assert message.served.count() == 2
    assert {found["nis"] for found in Served.objects.of_communes().filter(delivery=message).values("nis")} == {
        COMMUNE_A, COMMUNE_B,
    }  # fmt: skip


# --- Besides the communes --------------------------------------------------------------------------------------


def test_whoever_holds_a_chosen_role_that_day_receives_it(
    echevine: User, cabinet: User, taskforce: User, spoc: User
) -> None:
    over, closed, silent = (grant(Role.SPOC, email=f"{name}@hub.example") for name in ("a", "b", "c"))
    RoleGrant.objects.filter(user=over).update(ends_on=yesterday())
    User.objects.filter(pk=closed.pk).update(is_active=False)
    User.objects.filter(pk=silent.pk).update(email=None)
    row = meant_for(to_roles=["cabinet", "spoc"])
    assert addresses(row) == {echevine.email, cabinet.email, spoc.email}
    assert row.deliveries.get(address=spoc.email).served.get().right == spoc.grants.get()


def test_the_letter_of_who_acts_for_no_commune_has_sensible_words(echevine: User, spoc: User) -> None:
    row = meant_for(to_roles=["spoc"], to_extras=True, communes=[])
    values = row.deliveries.get(address=spoc.email).values
    assert values["for_fr"] == "Destiné à Bilal Spoc, SPOC"
    assert (values["commune_fr"], values["commune_nl"]) == ("les communes", "de gemeenten")
    assert values["spoc"] == "hub.brussels"
    assert values["caller_contact"] == values["caller_email"] != ""


def test_a_named_extra_address_receives_it_in_its_language(echevine: User) -> None:
    an_extra_address()
    an_extra_address(email="both@federatie.example", content_language="")
    row = meant_for(to_extras=True)
    message = row.deliveries.get(address="griet@federatie.example")
    assert message.language == "nl"
    assert message.values["for_nl"] == "Bestemd voor Griet Van Handel, handelsfederatie"
    assert message.values["office_fr"] == "fédération du commerce"
    assert b"Griet Van Handel" in message.envelope().content
    assert row.deliveries.get(address="both@federatie.example").language == "fr,nl"


def test_extra_addresses_hold_from_the_first_day_to_the_last(echevine: User) -> None:
    an_extra_address(email="ended@x.example", ends_on=yesterday())
    an_extra_address(email="later@x.example", starts_on=date(2100, 1, 1))
    an_extra_address(email="today@x.example", ends_on=timezone.localdate())
    assert addresses(meant_for(to_extras=True)) == {echevine.email, "today@x.example"}


def test_without_the_rule_an_extra_address_receives_nothing(echevine: User) -> None:
    an_extra_address()
    assert addresses(meant_for()) == {echevine.email}


def test_one_address_receives_one_message_whatever_its_rights(echevine: User) -> None:
    RoleGrant.objects.create(user=echevine, role=Role.TASKFORCE, starts_on=date(2025, 1, 1))
    an_extra_address(email=echevine.email)
    row = meant_for(to_roles=["taskforce"], to_extras=True)
    message = row.deliveries.get()
    assert message.name == echevine.full_name
    assert message.values["commune_fr"] == "Anderlecht"
    assert message.values["office_nl"].endswith("taskforce ; handelsfederatie")
    assert message.served.count() == 3
    assert counting.besides(row) is None, "it is of a commune"


def test_a_stopped_extra_address_is_named_and_receives_nothing(
    client: Client, echevine: User, lead: User
) -> None:
    an_extra_address()
    SuppressedAddress.objects.create(address="griet@federatie.example")
    row = meant_for("scheduled", to_extras=True)
    assert "Address stopped" in see(client, row, lead)
    row.start()
    assert row.deliveries.get(address="griet@federatie.example").status == "suppressed"


def test_who_receives_it_besides_the_communes_is_listed_and_their_address_is_for_the_agency(
    client: Client, echevine: User, spoc: User, cabinet: User, lead: User
) -> None:
    an_extra_address()
    row = meant_for("in_review", to_roles=["spoc"], to_extras=True)
    assert "griet@federatie.example" in see(client, row, lead)
    text = see(client, row, cabinet)
    assert "Griet Van Handel" in text
    assert "Bilal Spoc" in text
    assert "federatie.example" not in text
    assert overview(row).messages == 3


def test_nobody_besides_the_communes_is_counted_as_a_reader_of_one(
    client: Client, echevine: User, spoc: User
) -> None:
    an_extra_address()
    row = sent(meant_for(to_roles=["spoc"], to_extras=True))
    row.deliveries.get(address="griet@federatie.example").acknowledge()
    client.force_login(person(Role.LEAD))
    answer = client.get(reverse("mailings:detail", args=[row.number]))
    assert [(found.commune.nis, found.total) for found in answer.context["readers"]] == [(COMMUNE_A, 1)]
    assert answer.context["people"] == 1
    others = answer.context["other_readers"]
    assert (others.total, others.acknowledged) == (2, 1)
    assert [reader.name for reader in others.have_not] == [spoc.full_name]
    text = see(client, row, person(Role.LEAD), "progress")
    assert "Besides the communes" in text
    assert "3 messages of 3" in text
    assert "1/19" in text


def test_a_spoc_acknowledges_what_was_sent_to_them(client: Client, echevine: User, spoc: User) -> None:
    row = sent(meant_for(to_roles=["spoc"]))
    assert "I have taken note" in see(client, row, spoc, "detail")
    client.post(reverse("mailings:acknowledge", args=[row.number]))
    assert row.deliveries.get(address=spoc.email).acknowledged_at
    assert not row.deliveries.get(address=echevine.email).acknowledged_at


def test_a_message_in_trouble_names_no_commune_for_who_acts_for_none(client: Client, echevine: User) -> None:
    an_extra_address()
    row = meant_for(to_extras=True)
    Delivery.objects.filter(mailing=row).update(status="failed")
    client.force_login(person(Role.LEAD))
    found = client.get(reverse("mailings:progress", args=[row.number])).context["troubled"]
    assert {(named.office, named.commune) for named in found} == {
        ("fédération du commerce", ""), ("échevin(e) (Commerce)", "Anderlecht"),
    }  # fmt: skip


def test_the_link_of_a_message_tells_why_it_is_received(client: Client, echevine: User) -> None:
    an_extra_address()
    row = meant_for(to_extras=True)
    for address, words in (("griet@federatie.example", "that goes to"), (echevine.email, "for an office in")):
        message = row.deliveries.get(address=address)
        assert words in page(client.get(reverse("mailings:stop", args=[message.token])))


@pytest.mark.parametrize("rights", [(), ("grant", "extra")])
def test_the_database_refuses_what_serves_no_right_or_two(rights: tuple[str, ...], echevine: User) -> None:
    row = brought_to("sending")
    known = {"grant": person(Role.EDITOR).grants.get(), "extra": an_extra_address()}
    with pytest.raises(IntegrityError, match="served_by_one_right"):
        Served.objects.create(delivery=row.deliveries.get(), **{name: known[name] for name in rights})


# --- The pages -----------------------------------------------------------------------------------------------


def test_a_commune_whose_people_all_read_one_language_is_told(
    client: Client, echevine: User, stranger: User, lead: User
) -> None:
    MandateFactory(user=UserFactory(content_language="nl"), commune_id=COMMUNE_A, bourgmestre=True)
    row = brought_to("in_review")
    assert (facing(row).only_language, facing(row, COMMUNE_B).only_language) == ("", "nl")
    assert overview(row).one_language == {"fr": 0, "nl": 1}
    text = see(client, row, lead)
    assert "in Dutch only" in text
    assert "0 in French, 1 in Dutch. This is no gap." in text


def test_somebody_whose_language_is_unknown_reads_both(echevine: User) -> None:
    User.objects.filter(pk=echevine.pk).update(content_language="")
    assert facing(brought_to("in_review")).only_language == ""


def test_the_pages_ask_the_same_however_many_people(client: Client, delegate: User, spoc: User) -> None:
    an_extra_address()
    row = sent(meant_for(to_delegates=True, to_roles=["spoc"], to_extras=True))
    other = meant_for("in_review", to_delegates=True, to_roles=["spoc"], to_extras=True)
    client.force_login(person(Role.LEAD))

    def asked() -> list[int]:
        found = []
        for name, edition in (("recipients", other), ("detail", row), ("progress", row)):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"mailings:{name}", args=[edition.number])).status_code == 200
            found.append(len(queries))
        return found

    asked()
    few = asked()
    giver = delegate.delegations.get().given_by
    for n in range(20):
        user, extra = UserFactory(), an_extra_address(email=f"{n}@x.example")
        right = Delegation.objects.create(
            user=user, commune_id=COMMUNE_A, given_by=giver, starts_on=date(2025, 1, 6)
        )
        message = row.deliveries.create(
            address=user.email, language="fr", message_id=f"<{n}@x>", status="queued", values={"name": "x"}
        )
        Served.objects.create(delivery=message, delegation=right)
        message = row.deliveries.create(
            address=extra.email, language="fr", message_id=f"<e{n}@x>", status="queued", values={"name": "x"}
        )
        Served.objects.create(delivery=message, extra=extra)
    assert asked() == few


def test_the_recipients_lead_to_the_commune_and_the_agency_to_the_person(
    client: Client, echevine: User
) -> None:
    row = an_edition()
    commune = reverse("communes:detail", args=[COMMUNE_A])
    desk = reverse("admin:accounts_user_change", args=[echevine.pk])
    text = see(client, row, person(Role.EDITOR))
    assert f'<th scope="row"><a href="{commune}">' in text
    assert f'<a href="{desk}">{echevine.full_name}</a>' in text
    row.submit(by=person(Role.EDITOR))
    text = see(client, row, person(Role.CABINET))
    assert f'<li><a href="{commune}">' in text, "the gap: nobody is bourgmestre"
    assert desk not in text
