from django.db import migrations, models

TWICE = """
DELETE FROM mailings_served AS later USING mailings_served AS first
WHERE later.delivery_id = first.delivery_id AND later.id > first.id
AND (later.mandate_id, later.delegation_id, later.grant_id, later.extra_id)
    IS NOT DISTINCT FROM (first.mandate_id, first.delegation_id, first.grant_id, first.extra_id)
"""


class Migration(migrations.Migration):
    """A message serves each right once, whichever it is; the rows tell it alone.

    Delivery.mandates had no table of its own since 0006: what it showed are these rows, and all of them stay.
    """

    dependencies = [
        ("accounts", "0004_phone_hint"),
        ("communes", "0001_communes"),
        ("mailings", "0012_unsaved_texts"),
    ]

    operations = [
        migrations.RunSQL(TWICE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="delivery", name="mandates"),
        migrations.AlterUniqueTogether(name="served", unique_together=set()),
        migrations.AddConstraint(
            model_name="served",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mandate__isnull", False)),
                fields=("delivery", "mandate"),
                name="served_once_per_mandate",
                violation_error_message="This message serves this mandate already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="served",
            constraint=models.UniqueConstraint(
                condition=models.Q(("delegation__isnull", False)),
                fields=("delivery", "delegation"),
                name="served_once_per_delegation",
                violation_error_message="This message serves this delegation already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="served",
            constraint=models.UniqueConstraint(
                condition=models.Q(("grant__isnull", False)),
                fields=("delivery", "grant"),
                name="served_once_per_grant",
                violation_error_message="This message serves this role already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="served",
            constraint=models.UniqueConstraint(
                condition=models.Q(("extra__isnull", False)),
                fields=("delivery", "extra"),
                name="served_once_per_extra",
                violation_error_message="This message serves this extra address already.",
            ),
        ),
    ]
