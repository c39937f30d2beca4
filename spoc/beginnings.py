"""Beginning an answer with a standard one: chosen by a button of the same form, so that nothing written is lost."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from hubportal.access.admin import bound
from hubportal.accounts.letters import languages_of
from hubportal.accounts.models import User
from spoc.models import Concern, ServiceRequest, Side, StandardAnswer
from spoc.step_form import Beginning, StepForm

BEGIN: Final = "begin"
"""The name of the buttons; their value is the code of the answer and the language: `10-received:nl`."""
AnyStepForm = TypeVar("AnyStepForm", bound=StepForm)


def offered(user: User, act: str) -> QuerySet[StandardAnswer]:
    """Return the answers that a person may begin an act with: a code of `StandardAnswer.Act`; none for others."""
    return StandardAnswer.objects.visible_to(user).in_use().fitting(act)


def form_for(
    request: HttpRequest,
    form: type[AnyStepForm],
    row: ServiceRequest | Concern,
    initial: Mapping[str, Any] | None = None,
) -> AnyStepForm:
    """Return a form, bound on POST; one begun with a standard answer is not: choosing an answer keeps nothing.

    Its `beginnings` are the answers to choose from, where the form has a text to begin.
    """
    user = cast("User", request.user)
    start = _begun(user, form, request.POST) if form.act else None
    if start is None:
        found = form(*bound(request), row=row, user=user, initial=dict(initial or {}))
    else:
        found = form(initial={**(initial or {}), **start}, row=row, user=user)
        found.fields[form.begins].widget.attrs |= {"autofocus": True, "rows": 12}
        if request.FILES:
            messages.warning(request, _("Choose this file again: the browser does not keep it."))
    found.beginnings = _beginnings(user, form.act, row) if form.act else []
    return found


def _beginnings(user: User, act: str, row: ServiceRequest | Concern) -> list[Beginning]:
    """Return what is offered, in the language first in which the commune wrote, or who asked for it there reads."""
    if isinstance(row, Concern):
        first = row.language
    else:
        first = languages_of(row.created_by if row.requesting_side == Side.COMMUNE else None)[0]
    order = sorted(("fr", "nl"), key=lambda code: code != first)
    return [
        Beginning(answer.code, answer.title, [(code, answer.text_in(code)) for code in order])
        for answer in offered(user, act)
    ]


def _begun(user: User, form: type[StepForm], data: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what the form begins with, the chosen answer below what is written already; None when none was chosen.

    What was chosen besides stays; a tick is made again, by whoever has read the new text. An answer that is no longer
    offered adds nothing: whoever chose it did not mean to send.
    """
    if BEGIN not in data:
        return None
    code, _sign, language = data[BEGIN].partition(":")
    answer = offered(user, form.act).filter(code=code).first()
    parts = [data.get(form.begins, "").strip(), answer.text_in(language) if answer else ""]
    ticks = {name for name, field in form.base_fields.items() if isinstance(field, forms.BooleanField)}
    kept = {name: data[name] for name in form.base_fields.keys() - ticks if name in data}
    return {**kept, form.begins: "\n\n".join(part for part in parts if part)}
