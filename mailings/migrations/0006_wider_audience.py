import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import hubportal.access.dated


class Migration(migrations.Migration):
    """Delivery.mandates gets a table of its own, the one that there was: its rows stay, others come beside them."""

    dependencies = [
        ("accounts", "0004_phone_hint"),
        ("communes", "0001_communes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("mailings", "0005_failed_steps"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Served",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="served",
                                to="mailings.delivery",
                            ),
                        ),
                        (
                            "mandate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="communes.mandate",
                                verbose_name="mandate",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "right that a message serves",
                        "verbose_name_plural": "rights that messages serve",
                        "db_table": "mailings_delivery_mandates",
                        "ordering": ["pk"],
                        "unique_together": {("delivery", "mandate")},
                    },
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="mandates",
                    field=models.ManyToManyField(
                        related_name="+",
                        through="mailings.Served",
                        to="communes.mandate",
                        verbose_name="mandates served",
                    ),
                ),
            ],
        ),
        migrations.AlterModelTable(name="served", table=None),
        migrations.CreateModel(
            name="ExtraRecipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Included. Empty: until further notice.",
                        null=True,
                        verbose_name="last day",
                    ),
                ),
                ("full_name", models.CharField(max_length=120, verbose_name="name")),
                ("function_fr", models.CharField(max_length=120, verbose_name="function, in French")),
                ("function_nl", models.CharField(max_length=120, verbose_name="function, in Dutch")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "content_language",
                    models.CharField(
                        blank=True,
                        choices=[("fr", "Français"), ("nl", "Nederlands")],
                        help_text="Unknown: this person receives French and Dutch.",
                        max_length=2,
                        verbose_name="language of mail",
                    ),
                ),
            ],
            options={
                "verbose_name": "named extra address",
                "verbose_name_plural": "named extra addresses",
                "ordering": ["full_name", "-starts_on", "pk"],
            },
        ),
        migrations.AddField(
            model_name="mailing",
            name="communes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=5),
                blank=True,
                default=list,
                size=None,
                verbose_name="only to these communes",
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="to_delegates",
            field=models.BooleanField(default=False, verbose_name="also to civil servants with a delegation"),
        ),
        migrations.AddField(
            model_name="mailing",
            name="to_extras",
            field=models.BooleanField(default=False, verbose_name="also to the named extra addresses"),
        ),
        migrations.AddField(
            model_name="mailing",
            name="to_roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12),
                blank=True,
                default=list,
                size=None,
                verbose_name="also to whoever is",
            ),
        ),
        migrations.AddField(
            model_name="served",
            name="delegation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="communes.delegation",
                verbose_name="delegation",
            ),
        ),
        migrations.AddField(
            model_name="served",
            name="grant",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.rolegrant",
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="served",
            name="mandate",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="communes.mandate",
                verbose_name="mandate",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_roles__contained_by", ["cabinet", "taskforce", "spoc"])),
                name="mailing_known_roles",
                violation_error_message="An edition goes to the cabinet, the task force or the SPOCs, or to no role.",
            ),
        ),
        migrations.AddConstraint(
            model_name="extrarecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="extrarecipient_ends_after_start",
                violation_error_message="The last day cannot come before the first day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="extrarecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="extrarecipient_is_lower_case",
                violation_error_message="E-mail addresses are kept in lower case.",
            ),
        ),
        migrations.AddConstraint(
            model_name="extrarecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(("content_language__in", ("", "fr", "nl"))),
                name="extrarecipient_known_language",
                violation_error_message="Editions are in French and in Dutch.",
            ),
        ),
        migrations.AddConstraint(
            model_name="extrarecipient",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("email", "="),
                    (
                        hubportal.access.dated.DateRange(
                            "starts_on",
                            "ends_on",
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                        ),
                        "&&",
                    ),
                ],
                name="extrarecipient_once_at_a_time",
                violation_error_message="This address is on the list already on some of these days.",
            ),
        ),
        migrations.AddField(
            model_name="served",
            name="extra",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="mailings.extrarecipient",
                verbose_name="named extra address",
            ),
        ),
        migrations.AddConstraint(
            model_name="served",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("delegation__isnull", True),
                        ("extra__isnull", True),
                        ("grant__isnull", True),
                        ("mandate__isnull", False),
                    ),
                    models.Q(
                        ("delegation__isnull", False),
                        ("extra__isnull", True),
                        ("grant__isnull", True),
                        ("mandate__isnull", True),
                    ),
                    models.Q(
                        ("delegation__isnull", True),
                        ("extra__isnull", True),
                        ("grant__isnull", False),
                        ("mandate__isnull", True),
                    ),
                    models.Q(
                        ("delegation__isnull", True),
                        ("extra__isnull", False),
                        ("grant__isnull", True),
                        ("mandate__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="served_by_one_right",
                violation_error_message="A message serves a mandate, a delegation, a role or an extra address.",
            ),
        ),
    ]
