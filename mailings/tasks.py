"""The task of this app: look now for messages to send."""

from celery import shared_task

from hubportal.outbox import deliver as delivery
from hubportal.outbox.bell import ring
from hubportal.outbox.pace import wait
from mailings.models import Delivery
from mailings.models.delivery import TASK


@shared_task(name=TASK)
def deliver() -> None:
    """Send what is queued for a few seconds, and ring again for the rest; the database says what."""
    if delivery.deliver(Delivery) and Delivery.objects.all().claimable().exists():
        ring(TASK, after=wait())
