"""Events and checkpoints can be added and read; a trigger refuses everything else.

An operator who must may still take the triggers off: that is a visible act of the database's owner,
and the hash chains and sealed checkpoints show what was done meanwhile.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON journal_event
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON journal_event
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON journal_checkpoint
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON journal_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

REMOVE = """
DROP TRIGGER append_only_rows ON journal_event;
DROP TRIGGER append_only_table ON journal_event;
DROP TRIGGER append_only_rows ON journal_checkpoint;
DROP TRIGGER append_only_table ON journal_checkpoint;
DROP FUNCTION journal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_signing_key")]
    operations = [migrations.RunSQL(CREATE, REMOVE)]
