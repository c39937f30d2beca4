"""What `load_demo` says and refuses."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hubportal.accounts.demo import one_click
from hubportal.accounts.models import User
from hubportal.models import Installation

pytestmark = pytest.mark.django_db


def test_load_demo_marks_an_empty_database() -> None:
    call_command("load_demo", verbosity=0)
    assert Installation.objects.get().is_demo


def test_load_demo_refuses_a_database_with_people(echevine: User) -> None:
    with pytest.raises(CommandError, match="holds people"):
        call_command("load_demo", verbosity=0)
    assert User.objects.count() == 1


def test_load_demo_refuses_outside_demo_mode(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="HUBPORTAL_DEMO"):
        call_command("load_demo", verbosity=0)


def test_load_demo_says_who_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(one_click())
    assert all(line.startswith("demo accounts: ") for line in lines)
