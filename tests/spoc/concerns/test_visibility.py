"""Who sees what of a concern, and that a confidential one is found by no other commune, nor named to an addressee."""

from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from hubportal.accounts.models import User
from spoc.models import (
    Answer,
    Concern,
    ConcernAnswer,
    ConcernGroup,
    ConcernMessage,
    RelayItem,
    RelayNote,
    RelayPart,
    SentNote,
)
from tests.cast import COMMUNE_A
from tests.spoc.concerns.stories import (
    CANARY,
    NOTE,
    REWORDED,
    a_concern,
    a_group,
    a_theme,
    answered,
    of_communes,
    qualified,
)

pytestmark = pytest.mark.django_db
AGENCY = ("spoc", "editor", "lead", "director", "admin")


def rows_of(user: User) -> str:
    """Return every column of every row of this app that a person may see."""
    models = list(apps.get_app_config("spoc").get_models())
    return str([list(model._default_manager.visible_to(user).values()) for model in models])  # type: ignore[attr-defined]


@pytest.mark.parametrize("person", ["stranger", "ended"])
def test_nothing_of_a_confidential_one_reaches_another_commune(
    person: str, whole: Concern, request: pytest.FixtureRequest
) -> None:
    assert CANARY not in rows_of(request.getfixturevalue(person))


@pytest.mark.parametrize("person", ["cabinet", "taskforce"])
def test_an_addressee_reads_the_words_but_not_whose_they_are(
    person: str, whole: Concern, echevine: User, request: pytest.FixtureRequest
) -> None:
    seen = rows_of(request.getfixturevalue(person))
    # The lead's words, not the commune's own.
    assert REWORDED["text"] in seen
    assert CANARY not in seen
    assert NOTE not in seen
    # Nothing of it tells the commune: neither its code nor a name, nor the person who raised it.
    for telling in (COMMUNE_A, "Anderlecht", echevine.last_name, f"'raised_by_id': {echevine.pk}"):
        assert telling not in seen


@pytest.mark.parametrize("person", ["echevine", "delegate", "colleague"])
def test_its_commune_sees_all_but_the_notes(
    person: str, whole: Concern, request: pytest.FixtureRequest
) -> None:
    seen = rows_of(request.getfixturevalue(person))
    assert CANARY in seen
    assert NOTE not in seen


@pytest.mark.parametrize("person", AGENCY)
def test_the_agency_sees_all(person: str, whole: Concern, request: pytest.FixtureRequest) -> None:
    seen = rows_of(request.getfixturevalue(person))
    assert CANARY in seen
    assert NOTE in seen


def querysets(user: User) -> dict[str, Any]:
    """Return what each way to ask for concerns gives to a reader, once it went through `visible_to`."""
    rows = Concern.objects.visible_to(user)
    asked = {
        "of_others": rows.of_others(user),
        "open": rows.open(),
        "unanswered": rows.unanswered(),
        "urgent": rows.urgent(),
        "with_spoc": rows.with_spoc(),
        "relayable": rows.relayable(),
        "to_pass_on": rows.to_pass_on(),
        "newest_first": rows.newest_first(),
        "search": rows.search(CANARY),
        "by its reference": rows.search("C-20"),
        "similar_to": rows.similar_to(f"{CANARY} terrasses distance", "terraces"),
        "count_by_theme": rows.count_by_theme(),
        "answers": Answer.objects.visible_to(user).search("mètres"),
        "groups": ConcernGroup.objects.visible_to(user),
    }
    return {name: list(found) for name, found in asked.items()}


def test_no_way_to_ask_finds_a_confidential_one_for_another_commune(whole: Concern, stranger: User) -> None:
    assert {name: found for name, found in querysets(stranger).items() if found} == {}


def test_what_is_shared_is_read_by_all_communes_until_it_is_withdrawn(
    echevine: User, stranger: User, spoc: User
) -> None:
    row = a_concern(echevine, is_shareable=True)
    row.write(by=echevine, text="Précision.")
    row.write(by=spoc, text=NOTE, is_public=False)
    assert list(Concern.objects.visible_to(stranger)) == [row]
    assert [said.text for said in ConcernMessage.objects.visible_to(stranger)] == ["Précision."]
    row.withdraw(by=echevine)
    assert not Concern.objects.visible_to(stranger).exists()


def test_what_is_kept_back_again_is_gone_for_others(echevine: User, stranger: User) -> None:
    row = a_concern(echevine, is_shareable=True)
    row.choose_readers(by=echevine, is_shareable=False)
    assert not Concern.objects.visible_to(stranger).exists()


@pytest.mark.parametrize("model", [Concern, ConcernAnswer, ConcernMessage, RelayPart, RelayItem])
def test_an_addressee_gets_no_row_that_leads_to_a_concern(
    model: type[Model], whole: Concern, taskforce: User
) -> None:
    assert not model._default_manager.visible_to(taskforce).exists()  # type: ignore[attr-defined]


def test_from_what_an_addressee_or_another_commune_may_hold_no_relation_leads_to_a_concern() -> None:
    """A template can follow only what is there: forward and backward, from note, answer, group and sent note."""
    reached: set[type[Model]] = set()
    todo: list[type[Model]] = [RelayNote, Answer, SentNote, ConcernGroup]
    while todo:
        model = todo.pop()
        reached.add(model)
        for field in model._meta.get_fields(include_hidden=False):
            other = field.related_model
            known = isinstance(other, type) and other._meta.app_label == "spoc" and other not in reached
            # A theme is a word; its concerns are asked for by `visible_to`, like those of a commune.
            if known and other.__name__ != "ConcernTheme":
                todo.append(other)
    names = {model.__name__ for model in reached}
    assert not names & {"Concern", "RelayPart", "ConcernAnswer", "ConcernMessage", "ConcernEvent"}, names


def test_a_note_is_read_by_cabinet_and_task_force_once_it_was_sent(
    draft: RelayNote, lead: User, cabinet: User, taskforce: User, echevine: User
) -> None:
    assert not RelayNote.objects.visible_to(taskforce).exists()
    draft.send(by=lead)
    for person in (cabinet, taskforce):
        assert RelayNote.objects.visible_to(person).get() == draft
        assert SentNote.objects.visible_to(person).get().sent.concerns == 2
    assert not RelayNote.objects.visible_to(echevine).exists()
    assert not SentNote.objects.visible_to(echevine).exists()


def test_a_commune_reads_its_own_part_of_a_note(sent: RelayNote, echevine: User) -> None:
    own = Concern.objects.visible_to(echevine).of_own_communes(echevine).get()
    (part,) = own.relays()
    assert (part.reference, part.status, part.title) == (sent.reference, "sent", REWORDED["title"])


def test_an_answer_is_read_by_its_communes_and_by_all_once_it_is_in_the_faq(
    echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    _, _, answer = answered(echevine, spoc, lead)
    assert list(Answer.objects.visible_to(echevine)) == [answer]
    assert not Answer.objects.visible_to(stranger).exists()
    answer.put_in_faq(by=lead, question_fr="Quelle distance ?", question_nl="Welke afstand?")
    assert list(Answer.objects.visible_to(stranger).faq()) == [answer]


# --- What is counted for others ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("hidden", "shown"), [(0, 1), (1, 1), (2, 1), (3, 4), (4, 4), (5, 4), (6, 7)])
def test_other_communes_count_by_three_and_without_inhabitants(
    hidden: int, shown: int, stranger: User, lead: User
) -> None:
    group = a_group(lead)
    own = qualified(stranger, lead, commune="21002", group=group)
    of_communes(hidden, group)
    found = group.touched(stranger)
    assert (found.communes, found.inhabitants) == (shown, own.commune.population)
    assert not found.is_exact
    themes = Concern.objects.all().touched_by_theme(stranger)
    assert themes[a_theme().pk] == found


def test_between_two_looks_the_figure_does_not_move_by_the_one_that_came(stranger: User, lead: User) -> None:
    group = a_group(lead)
    qualified(stranger, lead, commune="21002", group=group)
    looks = [group.touched(stranger)]
    for number in range(3, 12):
        of_communes(1, group, first=number)
        looks.append(group.touched(stranger))
    steps = [later.communes - sooner.communes for sooner, later in pairwise(looks)]
    assert set(steps) == {0, 3}
    assert len({look.inhabitants for look in looks}) == 1


def test_what_is_shared_is_counted_one_by_one(stranger: User, lead: User) -> None:
    group = a_group(lead)
    own = qualified(stranger, lead, commune="21002", group=group)
    (other,) = of_communes(1, group, is_shareable=True)
    people = own.commune.population + other.commune.population
    assert group.touched(stranger)[:2] == (2, people)


def test_the_agency_counts_exactly_and_a_commune_twice_is_once(
    echevine: User, spoc: User, lead: User
) -> None:
    group = a_group(lead)
    rows = [qualified(echevine, spoc, group=group, title=f"Terrasse {number}") for number in range(2)]
    assert group.touched(lead) == (1, rows[0].commune.population, True)


def test_cabinet_and_nobody_count_nothing(whole: Concern, cabinet: User, ended: User) -> None:
    for person in (cabinet, ended):
        assert Concern.objects.all().touched_by_theme(person) == {}


def test_figures_of_all_groups_come_with_one_query(lead: User, django_assert_num_queries: Any) -> None:
    for number in range(3):
        of_communes(2, a_group(lead, f"Terrasse {number}"), title=f"Terrasse {number}")
    with django_assert_num_queries(1):
        assert len(ConcernGroup.objects.all().touched(lead)) == 3
