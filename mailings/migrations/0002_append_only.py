"""Approvals, revisions, frozen letters and events of deliveries refuse UPDATE and DELETE, but for a transaction that set `hubportal.retention`."""

from django.db import migrations

TABLES = ("mailings_approval", "mailings_deliveryevent", "mailings_frozenletter", "mailings_revision")
FORWARD = """
CREATE FUNCTION mailings_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION mailings_append_only();
"""
    for table in TABLES
)
BACKWARD = (
    "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in TABLES)
    + "DROP FUNCTION mailings_append_only();"
)


class Migration(migrations.Migration):
    dependencies = [("mailings", "0001_mailings")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
