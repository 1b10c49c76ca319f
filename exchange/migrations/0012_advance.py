"""Exports that neighbours told of, the imports that they are, and what waits to be matched.

What came before is matched too: every export told and every import accepted in the last 120 days.
"""

from typing import ClassVar

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import portal.identifiers
from django.db import migrations, models


BEFORE = """
INSERT INTO exchange_pending (subject, side, due_at, attempts)
SELECT id, 'export', now(), 0 FROM exchange_inboxmessage
WHERE kind IN ('accepted', 'released', 'amended', 'cancelled', 'refused')
  AND summary->>'type' LIKE 'EX%' AND received_at > now() - interval '120 days'
UNION ALL
SELECT id, 'import', now(), 0 FROM declarations_declaration
WHERE kind = 'import' AND accepted_at > now() - interval '120 days'
"""


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ('accounts', '0003_mandates_and_invitations'),
        ('declarations', '0009_change_requests'),
        ('exchange', '0011_lists_of_one_partner'),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='Advance',
            fields=[
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
                ('receivers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=35), default=list, size=None)),
                ('hs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), default=list, size=None)),
                ('id', models.UUIDField(default=portal.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('movement', models.UUIDField()),
                ('mrn', models.CharField(max_length=18, verbose_name='MRN')),
                ('progress', models.CharField(choices=[('declared', 'Declared for export'), ('left', 'Released for export'), ('void', 'Withdrawn by the neighbour')], max_length=10)),
                ('dataset', models.JSONField()),
                ('exporter', models.CharField(blank=True, max_length=140)),
                ('consignee', models.CharField(blank=True, max_length=140)),
                ('goods', models.CharField(blank=True, max_length=200)),
                ('accepted_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advances', to='exchange.inboxmessage')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advances', to='exchange.partner')),
            ],
            options={
                'ordering': ['-changed_at'],
            },
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.CharField(choices=[('ours', 'Confirmed by the consignee'), ('not_ours', 'Not his, says the consignee')], max_length=10)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
                ('advance', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='confirmation', to='exchange.advance')),
                ('draft', models.ForeignKey(help_text='The import begun from it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='declarations.declaration')),
                ('organisation', models.ForeignKey(help_text='The consignee.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='ImportTrace',
            fields=[
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
                ('receivers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=35), default=list, size=None)),
                ('hs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), default=list, size=None)),
                ('declaration', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='trace', serialize=False, to='declarations.declaration')),
                ('accepted_at', models.DateTimeField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['keys'], name='import_trace_keys')],
            },
        ),
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField()),
                ('grounds', models.JSONField(default=list, help_text='See scoring.Ground.as_data.')),
                ('at', models.DateTimeField()),
                ('advance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matches', to='exchange.advance')),
                ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='advance_matches', to='declarations.declaration')),
            ],
            options={
                'ordering': ['-score', 'at'],
            },
        ),
        migrations.CreateModel(
            name='Pending',
            fields=[
                ('subject', models.UUIDField(primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('export', "A neighbour's message"), ('import', 'An import declared here')], max_length=6)),
                ('due_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['due_at'], name='advance_pending_due')],
            },
        ),
        migrations.AddIndex(
            model_name='advance',
            index=django.contrib.postgres.indexes.GinIndex(fields=['keys'], name='advance_keys'),
        ),
        migrations.AddIndex(
            model_name='advance',
            index=django.contrib.postgres.indexes.GinIndex(fields=['receivers'], name='advance_receivers'),
        ),
        migrations.AddIndex(
            model_name='advance',
            index=models.Index(fields=['-changed_at'], name='advance_newest'),
        ),
        migrations.AddConstraint(
            model_name='advance',
            constraint=models.UniqueConstraint(fields=('partner', 'movement'), name='one_advance_each'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.UniqueConstraint(fields=('advance', 'declaration'), name='one_match_each'),
        ),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
