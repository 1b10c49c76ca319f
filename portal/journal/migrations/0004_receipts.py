"""Receipts of acceptance, which can be added and read; a trigger refuses everything else."""

from django.db import migrations, models

import portal.identifiers

CREATE = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON journal_receipt
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON journal_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

REMOVE = """
DROP TRIGGER append_only_rows ON journal_receipt;
DROP TRIGGER append_only_table ON journal_receipt;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_append_only")]
    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.UUIDField(default=portal.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ("subject", models.UUIDField(help_text="Key of the declaration.")),
                ("event", models.UUIDField(help_text="The event of the acceptance.", unique=True)),
                ("version", models.PositiveIntegerField(help_text="Number of the version that was accepted.")),
                ("at", models.DateTimeField()),
                ("token", models.TextField(help_text="JWS (RFC 7515), compact; see portal.journal.receipts.")),
            ],
            options={"indexes": [models.Index(fields=["subject", "-at"], name="journal_rec_subject_f71c35_idx")]},
        ),
        migrations.RunSQL(CREATE, REMOVE),
    ]
