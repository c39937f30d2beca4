"""The form of a draft: what every request says, and the fields of its service, as one form."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

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
    AuditDetails,
    ChantierDetails,
    DevelopmentDetails,
    Kind,
    ServiceRequest,
    Wanted,
)


class Service(NamedTuple):
    """The own fields of a service: the model that keeps them, in which order they are asked."""

    model: type[models.Model]
    fields: tuple[str, ...]


SERVICES: Final[Mapping[str, Service]] = {
    Kind.AUDIT: Service(AuditDetails, ("wanted", "perimeter", "period", "purpose", "needed_on")),
    Kind.DEVELOPMENT: Service(
        DevelopmentDetails, ("aim", "association", "situation", "partners", "wished_on")
    ),
    Kind.CHANTIER: Service(
        ChantierDetails,
        ("starts_on", "ends_on", "streets", "road_type", "contracting_authority", "shops_touched"),
    ),
}
HINTS: Final[Mapping[str, Any]] = {
    "title": _("A few words by which you find it again. For example: empty shops of the rue Wayez."),
    "period": _("For example: 2020 to 2025."),
    "purpose": _("In one or two sentences: a decision of the college, a call for projects."),
    "needed_on": _("Leave it empty when there is no hurry."),
    "situation": _("What you see in the district, or where the association stands."),
    "partners": _("Associations, the region, a neighbouring commune."),
    "road_type": _(
        "It decides who certifies the roadworks for compensation. Bruxelles Économie et Emploi decides on "
        "compensation, not the agency."
    ),
    "contracting_authority": _("Who has the works done: the commune, Brussels Mobility, STIB, a utility."),
}
ROWS: Final[Mapping[str, int]] = {"description": 4, "outside_reason": 3}


class RequestForm(StaleGuardForm):
    """What is asked; another commune's theme, district or association is no choice of it."""

    class Meta:
        model = ServiceRequest
        fields = ("title", "description", "district", "convention_theme", "outside_reason")
        # Who asks is spoken to; everywhere else the same words are read by both parties.
        labels = {"description": _("What you expect")}
        widgets = {"convention_theme": forms.RadioSelect}

    def __init__(self, *args: Any, user: User, instance: ServiceRequest, **kwargs: Any) -> None:
        self.user, self.service = user, SERVICES[instance.kind]
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
        self._offer()
        self.order_fields(("title", "description", *self.service.fields, "district"))
        for name, hint in HINTS.items():
            if name in self.fields:
                self.fields[name].help_text = hint
        for name, rows in ROWS.items():
            self.fields[name].widget.attrs["rows"] = rows

    def clean(self) -> dict[str, Any]:
        """Ask for a theme of the convention in force or the reason why none fits, not both."""
        found = super().clean()
        theme, reason = found.get("convention_theme"), found.get("outside_reason", "").strip()
        if theme and reason:
            self.add_error(
                "outside_reason", _("Choose a theme of the convention or say why none fits, not both.")
            )
        if not (theme or reason or "convention_theme" in self.errors or "outside_reason" in self.errors):
            name = "convention_theme" if "convention_theme" in self.fields else "outside_reason"
            self.add_error(name, _("Choose a theme of the convention in force, or say why none fits."))
        return found

    def _post_clean(self) -> None:
        """Check the service's own fields by their model, and put what is wrong on the fields."""
        super()._post_clean()  # type: ignore[misc]  # Django's, but not in the stubs
        self.details.request = self.instance  # type: ignore[attr-defined]
        construct_instance(self, self.details, self.service.fields)
        wrong = [name for name in self.service.fields if name in self.errors]
        try:
            self.details.full_clean(exclude={"request", *wrong}, validate_unique=False)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]  # the same

    def save(self, commit: bool = True) -> ServiceRequest:
        """Keep the draft and its service's fields."""
        row: ServiceRequest = super().save(commit)
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
            if self.instance.pk is None and len(offered) == 1:
                self.initial["convention_theme"] = offered[0].pk
        else:
            # Chosen while a convention was in force that is over now: in the form nobody could take it back.
            self.instance.convention_theme = None


class AttachForm(forms.Form):
    """A file to add to the draft."""

    upload = UploadField(label=_("File"), help_text=_("PDF, image, text or office document, 25 MB at most."))


def _field(field: "models.Field[Any, Any]", **options: Any) -> forms.Field | None:
    """Return the form's field of a column; what may be wanted is a list of boxes."""
    if field.name == "wanted":
        return forms.MultipleChoiceField(
            label=capfirst(field.verbose_name),
            choices=Wanted.choices,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Tick all that you look for."),
        )
    return field.formfield(**options)


def _widgets() -> dict[str, forms.Widget | type[forms.Widget]]:
    return {
        "purpose": forms.Textarea(attrs={"rows": 3}),
        "situation": forms.Textarea(attrs={"rows": 4}),
        "streets": forms.Textarea(attrs={"rows": 4}),
        "aim": forms.RadioSelect,
        "road_type": forms.RadioSelect(attrs={"class": "choices--inline"}),
    }
