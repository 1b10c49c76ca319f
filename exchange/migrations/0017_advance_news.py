"""What a neighbour told after an import was accepted, and what came of it."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.identifiers

LANES = [("green", "Green: release"), ("yellow", "Yellow: documents"),
         ("blue", "Blue: audit after release"), ("red", "Red: inspection")]


class Migration(migrations.Migration):
    dependencies = [("agencies", "0019_assessed_again"), ("exchange", "0016_trials")]

    operations = [
        migrations.CreateModel(
            name="News",
            fields=[
                ("id", models.UUIDField(default=portal.identifiers.new_id, editable=False,
                                        primary_key=True, serialize=False)),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("outcome", models.CharField(max_length=14, default="news_waiting", choices=[
                    ("news_waiting", "To be looked at"),
                    ("news_nothing", "Nothing new for rules"),
                    ("news_assessed", "Assessed again"),
                    ("news_late", "Too late: decided already")])),
                ("settled_at", models.DateTimeField(null=True)),
                ("lane_before", models.CharField(max_length=6, blank=True, choices=LANES)),
                ("lane_after", models.CharField(max_length=6, blank=True, choices=LANES)),
                ("advance", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="news",
                    to="exchange.advance")),
                ("declaration", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="advance_news",
                    to="declarations.declaration")),
                ("message", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="news",
                    to="exchange.inboxmessage")),
            ],
            options={"ordering": ["-noted_at"]},
        ),
        migrations.AddConstraint("news", models.UniqueConstraint(
            fields=["declaration", "message"], name="one_news_each")),
        migrations.AddIndex("news", models.Index(
            fields=["due_at"], name="advance_news_due",
            condition=models.Q(("outcome", "news_waiting")))),
    ]
