"""The pages of an agreement as a test opens them: addresses, and what a person reads there."""

import re
from typing import Any

from django.test import Client

from conventions import pages
from conventions.models import Agreement
from hubportal.accounts.models import User


def at(agreement: Agreement, page: str = "detail", **more: Any) -> str:
    """Return the address of a page."""
    return pages.address(agreement, page, **more)


def step(agreement: Agreement, verb: str) -> str:
    """Return the address of a step."""
    return at(agreement, "step", verb=verb)


def read(client: Client, user: User, address: str, code: int = 200) -> str:
    """Return what a person reads at an address, white space folded; the code must be this one."""
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == code, (user, address, response.status_code)
    return " ".join(response.content.decode().split()) if code == 200 else ""


def send(client: Client, user: User, address: str, **data: Any) -> Any:
    """Post a form as a person; the page that follows."""
    client.force_login(user)
    return client.post(address, data, follow=True)


def take(client: Client, user: User, agreement: Agreement, verb: str, **data: Any) -> Any:
    """Open the page of a step, then send its form with what it held and these answers."""
    client.force_login(user)
    address = data.pop("address", step(agreement, verb))
    form = client.get(address).context["form"]
    hidden = {field.name: field.value() for field in form if field.is_hidden}
    return send(client, user, address, **{**hidden, **data})


def seen(client: Client, user: User, address: str) -> str:
    """Return the mark of what a form shows to a person."""
    client.force_login(user)
    return str(client.get(address).context["form"]["seen"].value())


def errors(response: Any) -> dict[str, list[str]]:
    """Return the errors of the form that was shown again, by field."""
    assert response.status_code == 200
    return dict(response.context["form"].errors)


def said(response: Any) -> str:
    """Return the messages at the top of the page, as text."""
    return " ".join(str(message) for message in response.context["messages"])


def next_of(html: str) -> str:
    """Return the first thing a page says: the reader's next step."""
    found = re.search(r'id="h-next">([^<]*)<', html)
    assert found, html[:500]
    return found[1]
