"""The outbox's task: look now."""

from celery import shared_task

from hubportal.outbox import deliver as delivery
from hubportal.outbox.bell import ring
from hubportal.outbox.models import OutboxMessage
from hubportal.outbox.pace import wait


@shared_task(name="outbox.deliver")
def deliver() -> None:
    """Send what is queued for a few seconds, and ring again for the rest."""
    if delivery.deliver(OutboxMessage) and OutboxMessage.objects.all().queued().exists():
        ring(after=wait())
