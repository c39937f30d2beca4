"""Numbers that an address holds: read once, alike everywhere."""

import pytest
from django.http import Http404
from django.test import RequestFactory

from hubportal.keys import key_asked, key_in


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("12", 12),
        ("0", 0),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("", None),
        ("-1", None),
        ("٣", None),
        ("²", None),
    ],
)
def test_a_key_is_a_number_that_its_column_can_hold(text: str, key: int | None) -> None:
    assert key_in(text) == key


def test_an_address_asks_for_a_number_or_for_none(rf: RequestFactory) -> None:
    assert key_asked(rf.get("/", {"before": "12"}), "before") == 12
    assert key_asked(rf.get("/", {"before": ""}), "before") is None


def test_what_is_no_number_is_not_found(rf: RequestFactory) -> None:
    with pytest.raises(Http404):
        key_asked(rf.get("/", {"before": "1234567890"}), "before", length=9)
