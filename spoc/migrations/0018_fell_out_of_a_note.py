"""A concern that falls out of a note being written was answered, closed, refused or withdrawn: nothing else can be."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spoc", "0017_concerns"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="relaypart",
            name="relay_part_sent_or_fell_out",
        ),
        migrations.AlterField(
            model_name="relaypart",
            name="fell_out",
            field=models.CharField(
                blank=True,
                choices=[
                    ("answered", "answered already"),
                    ("closed", "closed"),
                    ("not_relayed", "not to be relayed"),
                    ("withdrawn", "withdrawn by the commune"),
                ],
                editable=False,
                max_length=12,
                verbose_name="why it was not sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaypart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fell_out", ""),
                    models.Q(
                        ("fell_out__in", ["answered", "closed", "not_relayed", "withdrawn"]),
                        ("is_open", False),
                        ("number__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="relay_part_sent_or_fell_out",
                violation_error_message="A concern was sent with the note, or it fell out of it.",
            ),
        ),
    ]
