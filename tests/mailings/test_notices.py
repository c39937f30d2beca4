"""What stands in a notice that a message came back, read without a database."""

import pytest

from mailings.bounces.notices import Read, Sort, read
from mailings.models import Delivery
from tests.mailings.noticed import SHAPES, STATUS, notice

MESSAGE = Delivery(
    address="nadia@commune.example", message_id="<0123456789abcdef0123456789abcdef@portal.example>"
)
LEFT = "0123456789abcdef0123456789abcdef"


def seen(shape: str = "postfix", **facts: str) -> Read:
    """Return a notice about the message, read."""
    return read(notice(MESSAGE, shape, **facts))


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_tells_the_address_the_status_and_the_words(shape: str) -> None:
    found = seen(shape).about(MESSAGE.address)
    assert (found.is_final, found.status, found.code) == (True, STATUS[shape], 550)
    assert found.is_about_our_recipient
    assert found.says_there_is_no_such_address
    assert "\n" not in found.words
    assert found.words.startswith("550")


@pytest.mark.parametrize("shape", ["postfix", "gmail"])
def test_the_envelope_sender_tells_the_message(shape: str) -> None:
    assert seen(shape).lefts == (LEFT,)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_headers_that_came_back_tell_the_message(shape: str) -> None:
    assert MESSAGE.message_id in seen(shape).names


@pytest.mark.parametrize(
    ("facts", "is_final", "status", "is_hard"),
    [
        ({"status": "5.2.2", "diagnostic": "552 5.2.2 mailbox full"}, True, "5.2.2", False),
        ({"status": "5.1.8", "diagnostic": "501 5.1.8 sender refused"}, True, "5.1.8", False),
        ({"status": "4.4.1", "action": "delayed"}, False, "4.4.1", False),
        ({"status": "4.4.1", "diagnostic": "timed out"}, True, "4.4.1", False),
        ({"status": "5.0.0", "diagnostic": "550 5.1.1 unknown"}, True, "5.1.1", True),
        ({"status": "nonsense", "diagnostic": "550 5.1.1 unknown"}, True, "5.1.1", True),
        ({"status": "nonsense", "diagnostic": "no"}, True, "5.0.0", False),
    ],
)
def test_what_is_final_and_what_is_hard(
    facts: dict[str, str], is_final: bool, status: str, is_hard: bool
) -> None:
    found = seen(**facts).about(MESSAGE.address)
    assert (found.is_final, found.status, found.says_there_is_no_such_address) == (is_final, status, is_hard)


def test_an_address_behind_ours_says_nothing_of_ours() -> None:
    found = seen(recipient="private@elsewhere.example").about(MESSAGE.address)
    assert (found.is_final, found.status, found.is_about_our_recipient) == (True, "5.1.1", False)
    assert not found.says_there_is_no_such_address


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_notice(action: str) -> None:
    assert seen(action=action, status="2.0.0").sort == Sort.OTHER


def test_an_automatic_answer_is_no_notice() -> None:
    assert seen("out_of_office").sort == Sort.OTHER


def test_what_a_mail_system_writes_in_words_of_its_own_is_for_a_person() -> None:
    words = (
        b"From: MAILER-DAEMON@old.example\nSubject: failure notice\n\nHi. This is the qmail-send program.\n"
    )
    assert read(words).sort == Sort.UNREADABLE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\xff\xfe" * 1000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n--x--\n",
        b"Content-Type: multipart/report\n\nno boundary",
        b"From: =?utf-8?b?////?=\nContent-Type: multipart/report; boundary*0*=utf-8''%ff\n\n\n",
    ],
)
def test_nonsense_is_read_and_says_nothing(content: bytes) -> None:
    assert read(content).sort in (Sort.OTHER, Sort.UNREADABLE)


def test_the_words_are_one_line_of_plain_text() -> None:
    found = seen(diagnostic="550 5.1.1 <b>no</b>\x00\x1b[31m\u202eevil\r\n such user").about(MESSAGE.address)
    assert found.words == "550 5.1.1 <b>no</b> [31m evil such user"


def test_a_status_in_the_alphabet_of_the_world_is_read_too() -> None:
    content = notice(MESSAGE).replace(
        b"Content-Type: message/delivery-status", b"Content-Type: message/global-delivery-status"
    )
    found = read(content).about(MESSAGE.address)
    assert (found.status, found.is_about_our_recipient) == ("5.1.1", True)


def test_an_original_recipient_may_be_spelled_in_xtext() -> None:
    content = notice(MESSAGE, recipient="nadia+2Bnews@commune.example")
    assert read(content).about("nadia+news@commune.example").is_about_our_recipient


def test_the_same_notice_has_the_same_mark_by_whatever_way_it_came() -> None:
    content = notice(MESSAGE)
    again = b"Received: by another.example\n" + content
    assert read(content).mark == read(again).mark
    assert seen().mark != seen(status="5.2.2").mark
