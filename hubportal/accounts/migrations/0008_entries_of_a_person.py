"""An index for what the journal says of a person."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # concurrently: nobody waits while it is built

    dependencies = [
        ("accounts", "0007_factors"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="journalentry",
            index=models.Index(
                condition=models.Q(("target_type", "accounts.user")),
                fields=["target_id"],
                name="journalentry_of_a_person",
            ),
        ),
    ]
