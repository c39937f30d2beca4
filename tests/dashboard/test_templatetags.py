"""The template tags: icons, tags of states, the emblem, dates, and how a form is drawn."""

import datetime as dt
from html.parser import HTMLParser

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

from hubportal.forms import error_links
from hubportal.look import hive, icons, states
from hubportal.look.states import State

NINE_THIRTY = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)


def draw(source: str, **context: object) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


class Elements(HTMLParser):
    """The start tags of a text, in order, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, name: str) -> dict[str, str | None]:
        return next(attrs for _, attrs in self.found if attrs.get("name") == name)


OFFICES = [("b", "Bourgmestre"), ("e", "Échevin")]


class MandateForm(forms.Form):
    name = forms.CharField(label="Nom", help_text="Comme sur la carte.")
    starts_on = forms.DateField(label="Début")
    note_nl = forms.CharField(
        label="Note", required=False, widget=forms.TextInput(attrs={"class": "input--mid"})
    )
    office = forms.ChoiceField(label="Mandat", choices=OFFICES, widget=forms.RadioSelect)
    language = forms.ChoiceField(choices=[("", "Les deux")], required=False, widget=forms.RadioSelect)
    is_acting = forms.BooleanField(label="Faisant fonction", required=False)
    token = forms.CharField(widget=forms.HiddenInput)

    def clean_starts_on(self) -> None:
        raise forms.ValidationError("Le début précède l’installation.")


@pytest.mark.parametrize("name", icons.PATHS)
def test_an_icon_is_hidden_from_screen_readers(name: str) -> None:
    assert 'aria-hidden="true"' in draw("{% icon name %}", name=name)


def test_a_state_is_drawn_from_the_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"letter": {"late": State("bad", "alert", "En <b>retard</b>")}}
    monkeypatch.setattr(states, "tables", lambda: table)
    html = draw('{% tag "letter" "late" %}')
    assert 'class="tag tag--bad"' in html
    assert "En &lt;b&gt;retard&lt;/b&gt;" in html
    assert "Attend" in draw('{% tag "letter" "late" "Attend" %}')
    with pytest.raises(KeyError):
        draw('{% tag "letter" "unknown" %}')


def test_every_table_of_every_app_can_be_drawn() -> None:
    for kind, table in states.tables().items():
        for code in table:
            assert 'class="tag' in states.tag(kind, code)


def test_the_emblem_has_nineteen_cells() -> None:
    assert sorted(nis for row in hive.ROWS for nis in row) == list(range(21001, 21020))
    assert draw("{% hive %}").count("<circle") == 19
    assert draw("{% hive on=0 %}").count('class="on"') == 0
    assert 'role="img" aria-label="18 sur 19"' in draw(
        '{% hive on=0 gap=gap label="18 sur 19" %}', gap=[21017]
    )


def test_the_ruler_marks_the_commune_of_the_reader() -> None:
    assert '<rect x="8.05"' in draw("{% ruler 21009 %}")
    assert "<rect" not in draw("{% ruler %}")


@pytest.mark.parametrize(
    ("language", "day", "moment", "full"),
    [
        ("fr", "mardi 1er décembre 2026", "9\xa0h\xa030", "9\xa0h"),
        ("nl", "dinsdag 1 december 2026", "9.30\xa0uur", "9\xa0uur"),
        ("en", "Tuesday 1 December 2026", "9:30", "9:00"),
    ],
)
def test_dates_and_hours_are_written_as_in_brussels(language: str, day: str, moment: str, full: str) -> None:
    with override(language):
        assert draw("{{ d|short_date }}", d=dt.date(2026, 12, 1)) == "01.12.2026"
        assert draw("{{ d|long_date }}", d=dt.date(2026, 12, 1)) == day
        assert draw("{{ m|hour }}", m=NINE_THIRTY) == moment
        assert draw("{{ m|hour }}", m=dt.time(9)) == full


def test_a_moment_is_shown_in_the_time_of_brussels() -> None:
    with override("nl"):
        html = draw("{% when m %}", m=NINE_THIRTY)
    assert html == '<time datetime="2026-11-23T09:30+01:00">23.11.2026, 9.30\xa0uur</time>'
    assert draw("{% when d %}{{ d|short_date }}", d=None) == ""


def test_a_field_is_tied_to_its_hint_and_its_error() -> None:
    html = draw("{{ form }}", form=MandateForm({"token": "x"}))
    field = Elements(html).named("name")
    assert field["aria-describedby"] == "id_name_helptext id_name_error"
    assert field["aria-invalid"] == "true"
    assert html.index("Comme sur la carte.") < html.index('id="id_name_error"') < html.index('name="name"')


def test_a_field_gets_its_class_its_type_and_its_language() -> None:
    elements = Elements(draw("{{ form }}", form=MandateForm(initial={"starts_on": dt.date(2026, 12, 1)})))
    day = elements.named("starts_on")
    assert (day["type"], day["value"], day["class"]) == ("date", "2026-12-01", "input input--short")
    assert elements.named("note_nl")["class"] == "input input--mid"
    assert elements.named("note_nl")["lang"] == "nl"
    assert "class" not in elements.named("is_acting")


def test_only_what_may_stay_empty_is_called_optional() -> None:
    with override("en"):
        html = draw("{{ form }}", form=MandateForm())
    assert html.count("(optional)") == 1


def test_choices_are_a_group_with_a_legend() -> None:
    html = draw("{{ form.office.as_field_group }}", form=MandateForm())
    assert "<fieldset" in html
    assert "<legend>Mandat</legend>" in html
    assert '<label for="id_office_1">Échevin</label>' in html


def test_the_error_summary_links_to_each_field_and_names_it_where_the_message_does_not() -> None:
    with override("en"):
        links = list(error_links(MandateForm({"name": "x", "starts_on": "2026-12-01"})))
    assert links == [
        ("", "This field is required."),
        ("id_starts_on", "Le début précède l’installation."),
        ("id_office_0", "Mandat: This field is required."),
    ]


@pytest.mark.parametrize(("language", "expected"), [("fr", "FR1 NL1"), ("en", "FR1 NL1"), ("nl", "NL1 FR1")])
def test_of_two_languages_the_readers_own_comes_first(language: str, expected: str) -> None:
    with override(language):
        written = draw("{% pair %}FR{{ n }}{% if n == 1 %} {% endif %}{% and %}NL{{ n }} {% endpair %}", n=1)
        listed = draw("{% for side in sides|own_first %}{{ side }} {% endfor %}", sides=("FR1", "NL1"))
    assert written.split() == listed.split() == expected.split()


class LongForm(forms.Form):
    title = forms.CharField(max_length=160, help_text="Pour la liste.")
    text = forms.CharField(max_length=4000, widget=forms.Textarea)
    phone = forms.CharField(max_length=30)
    letter = forms.CharField(max_length=60_000, widget=forms.Textarea)


def test_how_long_a_text_may_be_is_said_before_where_one_can_run_into_it() -> None:
    with override("fr"):
        html = draw("{{ form }}{{ form }}", form=LongForm())
    said = html.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert said.count("Pour la liste. 160 caractères au plus.") == 2
    assert said.count("4 000 caractères au plus.") == 2
    assert said.count("caractères") == 4
    assert Elements(html).named("text")["aria-describedby"] == "id_text_helptext"
    assert "aria-describedby" not in Elements(html).named("letter")
