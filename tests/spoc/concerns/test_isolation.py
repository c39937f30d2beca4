"""What is confidential of one commune is in no byte that another commune, cabinet or task force gets here.

Every address of concerns and groups is asked, by its name in the resolver: a new one is asked without being named.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from spoc.concerns.urls import urlpatterns
from spoc.concerns.writings import WRITINGS
from spoc.models import Concern, ConcernFile, ConcernGroup
from tests.cast import COMMUNE_A, COMMUNE_B
from tests.spoc.concerns.stories import CANARY, NOTE, a_concern, a_group, published, qualified, relayed

pytestmark = pytest.mark.django_db
TRACES = (CANARY.encode(), NOTE.encode())
OTHERS = ("stranger", "cabinet", "taskforce")


@pytest.fixture
def theirs(whole: Concern, echevine: User, stranger: User, spoc: User, lead: User) -> Concern:
    """A confidential concern of A in each state that another one may look at, one in a group that B sees."""
    group = a_group(lead)
    whole.join_group(by=spoc, group=group)
    qualified(
        stranger, lead, commune=COMMUNE_B, group=group, title="Terrassen", text="Afstand?", is_shareable=True
    )
    a_concern(echevine, title=f"Distance terrasse {CANARY}", urgency="urgent")
    return whole


def addresses() -> Iterator[str]:
    """Yield every address of concerns and groups, each with the rows that there are."""
    keys: dict[str, list[int]] = {
        "concern": list(Concern.objects.values_list("pk", flat=True)),
        "group": list(ConcernGroup.objects.values_list("pk", flat=True)),
        "concern-file": list(ConcernFile.objects.values_list("pk", flat=True)),
    }
    verbs = {line.verb for line in Concern.TRANSITIONS}
    for pattern in urlpatterns:
        name = pattern.name or ""
        rows = keys.get(name) or keys[name.partition("-")[0]]
        more = verbs if "verb" in str(pattern.pattern) else WRITINGS if "what" in str(pattern.pattern) else ()
        if "pk" not in str(pattern.pattern):
            yield reverse(f"spoc:{name}")
        elif more:
            yield from (reverse(f"spoc:{name}", args=[row, word]) for row in rows for word in more)
        else:
            yield from (reverse(f"spoc:{name}", args=[row]) for row in rows)


def content(response: Any) -> bytes:
    """Return what a browser gets, a workbook unpacked."""
    found = b"".join(response)
    if not found.startswith(b"PK"):
        return found
    with zipfile.ZipFile(io.BytesIO(found)) as book:
        return b"".join(book.read(name) for name in book.namelist())


@pytest.mark.parametrize("person", OTHERS)
def test_no_page_and_no_table_holds_it(
    person: str, client: Client, theirs: Concern, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    asked = list(addresses())
    lists = [reverse(f"spoc:concern-{name}") for name in ("list", "csv", "xlsx")]
    asked += [
        f"{address}?{query}" for address in lists for query in ("commune=", "commune=shared", "text=distance")
    ]
    asked += [reverse("home"), reverse("communes:list"), reverse("communes:detail", args=[COMMUNE_A])]
    assert len(asked) > 50
    for address in asked:
        response = client.get(address)
        assert response.status_code in (200, 302, 403, 404), address
        assert not [trace for trace in TRACES if trace in content(response)], address


@pytest.mark.parametrize("person", OTHERS)
def test_nothing_sent_there_shows_or_changes_it(
    person: str, client: Client, theirs: Concern, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    data = {
        "reason": "Non.",
        "text": "Non.",
        "question": "Non ?",
        "is_shareable": "shared",
        "seen": theirs.status,
    }
    before = theirs.changed_at, theirs.messages.count()
    for address in addresses():
        if f"/{theirs.pk}/" in address and "/groups/" not in address:
            response = client.post(address, data)
            assert response.status_code in (404, 405), address
            assert not [trace for trace in TRACES if trace in content(response)], address
    theirs.refresh_from_db()
    assert (theirs.changed_at, theirs.messages.count()) == before


@pytest.mark.parametrize("person", OTHERS)
def test_no_group_takes_it_up_for_another_one(
    person: str, client: Client, theirs: Concern, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    group = theirs.group
    assert group is not None
    titles = {"title_fr": "Distance", "title_nl": "Afstand", "theme": "terraces"}
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        (f"{reverse('spoc:group-new')}?concern={theirs.pk}", titles),
        (reverse("spoc:group-add", args=[group.pk]), {"concerns": [theirs.pk]}),
        (reverse("spoc:group-edit", args=[group.pk]), titles),
    )
    for address, data in asked:
        for response in (client.get(address), client.post(address, data)):
            assert response.status_code in (403, 404), address
            assert not [trace for trace in TRACES if trace in content(response)], address
    assert ConcernGroup.objects.get() == group


def test_another_communes_answer_settles_nothing_and_is_not_shown(
    client: Client, echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    _, note = relayed(echevine, spoc, lead)
    answer = published(note, lead, text_fr=f"Distance : {CANARY}", text_nl=f"Afstand: {CANARY}")
    row = a_concern(stranger, COMMUNE_B, title="Distance", text="Distance ?")
    client.force_login(stranger)
    address = reverse("spoc:concern-step", args=[row.pk, "settle"])
    for response in (client.get(address), client.post(address, {"answer": answer.pk, "seen": row.status})):
        assert response.status_code == 200
        assert TRACES[0] not in content(response)
    row.refresh_from_db()
    assert row.status == "raised"


def test_no_mail_to_anybody_else_holds_it(theirs: Concern, echevine: User, spoc: User, lead: User) -> None:
    others = OutboxMessage.objects.exclude(person__in=[echevine, spoc, lead])
    assert others.exists()
    for mail in others:
        assert not [trace for trace in (CANARY, NOTE) if trace in mail.subject + mail.text + mail.html]


def test_the_test_would_find_it(client: Client, theirs: Concern, spoc: User) -> None:
    client.force_login(spoc)
    for address in (
        theirs.get_absolute_url(),
        *(reverse(f"spoc:concern-{name}") for name in ("csv", "xlsx")),
    ):
        assert TRACES[0] in content(client.get(address)), address
