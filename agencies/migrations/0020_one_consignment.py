"""A consignment declared here and abroad under one permit is written off once."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0019_assessed_again")]

    operations = [
        migrations.AddField("useabroad", "consignment", django.contrib.postgres.fields.ArrayField(
            base_field=models.CharField(max_length=80), default=list, size=None)),
        migrations.AddField("useabroad", "home", models.ForeignKey(
            db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT,
            related_name="uses_abroad", to="declarations.declaration")),
        migrations.AddField("permituse", "carried_quantity", models.DecimalField(
            max_digits=22, decimal_places=6, default=Decimal("0"))),
        migrations.AddField("permituse", "carried_value", models.DecimalField(
            max_digits=19, decimal_places=3, default=Decimal("0"))),
    ]
