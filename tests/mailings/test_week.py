"""The week of an edition: proposed, chosen, and said plainly when another edition has it."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from mailings.models import Mailing
from tests.mailings.made import an_edition, brought_to, person
from tests.mailings.test_writing import address, typed

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def monday() -> date:
    """Return the first day of this week."""
    return timezone.localdate() - timedelta(days=timezone.localdate().weekday())


def begun(client: Client, editor: User) -> Mailing:
    """Begin an edition by the button."""
    client.force_login(editor)
    client.post(reverse("mailings:new"))
    return Mailing.objects.get(version=1)


def test_a_new_edition_proposes_the_next_week_that_has_none(client: Client, editor: User) -> None:
    an_edition()
    later = an_edition()
    Mailing.objects.filter(pk=later.pk).update(week_on=monday() + 2 * WEEK)
    assert begun(client, editor).week_on == monday() + WEEK


def test_the_week_of_an_edition_that_was_given_up_is_free(client: Client, editor: User) -> None:
    an_edition().cancel(by=person(Role.EDITOR), reason="Remplacée")
    assert begun(client, editor).week_on == monday()


def test_a_draft_left_empty_proposes_its_week_anew(client: Client, editor: User) -> None:
    row = begun(client, editor)
    Mailing.objects.update(week_on=monday() - 3 * WEEK)
    assert begun(client, editor).pk == row.pk
    assert Mailing.objects.get().week_on == monday()


def test_the_week_is_chosen_where_it_is_written(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    chosen = monday() + 2 * WEEK
    page = client.post(address(row), typed(row, week_on=chosen.isoformat()), follow=True)
    assert "Saved: version 3." in page.content.decode()
    row.refresh_from_db()
    assert (row.week_on, row.version) == (chosen, 3)


def test_another_week_after_approval_voids_it_like_any_change(client: Client, editor: User) -> None:
    row = brought_to("approved")
    client.force_login(editor)
    client.post(address(row), typed(row, **{
        f"body_{code}": row.texts[code]["body"] for code in ("fr", "nl")
    }, week_on=(monday() + WEEK).isoformat()))  # fmt: skip
    row.refresh_from_db()
    assert (row.status, row.week_on, row.approvals_now) == ("draft", monday() + WEEK, {})


def test_another_edition_of_the_week_is_named_where_it_is_written(client: Client, editor: User) -> None:
    first, row = an_edition(), an_edition()
    client.force_login(editor)
    assert "There is another edition" not in client.get(address(row)).content.decode()
    Mailing.objects.filter(pk=row.pk).update(week_on=first.week_on)
    answer = client.get(address(row))
    text = answer.content.decode()
    assert "There is another edition of the week of" in text
    assert f'<a href="{first.get_absolute_url()}">{first}</a>' in text
    labels = dict(answer.context["form"].fields["week_on"].choices)
    assert labels[first.week_on.isoformat()].endswith(str(first))


def test_an_extra_edition_of_the_same_week_is_allowed(client: Client, editor: User) -> None:
    first, row = an_edition(), an_edition()
    client.force_login(editor)
    client.post(address(row), typed(row, week_on=first.week_on.isoformat()))
    assert set(Mailing.objects.values_list("week_on", flat=True)) == {monday()}


@pytest.mark.parametrize("value", ["", "nonsense", "0001-01-01", "9999-12-27", "2026-11-24"])
def test_no_other_day_can_be_the_week(value: str, client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    assert client.post(address(row), typed(row, week_on=value)).context["form"].errors["week_on"]


def test_the_week_of_an_old_draft_stays_among_the_choices(client: Client, editor: User) -> None:
    row = an_edition()
    Mailing.objects.update(week_on=monday() - 3 * WEEK)
    client.force_login(editor)
    form = client.get(address(row)).context["form"]
    assert form["week_on"].value() == (monday() - 3 * WEEK).isoformat()
    assert form.fields["week_on"].choices[0][0] == form["week_on"].value()
