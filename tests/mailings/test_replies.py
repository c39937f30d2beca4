"""What the portal itself wrote where a relay said nothing, in the reader's language."""

import pytest
from django.utils import translation

from mailings.replies import told


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (
            "the worker died or was cut off while sending",
            "de verzending werd onderbroken midden in dit bericht",
        ),
        (
            "no reply after the message was handed over (SMTPServerDisconnected)",
            "geen antwoord van de server nadat het bericht was overhandigd (SMTPServerDisconnected)",
        ),
        ("the message cannot be built: KeyError", "het bericht kan niet worden opgesteld: KeyError"),
        ("5.1.1 no such user: jan@example.brussels", "5.1.1 no such user: jan@example.brussels"),
        ("", ""),
    ],
)
def test_our_own_words_are_told_in_the_language_of_the_reader(kept: str, shown: str) -> None:
    with translation.override("nl"):
        assert told(kept) == shown
