"""The skeleton: the same message as Django's own build, for every recipient."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from django.core.mail import BadHeaderError

from mailings.letter import Letter, Text, letter
from mailings.letter.headers import common_headers, own_headers
from mailings.letter.skeleton import Skeleton, differences, reference
from tests.mailings.editions import BASE, FRAME, ODD_NAMES, TOKEN, VALUES, called, common, edition, own

KEYS = ["fr", "nl", "both"]
LONG = Text("fr", "Objet", "", f"# {'Très long ' * 120}\n\n{'x' * 1200} [[name]]\n\nfin.")


def plain(text: str, html: str = "<p>x</p>\n", subject: str = "Objet") -> Letter:
    """Return a letter that is just this."""
    return Letter(("fr",), subject, text, html)


def check(
    found: Letter, values: dict[str, str], key: str = "fr", address: str = "nadia@ixelles.example"
) -> bytes:
    """Build both ways, compare, and return ours."""
    built = Skeleton(found, common(key)).build(values, own(key, address))
    assert differences(built, reference(found, common(key), values, own(key, address))) == []
    return built


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", ODD_NAMES)
def test_it_equals_django_s_own_build(key: str, name: str) -> None:
    check(edition(key), called(name), key)


@pytest.mark.parametrize("length", range(900, 1000, 3))
def test_it_equals_django_s_own_build_wherever_lines_become_long(length: int) -> None:
    found = plain("é[[name]] [[spoc]]\nfin\n", "<p>[[name]]</p><p>[[spoc]] &amp;</p>\n")
    check(found, {"name": "a" * (length - 40), "spoc": "é=" * 20})


@pytest.mark.parametrize("before", range(60, 82))
def test_a_soft_line_break_never_cuts_a_value(before: int) -> None:
    text = f"{'x' * 1000}\n{'a' * before}[[name]]{'é' * 30} .\n.\nFrom \t\nfin"
    built = check(plain(text), {"name": "Zoé [[spoc]] =3D"})
    part = next(message_from_bytes(built, policy=default).iter_parts())
    assert part["Content-Transfer-Encoding"] == "quoted-printable"
    assert f"{'a' * before}Zoé [[spoc]] =3D{'é' * 30}" in part.get_content()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("abc\n", "7bit"),
        ("abc é\n", "8bit"),
        ("x" * 998, "7bit"),
        ("x" * 999, "quoted-printable"),
        ("é" * 500, "quoted-printable"),
    ],
)
def test_the_encoding_is_the_one_django_takes(text: str, encoding: str) -> None:
    built = check(plain(text), {})
    assert f"Content-Transfer-Encoding: {encoding}\r\n".encode() in built


def test_long_lines_of_a_letter() -> None:
    built = check(letter([LONG], FRAME), VALUES)
    assert b"quoted-printable" in built
    assert max(len(line) for line in built.split(b"\r\n")) <= 998


@pytest.mark.parametrize("key", KEYS)
def test_lines_end_as_smtp_wants(key: str) -> None:
    built = check(edition(key), VALUES, key)
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", built) is None
    assert built.endswith(b"--\r\n")


def test_a_text_with_other_line_ends_is_sent_alike() -> None:
    check(plain("un\r\ndeux\rtrois\n", "<p>a\r\nb</p>"), {})


def test_the_text_comes_first() -> None:
    message = message_from_bytes(check(edition("fr"), VALUES), policy=default)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_name_that_looks_like_a_placeholder_stays_a_name() -> None:
    message = message_from_bytes(check(edition("fr"), called("[[spoc]]")), policy=default)
    text = next(message.iter_parts()).get_content()
    assert "Destiné à [[spoc]], Ixelles." in text


def test_a_name_is_escaped_in_the_html() -> None:
    message = message_from_bytes(check(edition("fr"), called("<script>alert('&')</script>")), policy=default)
    _, html = message.iter_parts()
    assert "&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;, Ixelles." in html.get_content()
    assert "<script" not in html.get_content()


def test_the_headers_of_a_mailing() -> None:
    message = message_from_bytes(check(edition("both"), VALUES, "both"), policy=default)
    assert message["Subject"] == edition("both").subject
    assert message["From"].addresses[0].addr_spec == "mailing@portal.example"
    assert message["From"].addresses[0].display_name == "Partenariats locaux – hub.brussels"
    assert {name: message[name] for name in message if name not in {"Subject", "From", "Content-Type"}} == {
        "Content-Language": "fr, nl",
        "List-Id": "<mailing.portal.example>",
        "List-Archive": f"<{BASE}/fr/mailings/>",
        "List-Help": f"<{BASE}/fr/help/>, <mailto:contact@hub.example>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "To": "nadia@ixelles.example",
        "Message-ID": "<47.1@portal.example>",
        "Date": "Fri, 20 Nov 2026 09:00:00 +0000",
        "List-Unsubscribe": f"<{BASE}/fr/mailings/stop/{TOKEN}/>",
        "MIME-Version": "1.0",
    }


def test_a_dutch_letter_leads_to_dutch_pages() -> None:
    assert own("nl")["List-Unsubscribe"] == f"<{BASE}/nl/mailings/stop/{TOKEN}/>"
    assert common("nl")["List-Archive"] == f"<{BASE}/nl/mailings/>"


@pytest.mark.parametrize(
    "address",
    [
        "nadia@ixelles.example",
        "Nadia Claessens <nadia@ixelles.example>",
        '"Claessens, Zoé" <nadia@ixelles.example>',
        "nadia@commune-d’été.example",
        f"{'Nadia ' * 20}<nadia@ixelles.example>",
    ],
)
def test_addresses_are_written_as_django_does(address: str) -> None:
    check(edition("fr"), VALUES, address=address)


@pytest.mark.parametrize(
    "subject",
    ["Court", "Été 🐝 " * 20, "plain words " * 20, "x" * 300, "=?utf-8?q?x?=", "Sujet {{ x }} <b>"],
)
def test_subjects_are_written_as_django_does(subject: str) -> None:
    check(plain("x", subject=subject.strip()), {})


@pytest.mark.parametrize("end", ["\r\nBcc: x@y.example", "\nX: y", "\r", "\x0bX: y", "\u2028X"])
def test_a_second_line_in_a_header_is_refused(end: str) -> None:
    with pytest.raises(BadHeaderError, match="Subject is one line"):
        Skeleton(plain("x", subject=f"Objet{end}"), common("fr"))
    with pytest.raises(BadHeaderError, match="From is one line"):
        Skeleton(plain("x"), {**common("fr"), "From": f"a@b.example{end}"})
    with pytest.raises(ValueError, match="To is one line"):
        Skeleton(plain("x"), common("fr")).build({}, own("fr", f"a@b.example{end}"))


def test_a_header_is_not_written_twice() -> None:
    with pytest.raises(BadHeaderError, match="subject"):
        Skeleton(plain("x"), common("fr")).build({}, {**own("fr"), "subject": "autre"})


def test_a_placeholder_without_a_value_stops_the_build() -> None:
    with pytest.raises(KeyError, match="spoc"):
        Skeleton(plain("[[name]] [[spoc]]"), common("fr")).build({"name": "x"}, own("fr"))


def test_one_message_leaves_nothing_in_the_next() -> None:
    skeleton = Skeleton(edition("fr"), common("fr"))
    first = skeleton.build(VALUES, own("fr"))
    skeleton.build(called("Autre"), own("fr", "autre@ixelles.example"))
    assert skeleton.build(VALUES, own("fr")) == first


def test_it_is_many_times_faster_than_django() -> None:
    found, shared, mine = edition("fr"), common("fr"), own("fr")
    skeleton = Skeleton(found, shared)

    def seconds(count: int, build: Callable[[], bytes]) -> float:
        build()
        start = time.process_time()
        for _ in range(count):
            build()
        return (time.process_time() - start) / count

    ours = seconds(200, lambda: skeleton.build(VALUES, mine))
    django = seconds(20, lambda: reference(found, shared, VALUES, mine))
    assert django > 5 * ours


def test_differences_are_named() -> None:
    one, other = plain("a [[name]]\n"), plain("b [[name]]\n", subject="Autre")
    built = Skeleton(one, common("fr")).build({"name": "Zoé"}, own("fr"))
    found = differences(built, reference(other, common("fr"), {"name": "Zoe"}, own("fr", "x@y.example")))
    assert [line.partition(":")[0] for line in found] == [
        "header, subject",
        "header, to",
        "part 1, content",
        "part 1, encoding",
    ]
    assert differences(built, b"Subject: Objet\r\n\r\nx")[-1].startswith("part 0, type")


def test_the_archive_and_the_list_belong_to_the_portal_s_host() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    assert common_headers(["nl"], "http://localhost:8100/", "a@b", "c@d")["List-Id"] == "<mailing.localhost>"
    headers = own_headers("a@b", "t", "<m@d>", moment, ["nl"], "http://localhost:8100/")
    assert headers["List-Unsubscribe"] == "<http://localhost:8100/nl/mailings/stop/t/>"


def test_two_processes_build_the_same_bytes() -> None:
    one, other = (Skeleton(edition("both"), common("both")).build(VALUES, own("both")) for _ in range(2))
    assert one == other
    assert Skeleton(edition("fr"), common("fr")).build(VALUES, own("fr"))[-40:] != one[-40:], (
        "a text could hold it"
    )
