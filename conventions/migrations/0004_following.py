"""Versions of meetings and evaluations; of a ZIP its worker's token, what it lacks, and one at a time for a person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conventions", "0003_frozen"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bundle",
            name="bundle_running_beats",
        ),
        migrations.AddField(
            model_name="bundle",
            name="claim",
            field=models.CharField(blank=True, editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name="bundle",
            name="left_out",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="left out"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="steeringmeeting",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("asked", "running"))),
                fields=("asked_by",),
                name="bundle_one_under_way",
                violation_error_message="This file is being made already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "running"), _negated=True),
                    models.Q(("beat_at__isnull", False), models.Q(("claim", ""), _negated=True)),
                    _connector="OR",
                ),
                name="bundle_running_beats",
                violation_error_message="What is being made has a worker.",
            ),
        ),
        migrations.AddConstraint(
            model_name="steeringmeeting",
            constraint=models.UniqueConstraint(
                fields=("convention", "held_on"),
                name="meeting_once_a_day",
                violation_error_message="A meeting of this day is recorded already.",
            ),
        ),
    ]
