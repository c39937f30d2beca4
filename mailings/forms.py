"""The forms of this app: the text of an edition, and its steps, whose cleaned data are the verbs' arguments."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _

from hubportal.access.constraints import constraint_messages
from hubportal.accounts.models import User
from hubportal.businessdays import CalendarError, add_business_days, is_business_day
from hubportal.forms import carry
from hubportal.look.dates import short_date
from hubportal.moments import MomentField
from mailings.attaching_forms import AttachingForm
from mailings.fields import LineField, MarkdownField
from mailings.meanwhile import MeetingForm
from mailings.models import LANGUAGES, Mailing
from mailings.models.patience import open_run
from mailings.models.queryset import GIVEN_UP
from mailings.models.texts import FIELDS
from mailings.models.unsaved import by_box
from mailings.rhythm import WEEK, monday_of
from mailings.ruling import AudienceForm, rule_of

USUAL_HOUR = time(9)
USUAL_VALIDITY = timedelta(hours=24)
WEEKS_AHEAD = 8
NOW = "now"


class EditionForm(MeetingForm, AttachingForm, AudienceForm):
    """Both languages of an edition and for whom it is; `version` is the one that was edited."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    subject_fr = LineField(label=_("subject"))
    subject_nl = LineField(label=_("subject"))
    preheader_fr = LineField(label=_("preview line"))
    preheader_nl = LineField(label=_("preview line"))
    body_fr = MarkdownField(label=_("text"))
    body_nl = MarkdownField(label=_("text"))
    reminds_readers = forms.BooleanField(
        label=_("Remind readers"), required=False, show_hidden_initial=True,
        help_text=_("Who has not taken note of it gets one mail, three business days later. Not ticked: nobody does."),
    )  # fmt: skip
    week_on = forms.TypedChoiceField(
        label=_("Week of"), coerce=date.fromisoformat, show_hidden_initial=True,
        help_text=_("The Monday. Pages and lists name the edition by it; the mail does not."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        week: Any = self.fields["week_on"]
        week.choices = _weeks(self.mailing)
        for language in LANGUAGES:
            # Each side speaks its own language, whoever writes.
            with translation.override(language):
                for name in FIELDS:
                    box = self[f"{name}_{language}"]
                    # On both: the box of a form that was sent has been drawn with its label already.
                    box.label = box.field.label = str(capfirst(box.field.label))

    def stored(self) -> dict[str, Any]:
        """Return what is saved now, by field."""
        return {
            "version": self.mailing.version,
            "week_on": self.mailing.week_on.isoformat(),
            "reminds_readers": self.mailing.reminds_readers,
            **rule_of(self.mailing),
            **by_box(self.mailing.texts),
        }

    @property
    def rows(self) -> list[list[BoundField]]:
        """The fields of the texts, French and Dutch side by side."""
        return [[self[f"{name}_{language}"] for language in LANGUAGES] for name in FIELDS]

    def save(self, by: User) -> bool:
        """Save the text through `revise`; False when it was refused: the errors are in the form then."""
        found = self.cleaned_data
        texts = {language: {name: found[f"{name}_{language}"] for name in FIELDS} for language in LANGUAGES}
        try:
            with constraint_messages():
                self.mailing.revise(
                    by=by,
                    texts=texts,
                    to_bourgmestres=found["to_bourgmestres"],
                    portfolios=found["portfolios"],
                    version=found["version"] or 0,
                    week_on=found["week_on"],
                    reminds_readers=found["reminds_readers"],
                    wider=self.wider,
                )
                self.change_files(by)
        except ValidationError as error:
            # Of several verbs none holds when one was refused.
            self.mailing.refresh_from_db()
            self.refuse(error)
            return False
        return True


def comment_field(label: Any, **options: Any) -> forms.CharField:
    """Return a field for a few sentences."""
    box = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(label=label, max_length=2000, widget=box, **options)


class StepForm(forms.Form):
    """A form that knows the edition and the person who takes the step."""

    def __init__(self, *args: Any, mailing: Mailing, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mailing, self.user = mailing, user
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the edition."""


class ApproveForm(StepForm):
    """Which text was read, and a word if one wishes."""

    seen_hash = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    comment = comment_field(_("Comment"), required=False)

    def prepare(self) -> None:
        """Carry the mark of the text that the page shows."""
        self.initial["seen_hash"] = self.mailing.content_hash

    def show_present_text(self) -> None:
        """After a refusal the page shows the text of now: the next approval is of that one."""
        carry(self, "seen_hash", self.mailing.content_hash)


class AgainForm(StepForm):
    """A step that can be taken again from the same state: it carries what had happened when the page was opened."""

    after = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        """Carry the last event that the page knows of."""
        self.initial["after"] = self._last_event()

    def catch_up(self) -> None:
        """After a refusal the page shows what is so now: the next try is made knowingly."""
        carry(self, "after", str(self._last_event() or ""))

    def _last_event(self) -> int | None:
        """Return the key of the edition's last event."""
        return self.mailing.events.order_by("at", "pk").values_list("pk", flat=True).last()


class CommentForm(AgainForm):
    """What to change."""

    comment = comment_field(_("What the authors should know"))


class WhyForm(StepForm):
    """Why, in a few words."""

    comment = comment_field(_("Reason"))


class PauseForm(StepForm):
    """Why, if one wishes to say so."""

    comment = comment_field(_("Reason"), required=False)


class CancelForm(StepForm):
    """Why it ends."""

    reason = comment_field(_("Reason"))


class ScheduleForm(AgainForm):
    """When it leaves, until when that makes sense, and why with gaps."""

    when = forms.ChoiceField(
        label=_("When it leaves"),
        choices=[
            (NOW, _("As soon as possible: within a minute")),
            ("at", _("At the moment below")),
        ],
        initial="at",
        widget=forms.RadioSelect,
    )
    scheduled_for = MomentField(
        label=_("Leaves on"), help_text=_("Brussels time; at most sixty days from now.")
    )
    expires_at = MomentField(
        label=_("Not after"),
        help_text=_("What could not leave by then, after a breakdown, does not leave any more."),
    )
    gap_reason = comment_field(
        _("Why it leaves with gaps"),
        required=False,
        help_text=_("Needed when somebody is not reached; it stays in the history."),
    )

    def prepare(self) -> None:
        """Propose what is planned already, else the next usual moment; never the reason of another edition."""
        super().prepare()
        run = open_run(self.mailing)
        planned = run.leaves_at if run else None
        leaves = self.mailing.scheduled_for or planned or usual_moment(timezone.localtime())
        if leaves < timezone.now():
            leaves = usual_moment(timezone.localtime())
        # To the minute, as the boxes show it: else what nobody touched would count as changed.
        leaves = leaves.replace(second=0, microsecond=0)
        self.initial["scheduled_for"] = leaves
        self.initial["expires_at"] = leaves + USUAL_VALIDITY
        self.initial["gap_reason"] = self.mailing.gap_reason
        if earlier := _last_with_a_reason(self.mailing):
            said = _("Edition %(number)s, for its own gaps: “%(reason)s”")
            facts = {"number": earlier.number, "reason": Truncator(earlier.gap_reason).chars(300)}
            field = self.fields["gap_reason"]
            field.help_text = format_html("{}<br>{}", field.help_text, said % facts)

    def clean(self) -> dict[str, Any]:
        """Turn "as soon as possible" into this moment: what stands in the box does not count then.

        Nor does the last moment that the form proposed for another departure, or one that was emptied.
        """
        found = self.cleaned_data
        if found.pop("when", "") == NOW:
            self.errors.pop("scheduled_for", None)
            found["scheduled_for"] = timezone.now()
            if "expires_at" not in self.changed_data or not self["expires_at"].data:
                self.errors.pop("expires_at", None)
                found["expires_at"] = found["scheduled_for"] + USUAL_VALIDITY
        return found


class ResumeForm(StepForm):
    """Until when it still makes sense to go on."""

    expires_at = MomentField(label=_("Not after"), help_text=_("Brussels time."))

    def prepare(self) -> None:
        """Propose what was planned, or a day more when that is nearly over."""
        soon = timezone.now() + timedelta(hours=1)
        planned = self.mailing.expires_at
        is_late = planned is None or planned < soon
        self.initial["expires_at"] = timezone.now() + USUAL_VALIDITY if is_late else planned


STEP_FORMS: Mapping[str, type[StepForm]] = {
    "approve": ApproveForm,
    "remark": CommentForm,
    "withdraw": WhyForm,
    "schedule": ScheduleForm,
    "pause": PauseForm,
    "resume": ResumeForm,
    "cancel": CancelForm,
}
"""`submit` has a form of its own: `rhythm_forms.SubmitForm`."""


def usual_moment(now: datetime) -> datetime:
    """Return nine o'clock of the next business day: today's, if that is still to come."""
    day = now.date()
    try:
        if not (is_business_day(day) and now.time() < USUAL_HOUR):
            day = add_business_days(day, 1)
    except CalendarError:
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, USUAL_HOUR))


def _last_with_a_reason(mailing: Mailing) -> Mailing | None:
    earlier = Mailing.objects.filter(number__lt=mailing.number).exclude(gap_reason="")
    return earlier.order_by("-number").first()


def _weeks(mailing: Mailing) -> list[tuple[str, str]]:
    """Return the weeks to choose from, in their order: the edition's own and the next ones, with who is there."""
    monday = monday_of(timezone.localdate())
    days = sorted({mailing.week_on, *(monday + WEEK * number for number in range(WEEKS_AHEAD))})
    others = Mailing.objects.filter(week_on__in=days).exclude(pk=mailing.pk).exclude(status__in=GIVEN_UP)
    taken: dict[date, list[str]] = defaultdict(list)
    for row in others.order_by("number"):
        taken[row.week_on].append(str(row))
    return [(day.isoformat(), " – ".join([short_date(day), *taken[day]])) for day in days]
