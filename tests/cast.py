"""The cast: one person of each kind, for every test. Commune A is Anderlecht (21001), commune B Auderghem (21002).

A test asks for the persons it needs by name (`def test_…(echevine, stranger)`), or for the whole `cast`. People are
made by factories with traits; their password is `PASSWORD`, hashed once.
"""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

import factory
import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from communes.models import Assignment, Commune, Delegation, Mandate
from hubportal.accounts.models import Role, RoleGrant, User

COMMUNE_A, COMMUNE_B = "21001", "21002"
PASSWORD = "correct horse battery"
START = date(2024, 12, 1)
_HASH = make_password(PASSWORD, hasher="pbkdf2_sha256")


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person who may sign in; `UserFactory(uninvited=True)` may not."""

    class Meta:
        model = User

    class Params:
        uninvited = factory.Trait(is_active=False, password="!")

    first_name = factory.Sequence(lambda n: f"Prénom{n}")
    last_name = factory.Sequence(lambda n: f"Nom{n}")
    email = factory.Sequence(lambda n: f"person{n}@commune.example")
    language = "fr"
    content_language = "fr"
    phone = "02 000 00 19"
    is_active = True
    password = _HASH


class MandateFactory(factory.django.DjangoModelFactory[Mandate]):
    """An échevin's mandate in commune A; traits `trade`, `bourgmestre`, `ended`."""

    class Meta:
        model = Mandate

    class Params:
        trade = factory.Trait(portfolios=["trade"], portfolio_fr="Commerce", portfolio_nl="Handel")
        bourgmestre = factory.Trait(office=Mandate.Office.BOURGMESTRE, rank=None)
        ended = factory.Trait(starts_on=date(2018, 12, 1), ends_on=date(2024, 11, 30))

    user = factory.SubFactory(UserFactory)
    commune_id = COMMUNE_A
    office = Mandate.Office.ECHEVIN
    starts_on = START


class RoleGrantFactory(factory.django.DjangoModelFactory[RoleGrant]):
    """A role of a new person, since the beginning."""

    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    role = Role.SPOC
    starts_on = date(2019, 3, 1)


def grant(role: Role, **person: Any) -> User:
    """Return a new person with a role."""
    return RoleGrantFactory(role=role, user=UserFactory(**person)).user


def yesterday() -> date:
    """Return the day before today in Brussels."""
    return timezone.localdate() - timedelta(days=1)


@pytest.fixture
def commune_a(db: None) -> Commune:
    """Anderlecht."""
    return Commune.objects.get(pk=COMMUNE_A)


@pytest.fixture
def commune_b(db: None) -> Commune:
    """Auderghem / Oudergem."""
    return Commune.objects.get(pk=COMMUNE_B)


@pytest.fixture
def echevine(db: None) -> User:
    """The échevine of trade of commune A."""
    person = UserFactory(first_name="Nadia", last_name="Échevine", email="echevine@anderlecht.example")
    MandateFactory(user=person, trade=True, rank=1)
    return person


@pytest.fixture
def colleague(db: None) -> User:
    """Another échevin of commune A."""
    person = UserFactory(first_name="Marc", last_name="Collègue", email="colleague@anderlecht.example")
    MandateFactory(user=person, rank=2, portfolios=["works"])
    return person


@pytest.fixture
def stranger(db: None) -> User:
    """An échevin of trade of commune B, who reads Dutch."""
    person = UserFactory(
        first_name="Wouter",
        last_name="Vreemdeling",
        email="stranger@oudergem.example",
        language="nl",
        content_language="nl",
    )
    MandateFactory(user=person, commune_id=COMMUNE_B, trade=True)
    return person


@pytest.fixture
def ended(db: None) -> User:
    """A former échevin of commune A: the mandate ended on 30 November 2024."""
    person = UserFactory(first_name="Gontran", last_name="Ancien", email="ended@poste.example")
    MandateFactory(user=person, ended=True, trade=True)
    return person


@pytest.fixture
def delegate(echevine: User) -> User:
    """A civil servant of commune A, delegated by the échevine."""
    person = UserFactory(first_name="Souad", last_name="Déléguée", email="delegate@anderlecht.example")
    Delegation.objects.create(
        user=person, commune_id=COMMUNE_A, given_by=echevine, starts_on=date(2025, 1, 6)
    )
    return person


@pytest.fixture
def spoc(db: None) -> User:
    """The SPOC of commune A."""
    person = grant(Role.SPOC, first_name="Bilal", last_name="Spoc", email="spoc@hub.example")
    Assignment.objects.create(user=person, commune_id=COMMUNE_A, starts_on=date(2023, 9, 1))
    return person


@pytest.fixture
def editor(db: None) -> User:
    """An editor of the agency."""
    return grant(Role.EDITOR, first_name="Lotte", last_name="Editor", email="editor@hub.example")


@pytest.fixture
def lead(db: None) -> User:
    """A lead of the agency."""
    return grant(Role.LEAD, first_name="Hélène", last_name="Lead", email="lead@hub.example")


@pytest.fixture
def director(db: None) -> User:
    """The director of the agency."""
    return grant(Role.DIRECTOR, first_name="Tristan", last_name="Directeur", email="director@hub.example")


@pytest.fixture
def admin(db: None) -> User:
    """An administrator of the portal."""
    return grant(Role.ADMIN, first_name="Yasmine", last_name="Admin", email="admin@hub.example")


@pytest.fixture
def cabinet(db: None) -> User:
    """Somebody of the cabinet."""
    return grant(Role.CABINET, first_name="Apolline", last_name="Cabinet", email="cabinet@cabinet.example")


@pytest.fixture
def taskforce(db: None) -> User:
    """Somebody of the regional task force."""
    return grant(
        Role.TASKFORCE, first_name="Joris", last_name="Taskforce", email="taskforce@taskforce.example"
    )


@dataclass(frozen=True)
class Cast:
    """Everybody."""

    echevine: User
    colleague: User
    stranger: User
    ended: User
    delegate: User
    spoc: User
    editor: User
    lead: User
    director: User
    admin: User
    cabinet: User
    taskforce: User


@pytest.fixture
def cast(request: pytest.FixtureRequest, db: None) -> Cast:
    """Everybody at once."""
    return Cast(**{field.name: request.getfixturevalue(field.name) for field in fields(Cast)})
