"""The last page of a draft: check the answers, add files, submit."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communes.callers import Caller, who_to_call
from hubportal.accounts.requests import SignedIn
from hubportal.workflow import TransitionError
from spoc.answers import answers
from spoc.asking_forms import AttachForm
from spoc.drafts import address_of, beside, draft_of, steps, too_late
from spoc.models import RequestFile, ServiceRequest, Status


@require_safe
def request_check(request: SignedIn, pk: int) -> HttpResponse:
    """Show a draft as it would be submitted."""
    row = draft_of(request, pk)
    if row.status != Status.DRAFT:
        return redirect(row)
    return _check_page(request, row)


@require_POST
def request_attach(request: SignedIn, pk: int) -> HttpResponse:
    """Add a file to a draft."""
    row = draft_of(request, pk)
    if row.status != Status.DRAFT:
        return too_late(request, row)
    form = AttachForm(request.POST, request.FILES)
    if not form.is_valid():
        return _check_page(request, row, form=form)
    row.attach(by=request.user, upload=form.cleaned_data["upload"])
    messages.success(request, _("The file was added."))
    return redirect("spoc:request-check", pk=row.pk)


@require_POST
def request_detach(request: SignedIn, pk: int, file: int) -> HttpResponse:
    """Take a file off a draft; a second click reads that it is gone, too."""
    row = draft_of(request, pk)
    if row.status != Status.DRAFT:
        return too_late(request, row)
    if found := RequestFile.objects.visible_to(request.user).filter(request=row, pk=file).first():
        row.detach(by=request.user, file=found)
    messages.success(request, _("The file is no longer in the draft."))
    return redirect("spoc:request-check", pk=row.pk)


@require_POST
def request_submit(request: SignedIn, pk: int) -> HttpResponse:
    """Submit a draft; then say whom to call today."""
    row = draft_of(request, pk)
    try:
        row.submit(by=request.user)
    except TransitionError as error:
        if not error.is_repeated_by(request.user):
            messages.error(request, str(error))
            return redirect(row)
    except ValidationError as error:
        return _check_page(request, row, refusal=error)
    caller = None if request.user.is_staff else who_to_call(row.commune)
    messages.success(request, _submitted(row, caller))
    return redirect(row)


# --- Parts ---------------------------------------------------------------------------------------------------------


def _check_page(
    request: SignedIn,
    row: ServiceRequest,
    *,
    form: AttachForm | None = None,
    refusal: ValidationError | None = None,
) -> HttpResponse:
    rows = [(answer, address_of(row, answer.field)) for answer in answers(row)]
    context = {
        "steps": steps(row, None),
        "row": row,
        "rows": rows,
        "refusals": _refusals(row, refusal),
        "files": RequestFile.objects.visible_to(request.user).filter(request=row),
        "form": form or AttachForm(),
        **beside(request, row.commune),
    }
    return render(request, "spoc/request_check.html", context)


def _refusals(row: ServiceRequest, refusal: ValidationError | None) -> list[tuple[str, str]]:
    """Return what is missing or wrong, each with the address of its field."""
    if refusal is None:
        return []
    found = getattr(refusal, "error_dict", None)
    if found is None:
        return [("", text) for text in refusal.messages]
    return [(address_of(row, name), text) for name, error in found.items() for text in _texts(error)]


def _texts(errors: Any) -> list[str]:
    return ValidationError(errors).messages


def _submitted(row: ServiceRequest, caller: Caller | None) -> str:
    text = _("Submitted: your reference is %(reference)s. A mail confirms it.") % {"reference": row.reference}
    return to_call(text, caller)


def to_call(text: str, caller: Caller | None) -> str:
    """Return what is said of something that arrived, and whom its commune asks or calls about it today."""
    if caller is None or caller.user is None:
        return text
    facts = {"name": caller.user.full_name, "phone": caller.user.phone}
    told = (
        _("A question? Call %(name)s today: %(phone)s.") if facts["phone"] else _("A question? Ask %(name)s.")
    )
    return f"{text} {told % facts}"
