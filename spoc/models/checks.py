"""Rules that look beyond the row itself, so no CHECK can hold them: the verbs ask here, under the row's lock."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from conventions.models import ConventionTheme
from hubportal.accounts.models import User
from hubportal.fingerprint import fingerprint
from hubportal.workflow import Stateful
from spoc.models.choices import OPEN, Kind
from spoc.models.details import ChantierDetails, Evaluated
from spoc.models.parties import belongs_to

if TYPE_CHECKING:
    from spoc.models.request import ServiceRequest


def needed(text: str, field: str) -> str:
    """Return a text without the white space around it; ValidationError on its field when nothing is left."""
    if not text.strip():
        raise ValidationError({field: ValidationError(_("Write this in a few words."), "required")})
    return text.strip()


def unchanged(row: Stateful, version: int | None, field: str = NON_FIELD_ERRORS, text: Any = None) -> None:
    """Refuse, on a field, what was meant for the row as it was read: `version` steps had been taken then.

    None: nothing was read.
    """
    if version is not None and version != row.steps_taken:
        words = text or _("Somebody changed this while you were typing. Compare both, then save again.")
        raise ValidationError({field: ValidationError(words, "stale")})


def mark_of(row: models.Model, names: Iterable[str]) -> str:
    """Return the fingerprint of the words of a row: what a page that shows them carries."""
    return fingerprint({name: str(getattr(row, name) or "") for name in names})


def as_shown(row: models.Model, names: Iterable[str], shown: str) -> None:
    """Refuse what would write over words that nobody saw; `shown`: their mark when they were read, empty for none."""
    if shown and shown != mark_of(row, names):
        words = _("Somebody changed this while you were typing. Compare both, then save again.")
        raise ValidationError(words, "stale")


def one_of(value: str, allowed: Any, field: str) -> str:
    """Return a code that is allowed; ValidationError on its field for another one."""
    if value not in allowed:
        raise ValidationError({field: ValidationError(_("Choose one of the answers."), "invalid_choice")})
    return value


def can_be_put_in_charge(request: "ServiceRequest", person: User) -> None:
    """Refuse a person who does not belong to the responding party today."""
    if not belongs_to(person, request.responding_side, request.commune_id):
        raise ValidationError({"assigned_to": _("This person does not belong to the party that is asked.")})


def in_charge_already() -> ValidationError:
    """Return the refusal of a person who has it already."""
    return ValidationError({"assigned_to": _("This person is in charge of it already.")})


def is_ready(request: "ServiceRequest") -> None:
    """Refuse to submit a request whose fields, details, district or basis are missing or wrong."""
    errors: dict[str, Any] = {}
    for check in (_own_fields, _details, has_basis):
        try:
            check(request)
        except ValidationError as error:
            errors |= error.error_dict
    if errors:
        raise ValidationError(errors)


def has_basis(request: "ServiceRequest") -> None:
    """Refuse a theme that is not one of the commune's convention in force today, and a missing reason."""
    if request.convention_theme_id is None:
        if not request.outside_reason.strip():
            raise ValidationError(
                {"convention_theme": _("Choose a theme of the convention in force, or say why none fits.")}
            )
        return
    themes = ConventionTheme.objects.open_for(request.commune)
    if not themes.filter(pk=request.convention_theme_id, theme__kind=request.kind).exists():
        raise ValidationError(
            {"convention_theme": _("This theme is not open to this service in a convention in force today.")}
        )


def _own_fields(request: "ServiceRequest") -> None:
    request.full_clean(validate_unique=False, validate_constraints=False)


def _details(request: "ServiceRequest") -> None:
    details = request.details
    if details is None:
        raise ValidationError({"kind": _("The fields of this service are still empty.")})
    details.full_clean(validate_unique=False)
    if isinstance(details, ChantierDetails):
        for interruption in details.interruptions.all():
            try:
                interruption.full_clean()
            except ValidationError as error:
                raise ValidationError({"interruptions": error.messages}) from None


def in_its_commune(request: "ServiceRequest") -> None:
    """Refuse a district of another commune."""
    if request.district and request.commune_id and request.district.commune_id != request.commune_id:
        raise ValidationError({"district": _("This district is in another commune.")})


def has_deliverable(request: "ServiceRequest") -> None:
    """Refuse to deliver nothing: neither a thing nor an introduction."""
    if not (request.deliverables.exists() or request.introductions.exists()):
        raise ValidationError(
            _("Add at least one file, link or text to deliver, or introduce the commune to somebody."),
            "nothing",
        )


def wants_evaluation(request: "ServiceRequest") -> bool:
    """Tell whether how it went is said at the delivery: after works, and of a project that had a plan of measures."""
    if request.kind == Kind.DEVELOPMENT:
        return request.measures.agreed_to().exists()
    return request.kind == Kind.CHANTIER


def may_be_delivered(request: "ServiceRequest", evaluation: str, waiver: str) -> dict[str, str]:
    """Return what is said of how it went; ValidationError, in one go, while the plan is not carried out or without it.

    A plan is followed to its end: each measure that both parties count on is done, or dropped with a reason.
    """
    errors: dict[str, Any] = {}
    if left := request.measures.to_do().count():
        words = ngettext(
            "%(count)d measure of the plan is still to be done: say that it is done, or drop it with a reason.",
            "%(count)d measures of the plan are still to be done: say that they are done, or drop them with a reason.",
            left,
        )
        errors["proposed_outcome"] = ValidationError(words % {"count": left}, "plan_goes_on")
    found: dict[str, str] = {}
    try:
        found = _evaluation(request, evaluation, waiver)
    except ValidationError as error:
        errors |= error.error_dict
    if errors:
        raise ValidationError(errors)
    return found


def _evaluation(request: "ServiceRequest", evaluation: str, waiver: str) -> dict[str, str]:
    if not wants_evaluation(request):
        return {}
    known = request.details
    if not isinstance(known, Evaluated):
        raise ValidationError({"kind": _("The fields of this service are still empty.")})
    found = {
        "evaluation": evaluation.strip() or known.evaluation,
        "evaluation_waiver": waiver.strip() or known.evaluation_waiver,
    }
    if not any(found.values()):
        raise ValidationError(
            {"evaluation": _("Write how it went for the shops, or why there is no evaluation.")}
        )
    return found


def may_write(request: "ServiceRequest", by: User, is_public: bool) -> None:
    """Refuse a message of who is no party (PermissionDenied) or to a request that has ended (ValidationError)."""
    if is_public and request.status not in OPEN:
        raise ValidationError(_("Nothing can be written here now: the request is not open."), "not_open")
    if not (request.can_be_answered_by(by) if is_public else request.can_be_noted_by(by)):
        raise PermissionDenied
