"""The gaps of an edition that left refuse UPDATE and DELETE, as the tables of 0002 do."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER mailings_frozengap_append_only BEFORE UPDATE OR DELETE ON mailings_frozengap
    FOR EACH ROW EXECUTE FUNCTION mailings_append_only();
"""
BACKWARD = "DROP TRIGGER mailings_frozengap_append_only ON mailings_frozengap;"


class Migration(migrations.Migration):
    dependencies = [("mailings", "0003_frozen_gaps")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
