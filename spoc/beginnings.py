"""Beginning an answer with a standard one: chosen by a button of the same form, so that nothing written is lost."""

from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from hubportal.accounts.models import User
from spoc.models import StandardAnswer

BEGIN: Final = "begin"
"""The name of the buttons; their value is the code of the answer and the language: `10-received:nl`."""


def offered(user: User) -> QuerySet[StandardAnswer]:
    """Return the answers that a person may begin with."""
    return StandardAnswer.objects.visible_to(user).in_use()


def begun(user: User, data: Mapping[str, str]) -> dict[str, str] | None:
    """Return what the form begins with, the chosen answer below what is written already; None when none was chosen.

    One that is no longer offered adds nothing: whoever chose it did not mean to send.
    """
    if BEGIN not in data:
        return None
    code, _sign, language = data[BEGIN].partition(":")
    answer = offered(user).filter(code=code).first()
    parts = [data.get("text", "").strip(), answer.text_in(language) if answer else ""]
    return {"text": "\n\n".join(part for part in parts if part)}
