"""The form of a draft: what every request says, and the fields of its service, as one form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import construct_instance, fields_for_model, model_to_dict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.models import District, MerchantsAssociation
from conventions.models import ConventionTheme
from hubportal.access.forms import StaleGuardForm
from hubportal.accounts.models import User
from hubportal.files.forms import UploadField
from spoc.models import (
    Aim,
    AuditDetails,
    ChantierDetails,
    DevelopmentDetails,
    Kind,
    ServiceRequest,
    Stage,
    Wanted,
)


@dataclass(frozen=True)
class Page:
    """A page of questions about one thing; `code` is in its address."""

    code: str
    label: Any
    fields: tuple[str, ...]


SUBJECT: Final = Page("subject", _("What it is about"), ("title", "description", "district"))
BASIS: Final = Page("basis", _("The convention"), ("convention_theme", "outside_reason"))


@dataclass(frozen=True)
class Service:
    """The own questions of a service: the model that keeps the answers, on which pages they are asked."""

    model: type[models.Model]
    own: tuple[Page, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns of the model, in the order in which they are asked."""
        return tuple(name for page in self.own for name in page.fields)

    @property
    def pages(self) -> tuple[Page, ...]:
        """All pages of a request of this service."""
        return (SUBJECT, *self.own, BASIS)

    def page(self, code: str) -> Page | None:
        """Return a page by its code, None for no such page."""
        return next((page for page in self.pages if page.code == code), None)

    def page_of(self, field: str) -> Page:
        """Return the page on which a question stands; the interruptions stand with the effects."""
        return next((page for page in self.pages if field in page.fields), self.own[-1])


SERVICES: Final[Mapping[str, Service]] = {
    Kind.AUDIT: Service(
        AuditDetails,
        (Page("details", _("What you look for"), ("wanted", "perimeter", "period", "purpose", "needed_on")),),
    ),
    Kind.DEVELOPMENT: Service(
        DevelopmentDetails,
        (
            Page(
                "details",
                _("The project"),
                ("aim", "association", "new_association", "stage", "situation", "partners", "wished_on"),
            ),
        ),
    ),
    Kind.CHANTIER: Service(
        ChantierDetails,
        (
            Page(
                "works",
                pgettext_lazy("page", "The works"),
                ("starts_on", "ends_on", "streets", "road_type", "contracting_authority", "osiris_reference"),
            ),
            Page("effects", _("What it means for the shops"), ("shops_touched", "merchants_told_on")),
        ),
    ),
}
HINTS: Final[Mapping[str, Any]] = {
    "title": _("A few words by which you find it again. For example: empty shops of the rue Wayez."),
    "period": _("For example: 2020 to 2025."),
    "purpose": _("In one or two sentences: a decision of the college, a call for projects."),
    "needed_on": _("Leave it empty when there is no hurry."),
    "situation": _("What you see in the district, or where the association stands."),
    "new_association": _("Only when one is to be created and has a name already."),
    "partners": _("Associations, the region, a neighbouring commune."),
    "road_type": _(
        "It decides who certifies the roadworks for compensation. Bruxelles Économie et Emploi decides on "
        "compensation, not the agency."
    ),
    "streets": _("One each line, with house numbers."),
    "contracting_authority": _("Who has the works done: the commune, Brussels Mobility, STIB, a utility."),
}
ROWS: Final[Mapping[str, int]] = {"description": 4, "outside_reason": 3}


class RequestForm(StaleGuardForm):
    """One page of what is asked; another commune's theme, district or association is no choice of it."""

    class Meta:
        model = ServiceRequest
        fields = ("title", "description", "district", "convention_theme", "outside_reason")
        # Who asks is spoken to; everywhere else the same words are read by both parties.
        labels = {"description": _("What you expect")}
        widgets = {"convention_theme": forms.RadioSelect}

    def __init__(self, *args: Any, user: User, instance: ServiceRequest, page: Page, **kwargs: Any) -> None:
        self.user, self.service, self.page = user, SERVICES[instance.kind], page
        self.own = [name for name in self.service.fields if name in page.fields]
        self.details = (instance.details if instance.pk else None) or self.service.model(request=instance)
        own = model_to_dict(self.details, self.service.fields)
        kwargs["initial"] = {**own, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs, instance=instance)
        self.fields |= fields_for_model(
            self.service.model,
            self.service.fields,
            widgets=_widgets(),
            formfield_callback=_field,  # type: ignore[arg-type]  # Django gives it the widget too
        )
        self.fields = {name: self.fields[name] for name in ("row_version", *page.fields)}
        self._offer()
        for name, hint in HINTS.items():
            if name in self.fields:
                self.fields[name].help_text = hint
        for name, rows in ROWS.items():
            if name in self.fields:
                self.fields[name].widget.attrs["rows"] = rows

    def clean(self) -> dict[str, Any]:
        """Ask for a theme of the convention in force or the reason why none fits, not both."""
        found = super().clean()
        if self.page == BASIS:
            self._check_basis(found)
        return found

    def _check_basis(self, found: dict[str, Any]) -> None:
        theme, reason = found.get("convention_theme"), found.get("outside_reason", "").strip()
        if theme and reason:
            self.add_error(
                "outside_reason", _("Choose a theme of the convention or say why none fits, not both.")
            )
        if not (theme or reason or "convention_theme" in self.errors or "outside_reason" in self.errors):
            name = "convention_theme" if "convention_theme" in self.fields else "outside_reason"
            self.add_error(name, _("Choose a theme of the convention in force, or say why none fits."))

    def _post_clean(self) -> None:
        """Check the service's own fields by their model, and put what is wrong on the fields."""
        super()._post_clean()  # type: ignore[misc]  # Django's, but not in the stubs
        if not self.own:
            return
        self.details.request = self.instance  # type: ignore[attr-defined]
        construct_instance(self, self.details, self.own)
        wrong = [name for name in self.service.fields if name in self.errors or name not in self.own]
        try:
            self.details.full_clean(exclude={"request", *wrong}, validate_unique=False)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]  # the same

    def save(self, commit: bool = True) -> ServiceRequest:
        """Keep the draft and its service's fields."""
        row: ServiceRequest = super().save(commit)
        if self.own:
            self.details.request = row  # type: ignore[attr-defined]
            self.details.save()
        return row

    def _offer(self) -> None:
        """Offer what this commune may choose from; leave out a choice among nothing."""
        commune, kind = self.instance.commune, self.instance.kind
        themes = ConventionTheme.objects.visible_to(self.user).filter(
            pk__in=ConventionTheme.objects.open_for(commune).filter(theme__kind=kind).order_by().values("pk")
        )
        choices: dict[str, models.QuerySet[Any]] = {
            "district": District.objects.visible_to(self.user).filter(commune=commune),
            "association": MerchantsAssociation.objects.visible_to(self.user).filter(commune=commune),
            "convention_theme": themes.select_related("theme"),
        }
        for name, rows in choices.items():
            if name not in self.fields:
                continue
            # Somebody may send one where there is none: then the field stays, and refuses it.
            if not (rows or self.data.get(name)):
                del self.fields[name]
                continue
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            self.fields[name].empty_label = pgettext_lazy("choice", "None")  # type: ignore[attr-defined]
        if "convention_theme" in self.fields:
            self.fields["convention_theme"].empty_label = _("None of them fits")  # type: ignore[attr-defined]
            offered = list(choices["convention_theme"][:2])
            if not self.instance.outside_reason and len(offered) == 1:
                self.initial["convention_theme"] = offered[0].pk
        elif self.page == BASIS:
            # Chosen while a convention was in force that is over now: in the form nobody could take it back.
            self.instance.convention_theme = None
            self.fields["outside_reason"].required = True


class AttachForm(forms.Form):
    """A file to add to the draft."""

    upload = UploadField(label=_("File"), help_text=_("PDF, image, text or office document, 25 MB at most."))


def _field(field: "models.Field[Any, Any]", **options: Any) -> forms.Field | None:
    """Return the form's field of a column; what may be wanted is a list of boxes, how far it is may be left unsaid."""
    if field.name == "wanted":
        return forms.MultipleChoiceField(
            label=capfirst(field.verbose_name),
            choices=Wanted.choices,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Tick all that you look for."),
        )
    if field.name == "aim":
        # No empty choice among those to pick from.
        return field.formfield(choices_form_class=forms.TypedChoiceField, choices=Aim.choices, **options)
    if field.name == "stage":
        nothing = ("", pgettext_lazy("stage", "not said"))
        return field.formfield(
            choices_form_class=forms.TypedChoiceField, choices=[nothing, *Stage.choices], **options
        )
    return field.formfield(**options)


def _widgets() -> dict[str, forms.Widget | type[forms.Widget]]:
    return {
        "purpose": forms.Textarea(attrs={"rows": 3}),
        "situation": forms.Textarea(attrs={"rows": 4}),
        "streets": forms.Textarea(attrs={"rows": 4}),
        "aim": forms.RadioSelect,
        "stage": forms.RadioSelect(attrs={"class": "choices--inline"}),
        "road_type": forms.RadioSelect(attrs={"class": "choices--inline"}),
    }
