"""A second factor is offered at home until it is there or declined; an account that is closed has no session left."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION accounts_user_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM accounts_session WHERE user_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_user_closed AFTER UPDATE OF is_active ON accounts_user
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION accounts_user_closed();
"""
BACKWARD = """
DROP TRIGGER accounts_user_closed ON accounts_user;
DROP FUNCTION accounts_user_closed();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_objections")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="offers_factor",
            field=models.BooleanField(
                default=True, editable=False, verbose_name="is offered a second factor at home"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
