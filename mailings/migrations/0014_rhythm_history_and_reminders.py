"""What rhythms were, append-only as the tables of 0002; and whether the readers of an edition are reminded."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER mailings_schedulerevision_append_only BEFORE UPDATE OR DELETE ON mailings_schedulerevision
    FOR EACH ROW EXECUTE FUNCTION mailings_append_only();
"""
BACKWARD = "DROP TRIGGER mailings_schedulerevision_append_only ON mailings_schedulerevision;"


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0013_served_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="reminds_readers",
            field=models.BooleanField(default=True, verbose_name="readers are reminded"),
        ),
        migrations.CreateModel(
            name="ScheduleRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_fr", models.CharField(max_length=80, verbose_name="name in French")),
                ("name_nl", models.CharField(max_length=80, verbose_name="name in Dutch")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Monday"),
                            (2, "Tuesday"),
                            (3, "Wednesday"),
                            (4, "Thursday"),
                            (5, "Friday"),
                        ],
                        default=5,
                        verbose_name="day",
                    ),
                ),
                (
                    "leaves_at",
                    models.TimeField(
                        help_text="Brussels time, the same in summer and in winter.", verbose_name="hour"
                    ),
                ),
                (
                    "starts_on",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="No edition leaves before this day.",
                        verbose_name="not before",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Paused: no draft is made, nobody is reminded, and nothing is scheduled by itself.",
                        verbose_name="the rhythm is active",
                    ),
                ),
                (
                    "writers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=None,
                        verbose_name="who is reminded",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="mailings.schedule",
                    ),
                ),
            ],
            options={
                "verbose_name": "former rhythm",
                "verbose_name_plural": "former rhythms",
                "ordering": ["schedule", "pk"],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
