"""How forms are drawn: label, hint, error, input, in that order, tied together for assistive technology.

`PortalRenderer` is Django's FORM_RENDERER: `{{ form }}` and `{{ field.as_field_group }}` use our templates
(templates/forms/). The admin draws its fields itself; so the classes are put in by the field template, and no
widget is overridden.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

# A browser's own control wants the ISO form, whatever the language of the page.
NATIVE: Final[dict[type[forms.Widget], tuple[str, str]]] = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    forms.TimeInput: ("time", "%H:%M"),
}
MIDDLE: Final = (forms.DateTimeInput, forms.EmailInput)
SHORT: Final = (forms.DateInput, forms.TimeInput, forms.NumberInput)
SHORT_LENGTH: Final = 20
LINE_TOLD: Final = 150
"""From this length on, a line is something one composes, a title for example: how long it may be is told before."""
TEXT_TOLD: Final = 10_000
"""Nobody runs by surprise into a limit beyond this one."""


class PortalRenderer(TemplatesSetting):
    """Forms and fields in the look of the portal; widgets stay Django's own."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Draw it; of a field, with how long its text may be in the hint."""
        field = context.get("field")
        if isinstance(field, BoundField):
            field.help_text = _hint(field)
        return super().render(template_name, context, request)


def carry(form: forms.BaseForm, name: str, value: str) -> None:
    """Let the next try of a form be made knowingly: it carries what is kept now, in a hidden field."""
    form.data = data = cast("QueryDict", form.data).copy()
    data[form.add_prefix(name)] = value


class FilterForm(forms.Form):
    """The fields by which a list is narrowed down, as a page shows them: none is required, no colon after labels."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})


class InBoth(forms.BaseForm):
    """A form with texts that are written in French and in Dutch, side by side."""

    in_both: tuple[str, ...] = ()
    """Their names, without the language."""
    one_is_needed: tuple[str, ...] = ()
    """Those of which one language is needed, whichever: neither is called optional."""
    others_first = False
    """Whether what is asked besides stands before them."""

    @property
    def pairs(self) -> list[tuple[BoundField, BoundField]]:
        """The fields of each text, French and Dutch."""
        return [(self[f"{name}_fr"], self[f"{name}_nl"]) for name in self.in_both]

    @property
    def others(self) -> list[BoundField]:
        """The other fields that are seen."""
        paired = {field.name for pair in self.pairs for field in pair}
        return [field for field in self.visible_fields() if field.name not in paired]


class ErrorLink(NamedTuple):
    """One line of the error summary; `anchor` is empty for an error of the form as a whole."""

    anchor: str
    text: str


def control(field: BoundField) -> SafeString:
    """Return the input of a field with the class, the language and the type that the portal gives it."""
    widget = _native(field.field.widget)
    # A browser cuts what is too long without a word; the form says so.
    attrs: dict[str, Any] = {"placeholder": False, "maxlength": False}
    if not isinstance(widget, forms.CheckboxInput):
        attrs["class"] = _css(field, widget)
    if field.name.endswith(("_fr", "_nl")):
        attrs["lang"] = field.name[-2:]
    return field.as_widget(widget=widget, attrs=attrs)


def options(field: BoundField) -> list[BoundWidget]:
    """Return the radio buttons or boxes of a field, each without its label; the error is the group's."""
    attrs: dict[str, Any] = {"id": field.auto_id, "class": False}
    if field.field.required and field.field.widget.use_required_attribute(field.initial):
        attrs["required"] = True
    if field.field.disabled:
        attrs["disabled"] = True
    widget = field.field.widget
    found = widget.subwidgets(field.html_name, field.value(), attrs=attrs)
    return [BoundWidget(widget, option, field.form.renderer) for option in found]


def error_links(form: forms.BaseForm) -> Iterator[ErrorLink]:
    """Yield the errors in the order of the fields, those of the form as a whole first."""
    visible = [field for field in form if not field.is_hidden]
    elsewhere = form.errors.keys() - {field.name for field in visible}
    for name in sorted(elsewhere):
        for text in form.errors[name]:
            yield ErrorLink("", str(text))
    for field in visible:
        for error, text in zip(field.errors.as_data(), field.errors, strict=True):
            yield ErrorLink(_anchor(field), _named(field, error, str(text)))


def add_errors(form: forms.BaseForm, error: ValidationError, moved: Mapping[str, str] | None = None) -> None:
    """Put what a verb refused on its fields (`moved`: those that the form calls otherwise), or on the whole form."""
    for name, errors in getattr(error, "error_dict", {"": error}).items():
        place = (moved or {}).get(name, name)
        form.add_error(place if place in form.fields else None, errors)


def is_optional(field: BoundField) -> bool:
    """Return whether the label says "(optional)".

    Not for a box to tick, for what cannot be changed, for what the form itself answers until somebody changes it, for
    a text of which either language is needed, nor where "none" is one of the answers to choose from or one of them is
    chosen already.
    """
    widget = field.field.widget
    single = isinstance(widget, forms.CheckboxInput)
    none = isinstance(widget, forms.RadioSelect) and (
        bool(field.initial) or any(value == "" for value, _ in widget.choices)
    )
    answered = field.field.initial is not None
    one_of_two = field.name[:-3] in getattr(field.form, "one_is_needed", ())
    return not (field.field.required or field.field.disabled or single or none or answered or one_of_two)


def _hint(field: BoundField) -> str:
    """Return the hint of a field, and how long a text may be that one can run out of."""
    hint, widget = str(field.field.help_text or ""), field.field.widget
    most: int = getattr(field.field, "max_length", None) or 0
    is_composed = isinstance(widget, forms.Textarea) or (
        type(widget) is forms.TextInput and most >= LINE_TOLD
    )
    if not (is_composed and 0 < most <= TEXT_TOLD):
        return hint
    told = gettext("At most %(count)s characters.") % {"count": number_format(most, force_grouping=True)}
    return f"{hint} {told}".strip()


def _named(field: BoundField, error: ValidationError, text: str) -> str:
    """Return the message; one with a code comes from a validator, which does not know the field's name."""
    if not error.code:
        return text
    # Of two fields with one label, the summary says which one is meant.
    label = getattr(field.field, "full_label", "") or field.label
    if str(label).endswith("?"):
        return f"{label} {text}"
    return gettext("%(field)s: %(error)s") % {"field": label, "error": text}


def _native(widget: forms.Widget) -> forms.Widget:
    if type(widget) not in NATIVE:
        return widget
    kind, layout = NATIVE[type(widget)]
    native = type(widget)(attrs=widget.attrs, format=layout)  # type: ignore[call-arg]
    native.input_type = kind  # type: ignore[attr-defined]
    return native


def _css(field: BoundField, widget: forms.Widget) -> str:
    own = str(widget.attrs.get("class", ""))
    return " ".join(part for part in ("input", _width(field, widget), own) if part)


def _width(field: BoundField, widget: forms.Widget) -> str:
    if "input--" in str(widget.attrs.get("class", "")):
        return ""
    length = getattr(field.field, "max_length", None)
    if isinstance(widget, MIDDLE):
        return "input--mid"
    return "input--short" if isinstance(widget, SHORT) or (length and length <= SHORT_LENGTH) else ""


def _anchor(field: BoundField) -> str:
    """Return the id of the first control: a group of choices is not a control itself."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label or field.auto_id
