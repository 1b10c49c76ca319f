"""The lists of one partner's messages are read from a place on, the newest first."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("exchange", "0010_transit")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(fields=["partner", "-created_at"], name="outbox_of_partner"),
        ),
        migrations.AddIndex(
            model_name="inboxmessage",
            index=models.Index(fields=["partner", "-received_at"], name="inbox_of_partner"),
        ),
    ]
