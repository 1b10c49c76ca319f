"""A use of another country's permit says of which consignment it is."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0017_advance_news")]

    operations = [
        migrations.AddField("foreignuse", "consignment", django.contrib.postgres.fields.ArrayField(
            base_field=models.CharField(max_length=80), default=list, size=None)),
    ]
