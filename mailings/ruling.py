"""For whom an edition is meant: the fields to say it with, and the rule in words."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communes.models import Commune, Portfolio
from hubportal.accounts.roles import Role
from mailings.models.rule import ROLES, AudienceRule, Wider

_NOBODY: Final = gettext_lazy("Choose for whom it is: at least one answer.")
_NOT_ALONE: Final = gettext_lazy(
    "An edition always informs office holders: tick the bourgmestres or a portfolio. The others receive it besides "
    "them; to write to them alone, use your own mail."
)


class AudienceForm(forms.Form):
    """The audience rule: offices and communes, then who receives it besides them."""

    to_bourgmestres = forms.BooleanField(
        label=gettext_lazy("To the bourgmestres"), required=False, show_hidden_initial=True
    )
    portfolios = forms.MultipleChoiceField(
        label=gettext_lazy("To whoever holds"),
        choices=Portfolio.choices,
        required=False,
        show_hidden_initial=True,
        widget=forms.CheckboxSelectMultiple,
    )
    to_delegates = forms.BooleanField(
        label=gettext_lazy("Also to civil servants with a delegation"),
        required=False,
        show_hidden_initial=True,
        help_text=gettext_lazy("A delegate does not make up for an office holder who is not reached."),
    )
    communes = forms.MultipleChoiceField(
        label=gettext_lazy("Only to these communes"),
        required=False,
        show_hidden_initial=True,
        help_text=gettext_lazy("None ticked: to all 19."),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices--columns"}),
    )
    to_roles = forms.MultipleChoiceField(
        label=gettext_lazy("Also to"),
        required=False,
        show_hidden_initial=True,
        widget=forms.CheckboxSelectMultiple,
    )
    to_extras = forms.BooleanField(
        label=gettext_lazy("The named extra addresses"),
        required=False,
        show_hidden_initial=True,
        help_text=gettext_lazy("Those whose dates hold when it leaves; they are kept at the desk."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        communes: Any = self.fields["communes"]
        communes.choices = [(row.nis, row.name) for row in Commune.objects.order_by("nis")]
        roles: Any = self.fields["to_roles"]
        roles.choices = [(role.value, group_of(role)) for role in ROLES]

    def clean(self) -> dict[str, Any]:
        """Refuse an edition for no office holder, whoever else it is for (docs/decisions/0021)."""
        found = self.cleaned_data
        if found.get("to_bourgmestres") or found.get("portfolios") or "portfolios" in self.errors:
            return found
        others = [found.get(name) for name in ("to_delegates", "to_roles", "to_extras")]
        self.add_error("portfolios", _NOT_ALONE if any(others) else _NOBODY)
        return found

    @property
    def wider(self) -> Wider:
        """What was chosen besides the offices; every commune is the same as none in particular."""
        found = {name: self.cleaned_data[name] for name in Wider._fields}
        communes: Any = self.fields["communes"]
        if len(found["communes"]) == len(communes.choices):
            found["communes"] = []
        return Wider(**found)


def rule_of(mailing: AudienceRule) -> dict[str, Any]:
    """Return the rule as the form begins with it."""
    return {
        "to_bourgmestres": mailing.to_bourgmestres,
        "portfolios": mailing.portfolios,
        **mailing.wider._asdict(),
    }


def rule_in_words(mailing: AudienceRule) -> list[str]:
    """Return for whom it is meant, each part of the rule in a few words."""
    found = [_("The bourgmestres")] if mailing.to_bourgmestres else []
    found += [_("Whoever holds “%(name)s”") % {"name": Portfolio(code).label} for code in mailing.portfolios]
    found += [_("Civil servants with a delegation")] if mailing.to_delegates else []
    if mailing.communes:
        names = [row.name for row in Commune.objects.filter(pk__in=mailing.communes).order_by("nis")]
        found.append(_("Only in these communes: %(names)s") % {"names": ", ".join(names)})
    found += [group_of(role) for role in ROLES if role in mailing.to_roles]
    return found + ([_("The named extra addresses")] if mailing.to_extras else [])


def group_of(role: Role) -> str:
    """Return what the holders of a role are together."""
    names = {Role.CABINET: _("The cabinet"), Role.TASKFORCE: _("The task force"), Role.SPOC: _("The SPOCs")}
    return names[role]
