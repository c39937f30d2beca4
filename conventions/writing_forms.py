"""The forms in which an agreement is written: texts in both languages side by side, its term, who signs it."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final, cast

from django import forms
from django.db.models import F
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Mandate
from conventions.legislature import legislature_of
from conventions.models import Agreement, Convention, Theme
from conventions.models.choices import MANDATED, Office
from conventions.models.versioned import TextConflictError, Versioned
from conventions.months import IN_REACH
from conventions.stale import KnowingForm, SeenForm
from hubportal.accounts.models import Role, User
from hubportal.changes import Change, changes
from hubportal.files.forms import AsksForFileAgain, UploadField
from hubportal.fingerprint import normal
from hubportal.forms import InBoth, carry

LABELS: Final[Mapping[str, Any]] = {
    "title": _("title"), "body": _("text"), "text": _("text"), "modality": _("modalities"),
}  # fmt: skip
ROWS: Final[Mapping[str, int]] = {"title": 2, "body": 14, "text": 10, "modality": 6}


class TextsForm(InBoth, forms.Form):
    """The texts of an article, a theme or a project; `version` is the one that was edited.

    `theirs` holds, after a conflict, what is kept now where it differs from what was typed: the lines by field.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    """Marks of the texts that the page showed: a box nobody touched still holds that one."""

    def __init__(self, *args: Any, row: Versioned, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": row.version, "shown": _marks(row.texts), **row.texts}
        super().__init__(*args, **kwargs)
        self.row, self.theirs = row, dict[str, list[Change]]()
        self.in_both = tuple(dict.fromkeys(name.rsplit("_", 1)[0] for name in row.TEXTS))
        for name in row.TEXTS:
            model_field: Any = row._meta.get_field(name)
            what, language = name.rsplit("_", 1)
            with translation.override(language):
                # Each side speaks its own language, whoever writes.
                label = str(capfirst(LABELS[what]))
            self.fields[name] = forms.CharField(
                label=label, required=not model_field.blank, max_length=model_field.max_length,
                widget=forms.Textarea(attrs={"rows": ROWS[what], "class": "input--line" if what == "title" else ""}),
            )  # fmt: skip

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by field."""
        return {name: self.cleaned_data[name] for name in self.row.TEXTS}

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the boxes, good or not."""
        return {name: str(self[name].value() or "") for name in self.row.TEXTS}

    def show_conflict(self, error: TextConflictError) -> None:
        """Show both texts, in the boxes that were written in; the others take what is kept now."""
        shown = str(self.data.get("shown", "")).split()
        for name, mark in zip(self.row.TEXTS, shown, strict=False):
            if _mark(error.mine[name]) == mark:
                carry(self, name, error.theirs[name])
                error.mine[name] = error.theirs[name]
        carry(self, "version", str(error.version))
        carry(self, "shown", _marks(error.theirs))
        self.theirs = {name: changes(error.theirs[name], error.mine[name]) for name in self.row.TEXTS}
        self.add_error(None, error)


def _mark(text: str) -> str:
    return hashlib.sha256(normal(text).strip().encode()).hexdigest()[:16]


def _marks(texts: Mapping[str, str]) -> str:
    return " ".join(_mark(text) for text in texts.values())


class ThemeTextsForm(TextsForm):
    """A theme that is opened, with its modalities."""

    theme = forms.ModelChoiceField(Theme.objects.none(), label=_("Theme"))

    def __init__(self, *args: Any, agreement: Convention, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Theme]", self.fields["theme"])
        opened = agreement.themes.order_by().values("theme")
        field.queryset = Theme.objects.exclude(pk__in=opened).order_by("position", "code")


class ProjectTextsForm(AsksForFileAgain, TextsForm):
    """A project agreement that is annexed."""

    starts_on = forms.DateField(label=_("First day"), required=False, validators=IN_REACH)
    ends_on = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Included."), validators=IN_REACH
    )
    upload = UploadField(label=_("Document (PDF)"), required=False, kinds=["pdf"])

    def __init__(self, *args: Any, agreement: Convention, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: Any = self.row
        self.initial.update({"starts_on": row.starts_on, "ends_on": row.ends_on})
        if row.file:
            self.fields["upload"].help_text = _("Now: %(name)s. Choose a file only to replace it.") % {
                "name": row.name
            }

    @property
    def facts(self) -> dict[str, Any]:
        """Its days, and the document if one was chosen."""
        return {name: self.cleaned_data[name] for name in ("starts_on", "ends_on", "upload")}


class BeginForm(KnowingForm):
    """For which commune."""

    commune = forms.ModelChoiceField(Commune.objects.order_by("nis"), label=_("Commune"))


class TermForm(SeenForm):
    """From when, until when, and how notice is given."""

    COLUMNS = Convention.TERMS
    in_force_from = forms.DateField(label=_("First day"), validators=IN_REACH)
    ends = forms.ChoiceField(
        label=_("How it ends"),
        choices=[
            ("legislature", _("with the communal legislature of its first day")),
            ("day", _("on the day below")),
            ("tacit", _("it renews itself, until notice is given")),
        ],
        widget=forms.RadioSelect,
    )
    in_force_until = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Included; when it ends on a day of its own.")
    )
    first_period_until = forms.DateField(
        label=_("Last day of the first period"), required=False, help_text=_("When it renews itself.")
    )
    renewal_months = forms.IntegerField(
        label=_("Months of each renewal"), required=False, help_text=_("When it renews itself.")
    )
    notice_months = forms.IntegerField(label=_("Months of notice"), min_value=0)

    def __init__(self, *args: Any, row: Convention, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"ends": _ending(row)}, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask for what the way it ends needs."""
        found = self.cleaned_data
        for name in _NEEDED.get(found.get("ends", ""), ()):
            if not found.get(name) and name not in self.errors:
                words = _("%(field)s: this is needed for how it ends.")
                self.add_error(name, words % {"field": self.fields[name].label})
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """The columns of the term."""
        found, ends = super().facts, self.cleaned_data["ends"]
        if ends == "legislature":
            found["in_force_until"] = legislature_of(found["in_force_from"]).ends_on
        elif ends == "tacit":
            found["in_force_until"] = None
        if ends != "tacit":
            found |= {"renewal_months": None, "first_period_until": None}
        return found


_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("in_force_until",),
    "tacit": ("first_period_until", "renewal_months"),
}


def _ending(convention: Convention) -> str:
    start, end = convention.in_force_from, convention.in_force_until
    if end is None and convention.renewal_months:
        return "tacit"
    return "day" if start and end and legislature_of(start).ends_on != end else "legislature"


class SignatoryForm(forms.Form):
    """Who will sign: somebody whose mandate holds today, or an office with the name of who holds it."""

    who = forms.ChoiceField(label=_("Who signs"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name"), required=False, max_length=200,
        help_text=_("Of the communal secretary, or of somebody of the agency who is not named above."),
    )  # fmt: skip

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Mandate.objects.valid().filter(commune=agreement.nis, office__in=MANDATED)
        rows = held.select_related("user").order_by("office", F("rank").asc(nulls_first=True), "pk")
        self.mandates = {f"mandate-{row.pk}": row for row in rows}
        self.agency = _agency_people()
        by_name = [(value, capfirst(label)) for value, label in Office.choices if value not in MANDATED]
        field = cast("forms.ChoiceField", self.fields["who"])
        field.choices = [
            *(
                (key, f"{row.user.full_name}, {row.get_office_display()}")
                for key, row in self.mandates.items()
            ),
            *((key, f"{user.full_name}, {office.label}") for key, (office, user) in self.agency.items()),
            *by_name,
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for the name of who signs without a mandate."""
        found = self.cleaned_data
        who = found.get("who")
        known = {*self.mandates, *self.agency}
        if who and who not in known and not found.get("name", "").strip() and "name" not in self.errors:
            self.add_error("name", _("Write the name of who signs in this office."))
        if who in known and found.get("name", "").strip():
            self.add_error("name", _("Leave this empty: whom you chose above signs under their own name."))
        return found

    @property
    def arguments(self) -> dict[str, Any]:
        """What `add_signatory` is called with."""
        if chosen := self.agency.get(self.cleaned_data["who"]):
            office, user = chosen
            return {"office": office.value, "user": user}
        mandate = self.mandates.get(self.cleaned_data["who"])
        if mandate is not None:
            return {"office": mandate.office, "user": mandate.user}
        return {"office": self.cleaned_data["who"], "name": self.cleaned_data["name"]}


def _agency_people() -> dict[str, tuple[Office, User]]:
    """Return who usually signs for the agency, by a key: its directors, and leads as its representatives."""
    offices = ((Role.DIRECTOR, Office.DIRECTOR), (Role.LEAD, Office.REPRESENTATIVE))
    return {
        f"{office}-{user.pk}": (office, user)
        for role, office in offices
        for user in User.objects.holding([role]).order_by("last_name", "pk")
    }


class CouncilForm(SeenForm):
    """On which day the communal council decided."""

    COLUMNS = ("council_decided_on",)
    council_decided_on = forms.DateField(
        label=_("Decision of the communal council"), required=False, help_text=_("Empty when unknown."),
        validators=IN_REACH,
    )  # fmt: skip
