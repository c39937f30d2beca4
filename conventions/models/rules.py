"""What the database itself refuses of an agreement: each state has its facts, and no others."""

from typing import Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from conventions.models.choices import BINDING, WRITABLE, ConventionStatus
from conventions.models.term import days, term_constraints
from hubportal.files.models import SHA256
from hubportal.workflow import known_status

REFERENCE: Final = r"^[A-Z0-9]+(-[A-Z0-9]+)*$"
REFERENCE_FORM: Final = _("A reference is made of capitals, digits and hyphens, for example CC-2025-01.")


def convention_constraints() -> list[models.BaseConstraint]:
    """Return the CHECKs of a convention, and the exclusion: one in force per commune and day."""
    return [
        *cycle_constraints("convention", ConventionStatus),
        models.CheckConstraint(
            condition=Q(reference__regex=REFERENCE),
            name="convention_reference_form",
            violation_error_message=REFERENCE_FORM,
        ),
        *term_constraints(),
        models.CheckConstraint(
            condition=Q(
                ~Q(termination_reason=""),
                status="terminated",
                notice_given_on__isnull=False,
                in_force_until__isnull=False,
            )
            | Q(~Q(status="terminated"), notice_given_on__isnull=True, termination_reason=""),
            name="convention_terminated_has_reason",
            violation_error_message=_(
                "A terminated convention has a day of notice, a last day and a reason; another one has none."
            ),
        ),
        ExclusionConstraint(
            name="convention_one_in_force",
            expressions=[("commune", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
            condition=Q(status__in=BINDING),
            violation_error_message=_("This commune has another convention in force on some of these days."),
        ),
    ]


def cycle_constraints(name: str, statuses: type[models.TextChoices]) -> list[models.BaseConstraint]:
    """Return the CHECKs of the common cycle; their names begin with `name`."""
    return [known_status(statuses, f"{name}_known_status"), *_freezing(name), *_consent(name), *_ends(name)]


def _freezing(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(content_hash="", frozen_at__isnull=True)
            | Q(content_hash__regex=SHA256, frozen_at__isnull=False),
            name=f"{name}_frozen_has_hash",
            violation_error_message=_("A text is frozen if and only if its fingerprint is known."),
        ),
        models.CheckConstraint(
            condition=Q(status__in=WRITABLE, content_hash="")
            | ~Q(content_hash="") & Q(status="to_sign")
            | Q(status__in=(*BINDING, "abandoned")),
            name=f"{name}_to_sign_is_frozen",
            violation_error_message=_("What is to be signed is frozen; what is being written is not."),
        ),
        models.CheckConstraint(
            condition=Q(status="draft", shared_at__isnull=True)
            | Q(status__in=("negotiation", "to_sign"), shared_at__isnull=False)
            | Q(status__in=(*BINDING, "abandoned")),
            name=f"{name}_shared_has_moment",
            violation_error_message=_("A text in negotiation was shared; a draft was not."),
        ),
    ]


def _consent(name: str) -> list[models.BaseConstraint]:
    none = Q(agency_agreed_at__isnull=True, commune_agreed_at__isnull=True)
    both = Q(agency_agreed_at__isnull=False, commune_agreed_at__isnull=False)
    whole = [
        Q(**{f"{party}_agreed_at__isnull": is_empty, f"{party}_agreed_by__isnull": is_empty})
        for party in ("agency", "commune")
        for is_empty in (True, False)
    ]
    return [
        models.CheckConstraint(
            condition=~Q(status="draft") | none,
            name=f"{name}_draft_is_not_agreed",
            violation_error_message=_("Nobody agrees to a draft."),
        ),
        models.CheckConstraint(
            condition=Q(content_hash="") | both,
            name=f"{name}_frozen_is_agreed",
            violation_error_message=_("A text is frozen once both parties agree to it."),
        ),
        models.CheckConstraint(
            condition=(whole[0] | whole[1]) & (whole[2] | whole[3]),
            name=f"{name}_agreed_by_somebody",
            violation_error_message=_("Whoever agrees has a name."),
        ),
        models.CheckConstraint(
            condition=Q(commune_agreed_note="") | Q(commune_agreed_at__isnull=False),
            name=f"{name}_note_of_consent",
            violation_error_message=_("There is no agreement for this note."),
        ),
    ]


def _ends(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=~Q(status__in=BINDING) & Q(signed_on__isnull=True)
            | Q(status__in=BINDING, signed_on__isnull=False, in_force_from__isnull=False),
            name=f"{name}_signed_has_dates",
            violation_error_message=_(
                "What is signed has a day of signature and a first day; what is not has no signature."
            ),
        ),
        models.CheckConstraint(
            condition=~Q(status="to_sign") | Q(in_force_from__isnull=False),
            name=f"{name}_to_sign_has_first_day",
            violation_error_message=_("What is to be signed has a first day."),
        ),
        models.CheckConstraint(
            condition=Q(council_decided_on__isnull=True)
            | Q(signed_on__isnull=True)
            | Q(council_decided_on__lte=F("signed_on")),
            name=f"{name}_decided_before_signed",
            violation_error_message=_("The council decides before the last signature."),
        ),
        models.CheckConstraint(
            condition=Q(~Q(abandon_reason=""), status="abandoned")
            | ~Q(status="abandoned") & Q(abandon_reason=""),
            name=f"{name}_abandoned_has_reason",
            violation_error_message=_("What is abandoned has a reason."),
        ),
    ]
