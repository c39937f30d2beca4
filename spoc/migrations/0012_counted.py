"""Indexes that hold all that lists sort and figures count, measured with a million requests (`bench/run pages`)."""

from django.conf import settings
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models

OPEN = ("submitted", "accepted", "in_progress", "waiting_requester", "delivered")


class Migration(migrations.Migration):
    atomic = False  # concurrently: nobody waits while they are built

    dependencies = [
        ("communes", "0001_communes"),
        ("conventions", "0006_search_and_told"),
        ("spoc", "0011_views_and_acts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RemoveIndexConcurrently(model_name="servicerequest", name="request_open_by_due"),
        AddIndexConcurrently(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("status__in", OPEN)),
                fields=["due_on", "id"],
                include=("commune", "status", "direction", "kind", "assigned_to", "submitted_at"),
                name="request_open_by_due",
            ),
        ),
        AddIndexConcurrently(
            model_name="servicerequest",
            index=models.Index(
                fields=["commune", "status", "direction"],
                include=("outcome", "submitted_at", "created_at", "id"),
                name="request_counted_of_commune",
            ),
        ),
        AddIndexConcurrently(
            model_name="servicerequest",
            index=models.Index(
                fields=["answered_at"],
                include=("kind", "direction", "submitted_at"),
                name="request_answered",
            ),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("is_public", True)), fields=["written_at"], name="message_newest"
            ),
        ),
        AddIndexConcurrently(
            model_name="requestevent",
            index=models.Index(
                condition=models.Q(("by__isnull", False)), fields=["at"], name="request_step_newest"
            ),
        ),
        AddIndexConcurrently(
            model_name="deliverable",
            index=models.Index(fields=["added_at", "id"], name="deliverable_newest"),
        ),
        ValidateConstraint(model_name="requestevent", name="request_event_reassigned_to_somebody"),
    ]
