"""What the columns of the queue of requests at the desk show."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hubportal.look.states import free_tag
from spoc.models import ServiceRequest, Side
from spoc.states import state_tag, urgent_tag


class RequestColumns:
    """The columns; the list finds them by their names."""

    @admin.display(description=_("title"), ordering="title")
    def asked(self, obj: ServiceRequest) -> str:
        """Return the title, the reference by which people call it, and of roadworks that begin soon, when."""
        return format_html("{} <small>{}</small>{}", obj.title, obj.reference, urgent_tag(obj))

    @admin.display(description=pgettext_lazy("deadline", "due"), ordering="due_on")
    def due(self, obj: ServiceRequest) -> str:
        """Return the days left, as a tag when they are few or negative."""
        left = obj.days_left()
        if left is None:
            return _named(pgettext("deadline", "due"), "–")
        if left < 0:
            late = ngettext("%(count)d day late", "%(count)d days late", -left) % {"count": -left}
            return free_tag("bad", "alert", late)
        count = ngettext("%(count)d day", "%(count)d days", left) % {"count": left}
        words = count if left else gettext("today")
        return _named(pgettext("deadline", "due"), free_tag("wait", "wait", words) if left < 2 else words)

    @admin.display(description=_("state"), ordering="status")
    def state(self, obj: ServiceRequest) -> str:
        """Return the state as the agency reads it."""
        return state_tag(obj, Side.AGENCY)

    @admin.display(description=_("state"), ordering="status")
    def stands(self, obj: ServiceRequest) -> str:
        """Return the state, and a button that shows the thread above the list: `QueueList` has read it."""
        context = {"row": obj, "messages": obj.messages.all()}
        talk = render_to_string("admin/spoc/servicerequest/talk.html", context)
        return format_html("{} {}", self.state(obj), talk)

    @admin.display(description=_("person in charge"), ordering="assigned_to__last_name")
    def in_charge(self, obj: ServiceRequest) -> Any:
        """Return the person, the party that is to name one, or that somebody here must be named."""
        words: Any = "–"
        if obj.assigned_to:
            words = obj.assigned_to.full_name
        elif obj.responding_side == Side.COMMUNE and obj.is_open:
            words = capfirst(Side.COMMUNE.label)
        elif obj.is_open:
            words = free_tag("wait", "people", _("To be named"))
        return _named(gettext("person in charge"), words)

    @admin.display(description=_("service"), ordering="kind")
    def service(self, obj: ServiceRequest) -> str:
        """Return the service."""
        return obj.get_kind_display()


def _named(name: str, words: str) -> str:
    """Return what stands in a cell, with its column's name where a narrow screen shows no columns."""
    named = f"{capfirst(name)}{pgettext('after a label', ': ')}"
    return format_html('<span class="cell-name">{}</span>{}', named, words)
