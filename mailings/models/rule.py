"""For whom an edition is meant: a rule, not people. Who that is, mandates, delegations and roles of the day tell."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from communes.models import Portfolio
from hubportal.accounts.roles import Role

ROLES: Final = (Role.CABINET, Role.TASKFORCE, Role.SPOC)
"""Whoever holds one of these may receive it besides the communes."""

COMMUNES: Final = 19
"""How many there are."""


class Wider(NamedTuple):
    """What a rule may say besides the offices; as it stands here: all communes, and nobody besides them."""

    communes: Sequence[str] = ()
    """NIS codes; empty: all 19."""
    to_delegates: bool = False
    to_roles: Sequence[str] = ()
    to_extras: bool = False


class AudienceRule(models.Model):
    """The columns of the rule."""

    to_bourgmestres = models.BooleanField(_("to the bourgmestres"), default=True)
    portfolios = ArrayField(
        models.CharField(max_length=16, choices=Portfolio.choices),
        verbose_name=_("to whoever holds"), default=list, blank=True,
    )  # fmt: skip
    communes = ArrayField(
        models.CharField(max_length=5), verbose_name=_("only to these communes"), default=list, blank=True
    )
    to_delegates = models.BooleanField(_("also to civil servants with a delegation"), default=False)
    to_roles = ArrayField(
        models.CharField(max_length=12), verbose_name=_("also to whoever is"), default=list, blank=True
    )
    to_extras = models.BooleanField(_("also to the named extra addresses"), default=False)

    class Meta:
        abstract = True

    @property
    def wider(self) -> Wider:
        """What the rule says besides the offices."""
        return Wider(self.communes, self.to_delegates, self.to_roles, self.to_extras)

    @wider.setter
    def wider(self, said: Wider) -> None:
        self.communes, self.to_roles = sorted(said.communes), sorted(said.to_roles)
        self.to_delegates, self.to_extras = said.to_delegates, said.to_extras

    @property
    def audience_rule(self) -> dict[str, Any]:
        """The rule as the content hash holds it: what it does not say is not in it, as before there was more to say."""
        rule = {"bourgmestres": self.to_bourgmestres, "portfolios": sorted(self.portfolios)}
        more = {
            "communes": sorted(self.communes),
            "delegates": self.to_delegates,
            "roles": sorted(self.to_roles),
            "extras": self.to_extras,
        }
        return rule | {name: said for name, said in more.items() if said}

    def follow(self, before: "AudienceRule | None") -> None:
        """Take the rule of the one before; the first one is for bourgmestres and whoever holds trade."""
        if before is None:
            self.portfolios = [Portfolio.TRADE.value]
        else:
            self.to_bourgmestres, self.portfolios, self.wider = (
                before.to_bourgmestres, before.portfolios, before.wider,
            )  # fmt: skip

    @property
    def meant(self) -> int:
        """For how many communes it is."""
        return len(self.communes) or COMMUNES

    def is_meant_for(self, nis: str) -> bool:
        """Tell whether it is meant for a commune, by its NIS code."""
        return not self.communes or nis in self.communes
