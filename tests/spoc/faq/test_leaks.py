"""Nothing of a confidential concern is in any page, table or mail about answers of who may not read it."""

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from spoc.blocks import offers
from spoc.models import Answer, Concern, RelayNote
from tests.cast import Cast
from tests.spoc.concerns.stories import CANARY, QUESTIONS, published, relayed
from tests.spoc.concerns.test_isolation import content
from tests.spoc.stories import day

pytestmark = pytest.mark.django_db
OTHERS = ("stranger", "cabinet", "taskforce")
PLACES = ("", "?state=all", "?state=published", f"?text={CANARY}")


@pytest.fixture
def told(cast: Cast) -> tuple[Concern, RelayNote, Answer]:
    """A confidential concern of commune A whose answer is for all, and was passed on and read."""
    row, note = relayed(cast.echevine, cast.spoc, cast.lead)
    # What left was reworded by the lead; here what is the commune's own is looked for.
    found = published(note, cast.lead)
    found.put_in_faq(by=cast.lead, **QUESTIONS)
    answer = row.answer(by=cast.spoc, text=f"Pour vous : {CANARY}")
    answer.note_read(cast.echevine)
    return row, note, found


def addresses(answer: Answer) -> list[str]:
    pages = [f"{reverse('spoc:answer-list')}{asked}" for asked in PLACES]
    tables = [f"{reverse(f'spoc:answer-{form}')}{asked}" for form in ("csv", "xlsx") for asked in PLACES]
    steps = [
        reverse("spoc:answer-step", args=[answer.pk, verb]) for verb in ("put_in_faq", "review", "withdraw")
    ]
    return [
        *pages,
        *tables,
        *steps,
        answer.get_absolute_url(),
        reverse("spoc:answer-figures"),
        reverse("home"),
    ]


@pytest.mark.parametrize("name", OTHERS)
def test_no_page_and_no_table_holds_it(
    name: str, client: Client, cast: Cast, told: tuple[Concern, RelayNote, Answer]
) -> None:
    row, _note, answer = told
    client.force_login(getattr(cast, name))
    for address in addresses(answer):
        text = content(client.get(address)).decode(errors="replace")
        found = text.replace(f"text={CANARY}", "").replace(f'value="{CANARY}"', "")
        assert CANARY not in found, address
        assert row.reference not in found, address
        # Who holds which office is no secret at home.
        assert address == reverse("home") or row.raised_by.last_name not in found, address


def test_the_pages_of_who_may_read_it_hold_it(
    client: Client, cast: Cast, told: tuple[Concern, RelayNote, Answer]
) -> None:
    # So that the test above looks for something that could be there.
    row, _note, answer = told
    client.force_login(cast.lead)
    page = client.get(answer.get_absolute_url()).content.decode()
    assert CANARY in page
    assert row.reference in page
    book = content(client.get(f"{reverse('spoc:answer-xlsx')}?state=all")).decode()
    assert answer.question_fr in book


def test_mails_about_it_go_to_its_spoc_and_to_nobody_else(
    cast: Cast, told: tuple[Concern, RelayNote, Answer]
) -> None:
    mails = OutboxMessage.objects.filter(kind="published")
    assert {mail.person for mail in mails} == {cast.spoc}
    readers: list[User] = [getattr(cast, name) for name in OTHERS]
    assert not OutboxMessage.objects.filter(person__in=readers, text__contains=CANARY).exists()


def test_the_section_of_the_edition_does_not_hold_it(told: tuple[Concern, RelayNote, Answer]) -> None:
    (block,) = offers(day(-1), day(1), day(1))
    assert CANARY not in f"{block.fr} {block.nl}"


@pytest.mark.parametrize("name", ["stranger", "delegate"])
def test_an_answer_to_others_does_not_exist_for_a_commune(name: str, client: Client, cast: Cast) -> None:
    row, note = relayed(cast.colleague, cast.spoc, cast.lead)
    answer = published(note, cast.lead)
    client.force_login(getattr(cast, name))
    expected = 200 if row.is_raisers(getattr(cast, name)) else 404
    for address in (answer.get_absolute_url(), reverse("spoc:answer-step", args=[answer.pk, "review"])):
        code = client.get(address).status_code
        assert code == (expected if address == answer.get_absolute_url() or expected == 404 else 403)
