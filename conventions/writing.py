"""Who writes in an agreement, what is said to whoever comes too late, and how a good form is saved."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from conventions import pages
from conventions.models import Agreement
from conventions.models.versioned import TextConflictError
from conventions.parity import Finding
from conventions.writing_forms import TextsForm
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from hubportal.workflow import TransitionError


def may_be_written(request: SignedIn, reference: str, number: int | None = None) -> Agreement:
    """Return a convention, or its amendment of that number, for who writes for its commune.

    404 when it cannot be read, PermissionDenied otherwise.
    """
    agreement = pages.readable(request, reference, number)
    if not agreement.can_be_edited_by(request.user):
        raise PermissionDenied
    return agreement


def closed(request: SignedIn, agreement: Agreement) -> HttpResponse:
    """Say that the text is not written any more."""
    return late(request, agreement, _("This text cannot be changed any more, unless it is sent back."))


def late(request: SignedIn, agreement: Agreement, why: str) -> HttpResponse:
    """Say why nothing was saved: on a page with what was typed, if anything was; else where the text is read."""
    typed = [
        (name, text)
        for name, text in request.POST.items()
        if isinstance(text, str) and text.strip() and (name == "text" or name.endswith(("_fr", "_nl")))
    ]
    if not typed:
        messages.error(request, why)
        return redirect(pages.address(agreement, "detail"))
    context = {**pages.head(agreement, request.user), "typed": typed, "why": why}
    return render(request, "conventions/writing_late.html", context, status=409)


def with_findings(rows: Any, findings: list[Finding]) -> list[tuple[Any, list[Finding]]]:
    """Return parts, each with what differs in it between French and Dutch."""
    return [(row, [finding for finding in findings if finding.part == row]) for row in rows]


def asked(
    request: SignedIn, agreement: Agreement, form: forms.Form, act: Callable[[], None],
    title: str, moved: Mapping[str, str] | None = None, *, is_text: bool = True,
    template: str = "conventions/convention_ask.html",
) -> HttpResponse:  # fmt: skip
    """Do what a good form asks for and lead on; otherwise show the form, with the reason and all that was typed.

    `is_text`: it changes what the parties agree to, and the page says so.
    """
    if form.is_valid():
        try:
            with constraint_messages():
                act()
        except TransitionError as error:
            messages.error(request, str(error))
            return redirect(pages.address(agreement, "detail"))
        except ValidationError as error:
            add_errors(form, error, moved)
        else:
            messages.success(request, _("Saved."))
            return redirect(pages.address(agreement, "edit" if agreement.is_writable else "detail"))
        # What was refused stays in the form only.
        agreement.refresh_from_db()
    context = {**pages.head(agreement, request.user), "form": form, "title": title, "is_text": is_text}
    return render(request, template, context)


def saved(
    request: SignedIn, agreement: Agreement, form: TextsForm, act: Callable[[], Any]
) -> HttpResponse | None:
    """Save texts and lead on; None when the form must be shown again, with the reason and all that was typed."""
    try:
        with constraint_messages():
            has_changed = act()
    except TransitionError as error:
        return late(request, agreement, str(error))
    except TextConflictError as error:
        form.show_conflict(error)
        return None
    except ValidationError as error:
        if getattr(error, "code", "") == "gone":
            return late(request, agreement, " ".join(error.messages))
        add_errors(form, error)
        return None
    if has_changed:
        messages.success(request, _("Saved."))
    else:
        messages.info(request, _("Nothing was changed."))
    # What is annexed beside a signed agreement leads back to it: its text is not written any more.
    return redirect(pages.address(agreement, "edit" if agreement.is_writable else "detail"))
