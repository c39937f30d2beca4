"""The demonstration's share of accounts: who can be signed in as with one click, and the agency's people.

All of them are invented; addresses end in .example (RFC 2606), telephone numbers begin with an area code that
is not in use.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import Objection, RoleGrant, User
from hubportal.accounts.roles import Role

PASSWORD: Final = "hubportal demo 19"  # noqa: S105 - the demonstration's, said on its sign-in page
BEGINNING: Final = date(2019, 3, 1)
"""The partnership begins; so do the grants."""
OBJECTION: Final = "Mon mandat a pris fin : je ne souhaite plus que la liste des lecteurs me nomme."
CABINET_SINCE: Final = date(2020, 3, 16)


class Account(NamedTuple):
    """A person of the demonstration; one with a `label` has a button on the sign-in page."""

    key: str
    first_name: str
    last_name: str
    email: str
    language: str
    phone: str
    label: str | Promise = ""
    roles: tuple[Role, ...] = ()


ACCOUNTS: Final = (
    Account("echevine", "Nadia", "Clermontois", "nadia.clermontois@anderlecht.example", "fr", "02 000 01 01", _("Échevine of trade, Anderlecht")),
    Account("schepen", "Wouter", "Beukelaar", "wouter.beukelaar@jette.example", "nl", "02 000 01 02", _("Alderman of trade, Jette (Dutch)")),
    Account("bourgmestre", "Philomène", "Vandroogh", "philomene.vandroogh@uccle.example", "fr", "02 000 01 03", _("Bourgmestre, Uccle")),
    Account("delegate", "Souad", "Benkirim", "souad.benkirim@ixelles.example", "fr", "02 000 01 04", _("Civil servant, Etterbeek and Ixelles")),
    Account("ended", "Gontran", "Hautefeuil", "gontran.hautefeuil@poste.example", "fr", "02 000 01 05", _("Former échevin, Schaerbeek: the mandate ended")),
    Account("spoc", "Bilal", "Aertsen", "bilal.aertsen@hub.example", "fr", "02 000 00 11", _("SPOC"), (Role.SPOC,)),
    Account("editor", "Lotte", "Zandstra", "lotte.zandstra@hub.example", "nl", "02 000 00 12", _("Editor of mailings (Dutch)"), (Role.EDITOR,)),
    Account("lead", "Hélène", "Marronnier", "helene.marronnier@hub.example", "fr", "02 000 00 13", _("Lead of local partnerships"), (Role.LEAD,)),
    Account("director", "Tristan", "Vervoortse", "tristan.vervoortse@hub.example", "fr", "02 000 00 14", _("Director"), (Role.DIRECTOR,)),
    Account("admin", "Yasmine", "Okongwe", "yasmine.okongwe@hub.example", "fr", "02 000 00 15", _("Administrator"), (Role.ADMIN,)),
    Account("cabinet", "Apolline", "Delcourtois", "apolline.delcourtois@cabinet.example", "fr", "02 000 00 16", _("Cabinet of the Secretary of State"), (Role.CABINET,)),
    Account("taskforce", "Joris", "Meulendijk", "joris.meulendijk@taskforce.example", "nl", "02 000 00 17", _("Regional task force (Dutch)"), (Role.TASKFORCE,)),
    Account("margaux", "Margaux", "Delvignette", "margaux.delvignette@hub.example", "fr", "02 000 00 18", "", (Role.SPOC,)),
    Account("ilse", "Ilse", "Vranckaert", "ilse.vranckaert@hub.example", "nl", "02 000 00 19", "", (Role.SPOC,)),
    Account("noe", "Noé", "Marchaland", "noe.marchaland@hub.example", "fr", "02 000 00 20", "", (Role.SPOC,)),
)  # fmt: skip


def one_click() -> list[Account]:
    """Return the accounts with a button on the sign-in page."""
    return [account for account in ACCOUNTS if account.label]


def load(today: date) -> None:
    """Make the people of ACCOUNTS and their grants, unless they are there."""
    known = set(
        User.objects.filter(email__in=[account.email for account in ACCOUNTS]).values_list("email", flat=True)
    )
    missing = [account for account in ACCOUNTS if account.email not in known]
    if not missing:
        return
    # Hashing is slow on purpose: once is enough for a password that everybody knows.
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(_person(account, password) for account in missing)
    RoleGrant.objects.bulk_create(
        grant for account, user in zip(missing, users, strict=True) for grant in _grants(account, user)
    )
    object_once()


def object_once() -> None:
    """Let the person whose mandate ended object, so that administrators have something to answer."""
    former = people()["ended"]
    if not Objection.objects.filter(user=former).exists():
        Objection.objects.create(user=former, reason=OBJECTION)


def people() -> dict[str, User]:
    """Return the people of ACCOUNTS by key."""
    by_email = {
        user.email: user for user in User.objects.filter(email__in=[account.email for account in ACCOUNTS])
    }
    return {account.key: by_email[account.email] for account in ACCOUNTS}


def _person(account: Account, password: str) -> User:
    return User(
        email=account.email,
        first_name=account.first_name,
        last_name=account.last_name,
        language=account.language,
        content_language=account.language,
        phone=account.phone,
        is_active=True,
        password=password,
    )


def _grants(account: Account, user: User) -> Iterator[RoleGrant]:
    for role in account.roles:
        since = CABINET_SINCE if role in (Role.CABINET, Role.TASKFORCE) else BEGINNING
        yield RoleGrant(user=user, role=role, starts_on=since)
