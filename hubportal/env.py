"""Typed readers of the environment, for settings.py alone.

Each reader returns a value that can be used as it is, or raises `ImproperlyConfigured` with the variable's
name, what is wrong with it and what to write instead: a portal that starts on nonsense fails later, in the
hands of somebody who did not write it.

A variable that may hold a secret (`secret`, `database`, `redis`, `smtp`) may also be given as NAME_FILE, the
path of a file that holds the value.
"""

import os
import re
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})
_HOST = re.compile(r"\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", re.IGNORECASE)
_DATABASE_OPTIONS = frozenset(
    {"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "target_session_attrs"}
)


class RedisUrls(NamedTuple):
    """One Redis in its two spellings: `broker` for Celery, `cache` for redis-py and Django's cache."""

    broker: str
    cache: str


def refuse(name: str, problem: str) -> NoReturn:
    """Stop the start with `NAME: problem`. Never put a secret's value in `problem`."""
    raise ImproperlyConfigured(f"{name}: {problem}")


def text(name: str, default: str | None = None) -> str:
    """Return the variable without surrounding blanks; empty counts as absent; no default: required."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        refuse(name, "is missing; set it in the environment (.env.example says what it means).")
    return default


def flag(name: str, default: bool) -> bool:
    """Return a yes or no, written 1 or 0 (true/false, yes/no, on/off also do)."""
    value = text(name, "1" if default else "0").lower()
    if value not in _YES | _NO:
        refuse(name, f"{value!r} is neither yes nor no; write 1 or 0.")
    return value in _YES


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    """Return one of the allowed words, in capitals."""
    value = text(name, default).upper()
    if value not in allowed:
        refuse(name, f"{value!r} is not known; write one of {', '.join(allowed)}.")
    return value


def integer(name: str, default: int, minimum: int | None = None, maximum: int | None = None) -> int:
    """Return a whole number within `minimum` and `maximum`, both inclusive."""
    value = text(name, str(default))
    if not re.fullmatch(r"-?[0-9]{1,18}", value):
        refuse(name, f"{value!r} is not a whole number; write for example {default}.")
    number = int(value)
    if minimum is not None and number < minimum:
        refuse(name, f"{number} is too small; write {minimum} or more.")
    if maximum is not None and number > maximum:
        refuse(name, f"{number} is too large; write {maximum} or less.")
    return number


def names(name: str, default: str | None = None) -> list[str]:
    """Return the values between the commas, without blanks; no default: at least one is required."""
    values = [value.strip() for value in text(name, default).split(",")]
    found = [value for value in values if value]
    if not found and default is None:
        refuse(name, "names nothing; write one value, or several separated by commas.")
    return found


def hosts(name: str, default: str | None = None) -> list[str]:
    """Return host names for ALLOWED_HOSTS; a scheme, a port, a path or `*` is refused."""
    found = names(name, default)
    for host in found:
        if not _HOST.fullmatch(host):
            refuse(name, f"{host!r} is not a host name; write for example portal.example.brussels.")
    return found


def mailbox(name: str, default: str) -> str:
    """Return a bare e-mail address whose mailbox can still take a mark after a plus (RFC 5321: 64 characters)."""
    value = text(name, default)
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,30}@[A-Za-z0-9.-]+", value):
        refuse(name, f"{value!r} is no short plain address; write for example bounces@example.brussels.")
    return value


def folder(name: str) -> Path | None:
    """Return the absolute path of a folder, None without one; whether it is there is seen when it is read."""
    value = text(name, "")
    if value and not Path(value).is_absolute():
        refuse(name, f"{value!r} is no whole path; write for example /srv/hubportal/bounces.")
    return Path(value) if value else None


def issuer(name: str, *, is_https_needed: bool) -> list[dict[str, Any]]:
    """Return the issuer of outside identities as allauth wants it: none without NAME_ISSUER, else all four."""
    if not text(f"{name}_ISSUER", ""):
        return []
    address = url(f"{name}_ISSUER")
    if is_https_needed and not address.startswith("https://"):
        refuse(f"{name}_ISSUER", "must begin with https://: it says who people are")
    return [
        {
            "provider_id": "outside",
            "name": text(f"{name}_NAME"),
            "client_id": text(f"{name}_CLIENT"),
            "secret": secret(f"{name}_SECRET"),
            # With and without a final slash are two issuers: as it was written.
            "settings": {"server_url": address, "issuer": text(f"{name}_ISSUER"), "fetch_userinfo": False},
        }
    ]


def url(name: str, default: str | None = None) -> str:
    """Return an http(s) address without its final slash, query or fragment."""
    value = text(name, default)
    parts = _split(name, value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        refuse(name, f"{value!r} is no web address; write for example https://portal.example.brussels.")
    return value.rstrip("/")


def secret(name: str, default: str | None = None) -> str:
    """Return the variable, or the content of the file that NAME_FILE names; never both."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return text(name, default)
    if os.environ.get(name, "").strip():
        refuse(name, f"is set twice, with {name}_FILE as well; keep one of the two.")
    try:
        value = Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{name}_FILE", f"{path} cannot be read ({type(error).__name__}); name a readable text file.")
    if not value:
        refuse(f"{name}_FILE", f"{path} is empty; put the value of {name} in it.")
    return value


def database(name: str) -> dict[str, Any]:
    """Return a DATABASES entry from postgres://user:password@host:port/name.

    A server on a Unix socket: postgres:///name?host=/folder&user=name. The query may also carry libpq's TLS
    and connection options.
    """
    example = "postgres://user:password@host:5432/hubportal, or postgres:///hubportal?host=/folder&user=name"
    parts = _split(name, secret(name))
    if parts.scheme not in {"postgres", "postgresql"}:
        refuse(name, f"is not a PostgreSQL address; write {example}.")
    query = dict(parse_qsl(parts.query))
    entry = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": parts.hostname or query.pop("host", ""),
        "PORT": str(_port(name, parts) or query.pop("port", "")),
    }
    if not entry["NAME"] or "/" in entry["NAME"]:
        refuse(name, f"names no database; write {example}.")
    if unknown := query.keys() - _DATABASE_OPTIONS:
        refuse(name, f"has an unknown option {sorted(unknown)[0]!r}; known: {sorted(_DATABASE_OPTIONS)}.")
    # A connection is kept a minute and asked whether it still lives before a request uses it, so that a
    # restarted PostgreSQL costs no visitor an error page.
    options = {"connect_timeout": 5} | query
    return entry | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def redis(name: str) -> RedisUrls:
    """Return the addresses of the broker and of the cache from redis://, rediss:// or unix:///socket?db=0.

    The broker takes the database that is named, the cache the next one, so that emptying the cache never
    empties the queue. Each worker of pytest-xdist gets a pair of its own.
    """
    parts = _split(name, secret(name))
    query = dict(parse_qsl(parts.query))
    if parts.scheme not in {"redis", "rediss", "unix"} or not (parts.hostname or parts.path):
        refuse(name, "is not a Redis address; write redis://host:6379/0 or unix:///folder/redis.sock?db=0.")
    is_socket = parts.scheme == "unix"
    number = query.pop("db", "0") if is_socket else parts.path.strip("/") or "0"
    if not number.isdecimal():
        refuse(name, f"{number!r} is no database number; write for example redis://host:6379/0.")
    _port(name, parts)
    db = int(number) + _test_worker() * 2
    if is_socket:
        return RedisUrls(
            f"redis+socket://{_userinfo(parts)}{parts.path}?" + urlencode({"virtual_host": db} | query),
            f"unix://{_userinfo(parts)}{parts.path}?" + urlencode({"db": db + 1} | query),
        )
    if parts.scheme == "rediss":
        query.setdefault("ssl_cert_reqs", "required")
    tail = f"?{urlencode(query)}" if query else ""
    base = f"{parts.scheme}://{parts.netloc}"
    return RedisUrls(f"{base}/{db}{tail}", f"{base}/{db + 1}{tail}")


def smtp(name: str, default: str | None = None) -> dict[str, Any]:
    """Return Django's EMAIL_* settings from smtp://user:password@host:port, smtps:// or ?starttls=1."""
    parts = _split(name, secret(name, default))
    query = dict(parse_qsl(parts.query))
    starttls = query.pop("starttls", "0")
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or query or starttls not in _YES | _NO:
        refuse(name, "is not a mail server; write smtp://user:password@host:587?starttls=1 or smtps://host.")
    implicit = parts.scheme == "smtps"
    if implicit and starttls in _YES:
        refuse(name, "asks for TLS twice; write smtps:// or ?starttls=1, not both.")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": _port(name, parts) or (465 if implicit else 587 if starttls in _YES else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": starttls in _YES,
        "EMAIL_TIMEOUT": 20,
    }


def _split(name: str, value: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError:
        refuse(name, "is no valid address; check its brackets and special characters (write them as %XX).")


def _port(name: str, parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        refuse(name, "has no valid port; write a number from 1 to 65535 after the last colon.")


def _userinfo(parts: SplitResult) -> str:
    """Return `user:password@` as it was written, or nothing."""
    return parts.netloc.rpartition("@")[0] + "@" if "@" in parts.netloc else ""


def _test_worker() -> int:
    """Return N inside worker gwN of pytest-xdist, else 0."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    return int(worker) if worker.isdecimal() else 0
