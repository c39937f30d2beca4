"""What the libraries of the desk share: both languages; the project's own entries are loaded once, the leads' stay."""

import json
from pathlib import Path
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

DATA: Final = Path(__file__).parent.parent / "data"


class LibraryQuerySet(models.QuerySet[Any]):
    """Entries; each library says who sees them."""

    def in_use(self) -> Self:
        """Return those that are still offered."""
        return self.filter(is_active=True)

    def load(self) -> int:
        """Add the entries of the project, once each; what leads changed since stays. Returns how many are new."""
        known = set(self.values_list("code", flat=True))
        found: list[dict[str, Any]] = json.loads((DATA / self.model.FILE).read_text(encoding="utf-8"))
        return len(self.bulk_create([self.model(**facts) for facts in found if facts["code"] not in known]))


class LibraryEntry(models.Model):
    """An entry of a library; `FILE` holds the project's own."""

    FILE: ClassVar[str]

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    title_fr = models.CharField(_("title in French"), max_length=160)
    title_nl = models.CharField(_("title in Dutch"), max_length=160)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_nl if get_language() == "nl" else self.title_fr
