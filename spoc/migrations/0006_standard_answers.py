from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spoc", "0005_readings"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandardAnswer",
            fields=[
                (
                    "code",
                    models.SlugField(max_length=40, primary_key=True, serialize=False, verbose_name="code"),
                ),
                ("title_fr", models.CharField(max_length=160, verbose_name="title in French")),
                ("title_nl", models.CharField(max_length=160, verbose_name="title in Dutch")),
                ("text_fr", models.TextField(max_length=2000, verbose_name="text in French")),
                ("text_nl", models.TextField(max_length=2000, verbose_name="text in Dutch")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "standard answer",
                "verbose_name_plural": "standard answers",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title_fr", ""), _negated=True),
                            models.Q(("title_nl", ""), _negated=True),
                            models.Q(("text_fr", ""), _negated=True),
                            models.Q(("text_nl", ""), _negated=True),
                        ),
                        name="standard_answer_in_both_languages",
                        violation_error_message="Write title and text in French and in Dutch.",
                    )
                ],
            },
        ),
    ]
