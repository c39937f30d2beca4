"""The outbox on the desk: administrators look, nobody touches, no text is shown."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from hubportal.outbox.words import ERASED, RIGHT_ENDED

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/outboxmessage/"


def test_an_administrator_sees_what_became_of_a_mail_and_never_its_text(
    client: Client, admin: User, write: Callable[..., OutboxMessage]
) -> None:
    html = "<p>123456 http://localhost:8000/nl/privacy/</p>"
    mail = write(text="code: 123456", html=html, language="nl", is_secret=True)
    client.force_login(admin)
    page = reverse("admin:outbox_outboxmessage_change", args=[mail.pk])
    for address in (LIST, page):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "ann@example.brussels" in answer.text
        assert "123456" not in answer.text


def test_our_own_words_on_it_are_told_in_the_language_of_the_reader(
    client: Client, admin: User, write: Callable[..., OutboxMessage]
) -> None:
    mail = write()
    client.force_login(admin)
    for kept, shown in (
        (ERASED, "les données du destinataire ont été effacées avant l’envoi"),
        (RIGHT_ENDED, "le droit au titre duquel il était adressé avait pris fin avant l’envoi"),
        ("5.1.1 no such user", "5.1.1 no such user"),
    ):
        OutboxMessage.objects.filter(pk=mail.pk).update(smtp_reply=kept)
        answer = client.get(reverse("admin:outbox_outboxmessage_change", args=[mail.pk]))
        assert shown in answer.text
        assert shown == kept or kept not in answer.text


def test_nobody_writes_changes_or_removes_a_mail(
    client: Client, admin: User, write: Callable[..., OutboxMessage]
) -> None:
    mail = write()
    client.force_login(admin)
    for page in ("change", "delete"):
        assert client.post(reverse(f"admin:outbox_outboxmessage_{page}", args=[mail.pk])).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_others_do_not_see_it(client: Client, lead: User) -> None:
    client.force_login(lead)
    assert client.get(LIST).status_code == 403
