"""The forms of this app: the text of an edition, and its steps, whose cleaned data are the verbs' arguments."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone, translation
from django.utils.functional import Promise, lazy
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
from mailings.models.checks import FARTHEST
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


def _said_in(language: str, words: Promise) -> str:
    """Return a label in the language of its side, whoever writes."""
    with translation.override(language):
        return str(capfirst(str(words)))


_own: Any = lazy(_said_in, str)


class EditionForm(MeetingForm, AttachingForm, AudienceForm):
    """Both languages of an edition and for whom it is; `version` is the one that was edited."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    subject_fr = LineField(label=_own("fr", _("subject")), full_label=_("Subject in French"))
    subject_nl = LineField(label=_own("nl", _("subject")), full_label=_("Subject in Dutch"))
    preheader_fr = LineField(label=_own("fr", _("preview line")), full_label=_("Preview line in French"))
    preheader_nl = LineField(label=_own("nl", _("preview line")), full_label=_("Preview line in Dutch"))
    body_fr = MarkdownField(label=_own("fr", _("text")), full_label=_("Text in French"))
    body_nl = MarkdownField(label=_own("nl", _("text")), full_label=_("Text in Dutch"))
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
        help_text=_(
            "What could not leave by then, after a breakdown, does not leave any more. "
            "Left as it is here, it is 24 hours after it leaves."
        ),
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

        A limit that nobody wrote follows the moment of leaving, so the form never refuses what it proposed itself.
        """
        found = self.cleaned_data
        is_now = found.pop("when", "") == NOW
        if is_now:
            self.errors.pop("scheduled_for", None)
            found["scheduled_for"] = timezone.now()
        leaves = found.get("scheduled_for")
        if leaves and leaves <= timezone.now() + FARTHEST and self._has_proposed_limit(or_none=is_now):
            self.errors.pop("expires_at", None)
            found["expires_at"] = leaves + USUAL_VALIDITY
        return found

    def _has_proposed_limit(self, *, or_none: bool) -> bool:
        """Tell whether the limit is the one that the page proposed, to the minute, or (`or_none`) was left empty."""
        typed = self.data.get(self.add_prefix("expires_at"), "").strip()
        limit = self.cleaned_data.get("expires_at")
        proposed = self.initial["expires_at"].replace(second=0, microsecond=0)
        return (or_none and not typed) or (limit is not None and limit.replace(second=0) == proposed)


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
    "remark": CommentForm,
    "withdraw": WhyForm,
    "schedule": ScheduleForm,
    "pause": PauseForm,
    "resume": ResumeForm,
    "cancel": CancelForm,
}
"""Two have forms of their own: `approving_forms.ApproveForm`, `rhythm_forms.SubmitForm`."""


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
