"""Rules that look beyond the row itself, so no CHECK can hold them: the verbs ask here, under the row's lock."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from communes.models.mandate import communes_of
from conventions.models.choices import Office, Party
from hubportal.accounts.models import STEWARDS, User

if TYPE_CHECKING:
    from conventions.models.agreement import Agreement


def needed(text: str, field: str, most: int = 2000) -> str:
    """Return a text without the white space around it; ValidationError on its field when it is empty or too long."""
    told = text.strip()
    if not told:
        raise ValidationError({field: ValidationError(_("Write this in a few words."), "required")})
    try:
        MaxLengthValidator(most)(told)
    except ValidationError as error:
        raise ValidationError({field: error}) from None
    return told


def one_of(value: str, allowed: Any, field: str) -> str:
    """Return a code that is allowed; ValidationError on its field for another one."""
    if value not in allowed:
        raise ValidationError({field: ValidationError(_("Choose one of the answers."), "invalid_choice")})
    return value


def only_knowingly(unsigned: Any, known: str, words: Any, field: str = NON_FIELD_ERRORS) -> None:
    """Refuse to begin beside the last unsigned agreement, unless its reference is the known one.

    ValidationError "unsigned" on the field, with its `reference` and, where it has one, its `title`.
    """
    if unsigned is not None and unsigned.reference != known:
        facts = {name: getattr(unsigned, name) for name in ("reference", "title") if hasattr(unsigned, name)}
        raise ValidationError({field: ValidationError(words, "unsigned", facts)})


def party_of(agreement: "Agreement", by: User, party: str) -> Party:
    """Return the party for which a person agrees: PermissionDenied when they do not speak for the one asked."""
    if not party:
        return Party.AGENCY if by.has_role(*STEWARDS) else Party.COMMUNE
    side = Party(one_of(party, Party.values, "party"))
    if side not in parties_of(agreement, by):
        raise PermissionDenied(_("You do not speak for this party."))
    return side


def parties_of(agreement: "Agreement", user: User, *, agreed: bool | None = None) -> list[Party]:
    """Return the parties for which a person may record that they agree: all, or those that did, or did not."""
    if user.has_role(*STEWARDS):
        parties = [Party.AGENCY, Party.COMMUNE]
    else:
        parties = [Party.COMMUNE] if agreement.nis in communes_of(user) else []
    return [party for party in parties if agreed is None or agreement.agreed(party) == agreed]


def has_signatories(agreement: "Agreement", day: date) -> None:
    """Refuse unless bourgmestre, communal secretary and two of the agency are to sign, in office on the day."""
    rows = list(agreement.signatories.select_related("user"))
    offices = {row.office for row in rows}
    if not {Office.BOURGMESTRE, Office.SECRETARY} <= offices:
        raise ValidationError(_("The bourgmestre and the communal secretary sign for the commune."))
    if sum(row.party == Party.AGENCY for row in rows) < 2:
        raise ValidationError(_("Two people sign for the agency."))
    if any(row.signed_on for row in rows):
        raise ValidationError(
            _("A signature was typed in already: take it out, or record the convention as signed.")
        )
    for row in rows:
        row.check_office(day)


def is_agreed(agreement: "Agreement") -> None:
    """Refuse while a party has not agreed to the text as it stands."""
    words = {
        Party.AGENCY: _("The agency has not agreed to this text yet."),
        Party.COMMUNE: _("The commune has not agreed to this text yet."),
    }
    missing = [
        ValidationError(text, "not_agreed") for party, text in words.items() if not agreement.agreed(party)
    ]
    if missing:
        raise ValidationError(missing)


def council_came_first(agreement: "Agreement", signed_on: date) -> None:
    """Refuse a last signature before the decision of the council."""
    if agreement.council_decided_on and agreement.council_decided_on > signed_on:
        raise ValidationError(_("The council decides before the last signature."))


def was_signed_on_paper(convention: Any) -> date:
    """Return the day of the last signature of a convention of the past; ValidationError when it is not whole."""
    if convention.in_force_from is None:
        raise ValidationError(_("Write the first day of the convention."))
    if not convention.themes.exists():
        raise ValidationError(_("A convention opens at least one theme."))
    signatories = list(convention.signatories.select_related("user"))
    if {row.party for row in signatories} != {"agency", "commune"}:
        raise ValidationError(_("Both parties sign: write at least one signatory for each."))
    for row in signatories:
        if row.signed_on is None:
            raise ValidationError(_("Write on which day %(name)s signed.") % {"name": row.name})
        row.check_office(row.signed_on)
    signed_on: date = max(row.signed_on for row in signatories)
    council_came_first(convention, signed_on)
    return signed_on
