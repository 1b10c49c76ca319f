"""Less arrived than left: what the agency was told, and what an officer said of the rest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0020_one_consignment")]

    operations = [
        migrations.AddField("permituse", "short_arrived", models.DecimalField(
            max_digits=22, decimal_places=6, null=True)),
        migrations.AddField("permituse", "settlement", models.CharField(
            max_length=8, blank=True, choices=[
                ("returned", "The rest returns to the balance"),
                ("used_up", "The rest is used up: lost or consumed"),
            ], default=""), preserve_default=False),
    ]
