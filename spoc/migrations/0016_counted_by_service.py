"""What is open of each service is counted in an index that holds nothing else (`bench/run pages`)."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

OPEN = ("submitted", "accepted", "in_progress", "waiting_requester", "delivered")


class Migration(migrations.Migration):
    atomic = False  # concurrently: nobody waits while it is built

    dependencies = [
        ("communes", "0001_communes"),
        ("conventions", "0006_search_and_told"),
        ("spoc", "0015_other_day_proposed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("status__in", OPEN), ("submitted_at__isnull", False)),
                fields=["direction", "kind", "status", "due_on"],
                name="request_open_by_service",
            ),
        ),
    ]
