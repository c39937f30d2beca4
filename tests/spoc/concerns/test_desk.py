"""Concerns at the desk: found, looked at, and led to their page; nothing is done with them there."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from hubportal.accounts.models import User
from spoc.models import ConcernTheme
from tests.spoc.concerns.stories import a_concern, a_group, a_theme

pytestmark = pytest.mark.django_db
LIST = "admin:spoc_concern_changelist"


@pytest.mark.parametrize(
    ("words", "found"), [("egout", ["Égouts"]), ("loyer", []), ("c-20", ["Loges", "Égouts"])]
)
def test_it_finds_what_the_portal_finds(
    words: str, found: list[str], client: Client, echevine: User, spoc: User
) -> None:
    for title in ("Égouts", "Loges"):
        a_concern(echevine, title=title, text="Où ?")
    client.force_login(spoc)
    rows = client.get(reverse(LIST), {"q": words}).context["cl"].result_list
    assert [row.title for row in rows] == found


def test_it_leads_to_the_page_and_takes_no_step(client: Client, echevine: User, spoc: User) -> None:
    row, group = a_concern(echevine), a_group(spoc)
    client.force_login(spoc)
    for found, name in ((row, "concern"), (group, "concerngroup")):
        page = client.get(reverse(f"admin:spoc_{name}_change", args=[found.pk])).text
        assert f'href="{found.get_absolute_url()}"' in page
    with pytest.raises(NoReverseMatch):
        reverse("admin:spoc_concern_step", args=[row.pk, "qualify"])


def test_a_theme_that_a_lead_takes_out_is_not_offered_any_more(
    client: Client, echevine: User, lead: User
) -> None:
    theme = a_theme("rents")
    client.force_login(lead)
    facts = {"title_fr": "Loyers", "title_nl": "Huur", "position": "30"}
    client.post(reverse("admin:spoc_concerntheme_change", args=[theme.pk]), facts)
    assert not ConcernTheme.objects.get(pk=theme.pk).is_active
    client.force_login(echevine)
    offered = client.get(reverse("spoc:concern-new")).context["form"].fields["theme"].queryset
    assert theme not in offered
