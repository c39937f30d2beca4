"""Words that Django lends: whole in Dutch, and said as the rest of the site says them."""

from pathlib import Path

import django
import pytest
from babel.messages.pofile import read_po
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.template.defaultfilters import filesizeformat
from django.utils.translation import override

from tests.catalogues import catalogue

LENDERS = (
    "conf",
    "contrib/admin",
    "contrib/auth",
    "contrib/contenttypes",
    "contrib/postgres",
    "contrib/sessions",
)


def words(lender: str, language: str, only_translated: bool) -> set[object]:
    """Return the strings of a part of Django, or those that it translates."""
    path = Path(django.__file__).parent / lender / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as source:
        found = read_po(source, locale=language)
    return {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in found
        if message.id and not (only_translated and not _is_whole(message.string))
    }


def _is_whole(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


@pytest.mark.parametrize("lender", LENDERS)
def test_nothing_of_django_is_french_to_a_dutch_reader(lender: str) -> None:
    ours = {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in catalogue("nl")
        if message.id
    }
    assert words(lender, "en", only_translated=False) - words(lender, "nl", only_translated=True) <= ours


@pytest.mark.parametrize(
    ("language", "small", "large"), [("fr", "2,0 ko", "25,0 Mo"), ("nl", "2,0 kB", "25,0 MB")]
)
def test_sizes_are_said_as_the_forms_say_them(language: str, small: str, large: str) -> None:
    with override(language):
        found = filesizeformat(2048), filesizeformat(25 * 1024 * 1024)
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in found] == [small, large]


@pytest.mark.parametrize(
    ("language", "sent", "said"),
    [
        ("fr", "", "Complétez ce champ."),
        ("nl", "", "Vul dit veld in."),
        ("fr", "abcd", "Raccourcissez ce texte à 3 caractères au plus : il en compte 4."),
        ("nl", "abcd", "Kort deze tekst in tot hoogstens 3 tekens: het zijn er nu 4."),
        ("fr", "a\0", "Ce texte contient un signe invisible"),
        ("nl", "a\0", "Deze tekst bevat een onzichtbaar teken"),
    ],
)
def test_a_form_says_what_to_do(language: str, sent: str, said: str) -> None:
    with override(language):
        with pytest.raises(ValidationError) as refused:
            CharField(max_length=3).clean(sent)
        found = refused.value.messages[0]
    assert found.replace("\N{NO-BREAK SPACE}", " ").startswith(said)
