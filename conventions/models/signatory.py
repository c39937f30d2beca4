"""Who signs an agreement, in which office that day, and the evidence of each signature."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Mandate
from conventions.models.choices import MANDATED, OF_THE_AGENCY, OF_THE_COMMUNE, Method, Office, Party
from conventions.models.policy import NOT_OF_ONE, OF_ONE, part_seen_by
from hubportal.access.constraints import CheckedTogether
from hubportal.accounts.models import AGENCY_ROLES, RoleGrant, User
from hubportal.files.models import SHA256, StoredFile
from hubportal.look.dates import short_date

if TYPE_CHECKING:
    from conventions.models.agreement import Agreement


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence."""

    def visible_to(self, user: User) -> Self:
        """Return the evidence of the agreements whose text the person may read."""
        return self.filter(part_seen_by(user))


class Evidence(StoredFile):
    """A signature that was recorded, with the signed PDF: append-only, whatever becomes of the signature."""

    convention = models.ForeignKey(
        "conventions.Convention", models.PROTECT, null=True, blank=True, related_name="evidence",
        verbose_name=_("convention"),
    )  # fmt: skip
    amendment = models.ForeignKey(
        "conventions.Amendment", models.PROTECT, null=True, blank=True, related_name="evidence",
        verbose_name=_("amendment"),
    )  # fmt: skip
    office = models.CharField(_("office"), max_length=16, choices=Office.choices)
    signatory_name = models.CharField(_("signed by"), max_length=200)
    signed_on = models.DateField(_("signed on"))
    method = models.CharField(_("how"), max_length=12, choices=Method.choices)
    content_hash = models.CharField(_("fingerprint of what was signed"), max_length=64)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded on"), default=timezone.now)

    objects: ClassVar[models.Manager["Evidence"]] = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence of a signature")
        verbose_name_plural = _("evidence of signatures")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=OF_ONE, name="evidence_of_one_agreement", violation_error_message=NOT_OF_ONE
            ),
            models.CheckConstraint(
                condition=~Q(file="") & ~Q(name="") & Q(size__gt=0, sha256__regex=SHA256),
                name="evidence_is_whole",
                violation_error_message=_("A file has a name, a size and its fingerprint."),
            ),
            models.CheckConstraint(
                condition=Q(method__in=Method.values, content_hash__regex=SHA256),
                name="evidence_of_what_and_how",
                violation_error_message=_("It says how one signed, and the fingerprint of what."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    """Signatories."""

    def visible_to(self, user: User) -> Self:
        """Return the signatories of the agreements whose text the person may read."""
        return self.filter(part_seen_by(user))


class Signatory(CheckedTogether):
    """Who signs: a bourgmestre or échevin is a person with a mandate that day, others are known by name.

    Of a convention that was signed on paper and recorded afterwards, the day alone is known of a signature.
    """

    UNSIGNED: ClassVar[dict[str, Any]] = {
        "signed_on": None, "method": "", "signed_hash": "", "evidence": None,
    }  # fmt: skip
    """What taking a signature back sets."""

    convention = models.ForeignKey(
        "conventions.Convention", models.CASCADE, null=True, blank=True, related_name="signatories",
        verbose_name=_("convention"),
    )  # fmt: skip
    amendment = models.ForeignKey(
        "conventions.Amendment", models.CASCADE, null=True, blank=True, editable=False, related_name="signatories",
        verbose_name=_("amendment"),
    )  # fmt: skip
    party = models.CharField(_("signs for"), max_length=8, choices=Party.choices, editable=False)
    office = models.CharField(_("office"), max_length=16, choices=Office.choices)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="signatures", verbose_name=_("person"),
        help_text=_("Needed for a bourgmestre and an échevin."),
    )  # fmt: skip
    name = models.CharField(
        _("name"), max_length=200, blank=True,
        help_text=_("As on the document. Empty: the name of the person chosen above."),
    )  # fmt: skip
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    method = models.CharField(
        _("how"), max_length=12, choices=Method.choices, blank=True, editable=False,
        help_text=_("Empty for a convention of the past, recorded from paper."),
    )  # fmt: skip
    signed_hash = models.CharField(
        _("fingerprint of what was signed"), max_length=64, blank=True, editable=False
    )
    evidence = models.OneToOneField(
        Evidence, models.PROTECT, null=True, editable=False,
        related_name="signatory", verbose_name=_("evidence"),
    )  # fmt: skip

    objects: ClassVar[models.Manager["Signatory"]] = SignatoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")
        ordering = ["convention_id", "amendment_id", "-party", "signed_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=OF_ONE, name="signatory_of_one_agreement", violation_error_message=NOT_OF_ONE
            ),
            models.CheckConstraint(
                condition=Q(party="commune", office__in=OF_THE_COMMUNE)
                | Q(party="agency", office__in=OF_THE_AGENCY),
                name="signatory_office_of_the_party",
                violation_error_message=_("This office belongs to the other party."),
            ),
            models.CheckConstraint(
                condition=~Q(office__in=MANDATED) | Q(user__isnull=False),
                name="signatory_mandated_is_a_person",
                violation_error_message=_("Choose the person: a bourgmestre or an échevin signs by mandate."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="signatory_has_a_name",
                violation_error_message=_("Choose a person, or write a name."),
            ),
            models.CheckConstraint(
                condition=Q(signed_hash="", evidence__isnull=True, method="")
                | Q(
                    signed_hash__regex=SHA256,
                    evidence__isnull=False,
                    method__in=Method.values,
                    signed_on__isnull=False,
                ),
                name="signatory_signed_with_evidence",
                violation_error_message=_("A signature has a day, a method, and the signed PDF as evidence."),
            ),
            models.UniqueConstraint(
                fields=["convention", "office", "name"],
                name="signatory_once",
                violation_error_message=_("This person signs in this office already."),
            ),
            models.UniqueConstraint(
                fields=["amendment", "office", "name"],
                name="signatory_once_for_an_amendment",
                violation_error_message=_("This person signs in this office already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def agreement(self) -> "Agreement | None":
        """What is signed; None while a form has not said so yet."""
        # A draft that is not saved yet is there all the same, as soon as the form knows it.
        found: Agreement | None = getattr(self, "convention", None) or getattr(self, "amendment", None)
        return found

    def clean(self) -> None:
        """Fill in the party and, where none is written, the person's name; check the office held that day."""
        super().clean()
        self.party = Party.AGENCY if self.office in OF_THE_AGENCY else Party.COMMUNE
        self.name = self.name.strip() or (self.user.full_name if self.user else "")
        if self.office in MANDATED and self.user is None:
            raise ValidationError(
                {"user": _("Choose the person: a bourgmestre or an échevin signs by mandate.")}
            )
        if not self.name:
            raise ValidationError({"name": _("Choose a person, or write a name.")})
        if "@" in self.name:
            raise ValidationError({"name": _("Write a name, not an e-mail address.")})
        if self.signed_on is None and self._is_of_paper():
            raise ValidationError(
                {"signed_on": _("Write on which day %(name)s signed.") % {"name": self.name}}
            )
        if self.signed_on and self.agreement is not None and self.agreement.nis:
            self.check_office(self.signed_on)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Validate, but leave out an empty name, which `clean` answered for."""
        super().validate_constraints(exclude=exclude if self.name else {*(exclude or ()), "name"})

    def check_office(self, day: date) -> None:
        """Refuse a signature in the future, and a person who did not hold the office on the day."""
        if day > timezone.localdate():
            text = _("%(name)s cannot have signed in the future.") % {"name": self.name}
            raise ValidationError({"signed_on": text})
        if self.user_id and not self._held_office(day):
            facts = {"name": self.name, "office": self.get_office_display(), "day": short_date(day)}
            text = _("%(name)s did not hold this office (%(office)s) on %(day)s.") % facts
            raise ValidationError({"user": text})

    def _is_of_paper(self) -> bool:
        """Whether it is a convention of the past: its text lies elsewhere, and it was signed before it came here."""
        if self.amendment_id or self.agreement is None:
            return False
        return self.convention is None or self.convention.pk is None or not self.convention.articles.exists()

    def _held_office(self, day: date) -> bool:
        if self.office in MANDATED:
            held = Mandate.objects.valid(day).filter(office=self.office)
            nis = self.agreement.nis if self.agreement is not None else ""
            return held.filter(user=self.user_id, commune=nis).exists()
        if self.party == Party.AGENCY:
            grants = RoleGrant.objects.valid(day)
            return grants.filter(user=self.user_id, role__in=AGENCY_ROLES).exists()
        return True

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Let somebody else sign, while the text may be changed."""
        if self.agreement is None:
            raise ValueError("it belongs to no agreement yet")
        self.agreement.open_text(by)
        self.agreement.was_changed(by)
        self.delete()

    # --- Parts of the agreement's verbs --------------------------------------------------------------------

    def take_signature(
        self, agreement: "Agreement", *, by: User, signed_on: date, method: str, upload: UploadedFile
    ) -> None:
        """Keep a signature and its evidence; only `Agreement.sign` does it, under the agreement's lock."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(of=("self",)))
        if self.agreement != agreement:
            raise ValidationError({"signatory": _("This person signs another agreement.")})
        if self.signed_on:
            facts = {"name": self.name, "day": short_date(self.signed_on)}
            text = _("The signature of %(name)s, of %(day)s, is recorded already.")
            raise ValidationError({"signatory": ValidationError(text, "signed", facts)})
        if method not in Method.values:
            raise ValidationError({"method": _("Choose one of the answers.")})
        self._check_day(agreement, signed_on)
        try:
            facts = Evidence.facts_of(upload, ["pdf"])
        except ValidationError as error:
            raise ValidationError({"upload": error}) from None
        evidence = Evidence.objects.create(
            **{agreement.OWNER: agreement}, office=self.office, signatory_name=self.name, signed_on=signed_on,
            method=method, content_hash=agreement.content_hash, recorded_by=by, **facts,
        )  # fmt: skip
        self.signed_on, self.method, self.evidence = signed_on, method, evidence
        self.signed_hash = agreement.content_hash
        self.save(update_fields=list(self.UNSIGNED))

    def _check_day(self, agreement: "Agreement", signed_on: date) -> None:
        frozen_on = timezone.localdate(agreement.frozen_at)
        if signed_on < frozen_on:
            text = _("The text was frozen on %(day)s: nobody signed it before that.")
            raise ValidationError(
                {"signed_on": ValidationError(text, "early", {"day": short_date(frozen_on)})}
            )
        try:
            self.check_office(signed_on)
        except ValidationError as error:
            # A screen shows one form for all signatories.
            moved = {
                "signatory" if name == "user" else name: found for name, found in error.error_dict.items()
            }
            raise ValidationError(moved) from None
