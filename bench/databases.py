"""Databases of their own, on the server of the measurement."""

import os
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection


def database(name: str, *, template: bool = False) -> str:
    """Make a database, empty or like the server's own, and return its address."""
    own = settings.DATABASES["default"]["NAME"]
    connection.close()
    # From another database: a template must not be in use.
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{own}"' if template else ""))
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
