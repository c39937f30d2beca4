"""What a reader does about an agreement: the same on its page, in lists and in mails."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from conventions.models import Amendment, Comment, Convention, Evaluation
from conventions.nextstep import next_step
from conventions.todo import lines
from hubportal.outbox.models import OutboxMessage
from tests.cast import Cast
from tests.conventions.agreements import an_amendment, shared, signed
from tests.conventions.drafts import a_draft
from tests.conventions.pages import at, read

pytestmark = pytest.mark.django_db


def test_a_spoc_answers_open_comments_wherever_it_is_said(cast: Cast) -> None:
    row = shared()
    assert not next_step(row, cast.spoc).is_mine
    Comment.objects.write(on=row.articles.get(number=1), by=cast.echevine, text="Non")
    (line,) = lines([row], cast.spoc)
    assert line.next is not None
    assert line.next.is_mine
    assert line.next == next_step(row, cast.spoc)


def test_one_that_was_recorded_late_asks_for_nothing(cast: Cast) -> None:
    for year, end in ((2019, 2020), (2024, 2030), (2021, 2023)):
        dates = {"in_force_from": date(year, 1, 1), "in_force_until": date(end, 12, 31)}
        a_draft(reference=f"CC-{year}-01", **dates).record(by=cast.lead)
    late = Convention.objects.get(reference="CC-2021-01")
    assert late.state == "expired"
    assert lines([late], cast.lead)[0].next is None


def test_a_renewal_without_a_first_day_is_named_without_years(client: Client, cast: Cast) -> None:
    row = signed(first_day=timezone.localdate())
    Convention.objects.filter(pk=row.pk).update(in_force_until=None)
    row.refresh_from_db()
    draft = row.renew(by=cast.lead)
    for address in ("/fr/", "/fr/conventions/", "/fr/conventions/?state=draft"):
        html = read(client, cast.lead, address)
        assert draft.reference in html
        assert ", –" not in html


def test_a_mail_leads_to_what_it_is_about_and_quotes_remarks_only(cast: Cast) -> None:
    amendment: Amendment = an_amendment()
    assert cast.echevine.email
    last = OutboxMessage.objects.filter(kind="convention sign", to_address=cast.echevine.email).get()
    assert "Paul Agence" not in last.text
    amendment.share(by=cast.lead)
    told = OutboxMessage.objects.filter(kind="convention share", to_address=cast.echevine.email).latest("pk")
    assert at(amendment) in told.text


def test_no_year_before_the_first_agreements_is_evaluated(cast: Cast) -> None:
    a_draft(in_force_from=date(2019, 1, 1), in_force_until=date(2030, 12, 31)).record(by=cast.lead)
    Convention.objects.update(in_force_from=date(2015, 1, 1))
    assert Evaluation.years_of(Convention.objects.get())[0] == 2018
