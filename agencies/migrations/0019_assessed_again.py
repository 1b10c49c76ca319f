"""A version of a declaration may be assessed once more when something new is known of its goods."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0018_uses_abroad")]

    operations = [
        migrations.AddField(
            "riskassessment", "again", models.PositiveSmallIntegerField(default=0)),
        migrations.RemoveConstraint("riskassessment", "one_assessment_per_version"),
        migrations.AddConstraint("riskassessment", models.UniqueConstraint(
            fields=["declaration", "number", "again"], name="one_assessment_each_time")),
        migrations.AlterModelOptions(
            "riskassessment", {"ordering": ["declaration", "number", "again"]}),
    ]
