"""`load_communes`: 19 rows from the checked-in table, and no twentieth."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from communes.models import Commune

pytestmark = pytest.mark.django_db


def load() -> str:
    """Run the command and return what it printed."""
    out = io.StringIO()
    call_command("load_communes", stdout=out)
    return out.getvalue().strip()


def test_there_are_19_and_the_city_of_brussels_is_one_of_them() -> None:
    assert Commune.objects.count() == 19
    with translation.override("fr"):
        assert Commune.objects.get(pk="21004").name == "Ville de Bruxelles"


def test_the_first_time_makes_19() -> None:
    Commune.objects.all().delete()
    assert load() == "19 communes, 19 changed"


def test_a_second_time_changes_nothing() -> None:
    assert load() == "19 communes, 0 changed"


def test_only_a_row_that_differs_is_touched() -> None:
    Commune.objects.filter(pk="21009").update(population=1)
    assert load() == "19 communes, 1 changed"
    assert Commune.objects.get(pk="21009").population == 89162


def test_what_a_lead_mended_stays() -> None:
    Commune.objects.filter(pk="21009").update(site="new.example", mail_domains=["new.example"], population=1)
    load()
    ixelles = Commune.objects.get(pk="21009")
    assert (ixelles.site, ixelles.mail_domains) == ("new.example", ["new.example"])


def a_twentieth() -> Commune:
    """A commune that does not exist."""
    return Commune(
        nis="21020", name_fr="Vingtième", name_nl="Twintigste", postal_codes=["1300"], population=1,
        population_on="2026-01-01", area_km2=1,
    )  # fmt: skip


def test_a_twentieth_is_refused_by_the_form() -> None:
    with pytest.raises(ValidationError):
        a_twentieth().full_clean()


def test_a_twentieth_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError, match="commune_is_one_of_the_19"), transaction.atomic():
        a_twentieth().save()
