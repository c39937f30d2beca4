"""Brings the database, the demo data and the static files up to date, in one process.

Called by `./run` before the portal starts. Lines that begin with "demo " are shown to the person.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils.module_loading import import_module, module_has_submodule


def main() -> int:
    """Do it all; returns the exit code, after one clear line for what a person can put right."""
    try:
        django.setup()
        _bring_up_to_date()
    except ImproperlyConfigured as error:
        print(f"a setting is wrong: {error}")
        return 1
    except OperationalError as error:
        print(f"the database of DATABASE_URL cannot be used: {error}")
        return 1
    except CommandError as error:
        print(error)
        return 1
    return 0
