"""Each version of the text is kept."""

import pytest
from django.db import IntegrityError, transaction

from hubportal.accounts.models import Role
from mailings.models import Revision
from tests.mailings.made import TEXTS, an_edition, person

pytestmark = pytest.mark.django_db


def test_each_version_that_was_saved_is_kept_in_both_languages() -> None:
    row = an_edition()
    first = row.version
    texts = {**TEXTS, "fr": {**TEXTS["fr"], "subject": "Autre objet"}}
    row.revise(by=person(Role.EDITOR), texts=texts, portfolios=["trade"], version=first)
    kept = {(kept.version, kept.language): kept.subject for kept in Revision.objects.all()}
    assert kept == {
        (first, "fr"): TEXTS["fr"]["subject"], (first, "nl"): TEXTS["nl"]["subject"],
        (first + 1, "fr"): "Autre objet", (first + 1, "nl"): TEXTS["nl"]["subject"],
    }  # fmt: skip


def test_what_changes_nothing_is_no_version() -> None:
    row = an_edition()
    row.revise(by=person(Role.EDITOR), texts=TEXTS, portfolios=["trade"], version=row.version)
    assert Revision.objects.count() == 2


def test_the_database_refuses_to_rewrite_the_past() -> None:
    an_edition()
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.update(body="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.all().delete()
