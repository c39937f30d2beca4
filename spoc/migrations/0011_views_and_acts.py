import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import spoc.models.standard_answer


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("spoc", "0010_calendar_feeds"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=2000, verbose_name="what it narrows down")),
                ("is_shared", models.BooleanField(default=False, verbose_name="colleagues see it too")),
                (
                    "made_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="made on"
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "name"),
                        name="saved_view_name_once",
                        violation_error_message="You have a view of this name already: choose another one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("query", ""), _negated=True)
                        ),
                        name="saved_view_named",
                        violation_error_message="Narrow the list down, then give the view a name.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="standardanswer",
            name="acts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("message", "a message"),
                        ("ask", "a question that stops the clock"),
                        ("decline", "a refusal"),
                        ("close", "closing without a delivery"),
                    ],
                    max_length=10,
                ),
                default=spoc.models.standard_answer.for_messages,
                size=None,
                verbose_name="offered for",
            ),
        ),
        migrations.AddConstraint(
            model_name="standardanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("acts__contained_by", ["message", "ask", "decline", "close"]), ("acts__len__gt", 0)
                ),
                name="standard_answer_known_acts",
                violation_error_message="Choose at least one of the acts for which it is offered.",
            ),
        ),
    ]
