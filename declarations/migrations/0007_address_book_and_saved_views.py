"""Parties and views of the list that are kept."""

import django.db.models.deletion
import portal.identifiers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_names'),
        ('declarations', '0006_list_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.UUIDField(default=portal.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=70, verbose_name='Name')),
                ('identifier', models.CharField(blank=True, max_length=35, verbose_name='Taxpayer or trader number')),
                ('line', models.CharField(blank=True, max_length=70, verbose_name='Street and number')),
                ('postcode', models.CharField(blank=True, max_length=9, verbose_name='Postcode')),
                ('city', models.CharField(blank=True, max_length=35, verbose_name='City')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='Country')),
                ('contact', models.CharField(blank=True, max_length=140, verbose_name='Contact')),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='address_book', to='accounts.organisation')),
            ],
            options={
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['organisation', 'name'], name='party_by_name')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('identifier', ''), _negated=True), fields=('organisation', 'identifier'), name='one_party_per_number')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=portal.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('query', models.JSONField(default=dict, help_text='Filters and sort, as in the address.')),
                ('shared', models.BooleanField(default=False, verbose_name='Colleagues see it too')),
                ('first', models.BooleanField(default=False, verbose_name='Open the list with it')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'owner', 'name'), name='one_view_per_name'), models.UniqueConstraint(condition=models.Q(('first', True)), fields=('organisation', 'owner'), name='one_first_view')],
            },
        ),
    ]
