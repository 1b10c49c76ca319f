"""Permits with their balance; the ledger of movements can be added to and read, nothing else."""

import agencies.permits.models
import agencies.permits.numbering
import django.db.models.deletion
import django.db.models.expressions
import portal.identifiers
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


# The function is the journal's own.
APPEND_ONLY = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON agencies_permitmovement
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON agencies_permitmovement
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""
REMOVE = """
DROP TRIGGER append_only_rows ON agencies_permitmovement;
DROP TRIGGER append_only_table ON agencies_permitmovement;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_append_only"),
        ("accounts", "0002_names"),
        ("agencies", "0004_published_rules_stay"),
        ("declarations", "0005_code_editions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Permit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.identifiers.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "check_code",
                    models.CharField(
                        default=agencies.permits.models.new_check_code, editable=False, max_length=8
                    ),
                ),
                ("number", models.CharField(max_length=35, unique=True, verbose_name="number")),
                ("year", models.PositiveSmallIntegerField()),
                ("serial", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unsigned", "Waiting for the second signature"),
                            ("in_force", "In force"),
                            ("suspended", "Suspended"),
                            ("revoked", "Revoked"),
                            ("expired", "Expired"),
                            ("exhausted", "Used up"),
                            ("replaced", "Replaced"),
                        ],
                        default="in_force",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="Why it is in this state.")),
                ("holder_name", models.CharField(max_length=140)),
                ("holder_identifier", models.CharField(blank=True, max_length=35)),
                ("export_country", models.CharField(blank=True, max_length=2)),
                ("destination_country", models.CharField(blank=True, max_length=2)),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(verbose_name="valid to")),
                ("conditions", models.TextField(blank=True, verbose_name="conditions")),
                ("particulars", models.JSONField(default=dict)),
                ("issued_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits",
                        to="declarations.declaration",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="agencies.permit",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-issued_at"],
            },
        ),
        migrations.CreateModel(
            name="PermitLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.identifiers.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("hs", models.CharField(max_length=12)),
                ("description", models.CharField(max_length=512)),
                ("scientific_name", models.CharField(blank=True, max_length=256)),
                ("common_name", models.CharField(blank=True, max_length=256)),
                ("appendix", models.CharField(blank=True, max_length=3)),
                ("source", models.CharField(blank=True, max_length=1)),
                ("purpose", models.CharField(blank=True, max_length=1)),
                ("origin", models.CharField(blank=True, max_length=4)),
                ("particulars", models.JSONField(default=dict)),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=22)),
                ("unit", models.CharField(max_length=3)),
                ("value", models.DecimalField(decimal_places=3, max_digits=19, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "reserved_quantity",
                    models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=22),
                ),
                (
                    "used_quantity",
                    models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=22),
                ),
                (
                    "reserved_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=19),
                ),
                (
                    "used_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=19),
                ),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="agencies.permit",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="PermitScheme",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.identifiers.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "permit_type",
                    models.CharField(
                        help_text="Code of the list of permits, or of documents such as 851.",
                        max_length=6,
                        verbose_name="type of permit",
                    ),
                ),
                ("prefix", models.CharField(max_length=8, unique=True, verbose_name="prefix")),
                (
                    "number_format",
                    models.CharField(
                        default="{country}-{prefix}-{year}-{number:06d}",
                        max_length=60,
                        validators=[agencies.permits.numbering.check_format],
                        verbose_name="form of the numbers",
                    ),
                ),
                (
                    "layout",
                    models.CharField(
                        choices=[
                            ("general", "General permit"),
                            ("cites", "CITES permit or certificate"),
                            ("phytosanitary", "Phytosanitary certificate"),
                            ("veterinary", "Veterinary certificate"),
                            ("ods", "Licence under the Montreal Protocol"),
                        ],
                        default="general",
                        max_length=14,
                    ),
                ),
                (
                    "validity_days",
                    models.PositiveSmallIntegerField(
                        default=180, verbose_name="usual days of validity"
                    ),
                ),
                ("conditions", models.TextField(blank=True, verbose_name="usual conditions")),
                (
                    "second_signature",
                    models.BooleanField(default=False, verbose_name="needs a second signature"),
                ),
                (
                    "discloses_balance",
                    models.BooleanField(
                        default=True, verbose_name="anyone with the paper may see the balance"
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permit_schemes",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "ordering": ["permit_type"],
            },
        ),
        migrations.CreateModel(
            name="PermitCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counters",
                        to="agencies.permitscheme",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="permit",
            name="scheme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="permits",
                to="agencies.permitscheme",
            ),
        ),
        migrations.CreateModel(
            name="PermitUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.identifiers.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("item", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved"),
                            ("written_off", "Written off"),
                            ("freed", "Given back"),
                        ],
                        max_length=11,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=22)),
                (
                    "value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=19),
                ),
                (
                    "declaration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permit_uses",
                        to="declarations.declaration",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="agencies.permitline",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PermitMovement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.identifiers.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grant", "Granted"),
                            ("reserve", "Reserved"),
                            ("write_off", "Written off"),
                            ("free", "Reservation given back"),
                            ("reverse", "Write-off reversed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=22)),
                (
                    "value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=19),
                ),
                ("left_quantity", models.DecimalField(decimal_places=6, max_digits=22)),
                ("left_value", models.DecimalField(decimal_places=3, max_digits=19, null=True)),
                ("event", models.UUIDField(help_text="The journal event that caused it.")),
                ("actor", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="agencies.permitline",
                    ),
                ),
                (
                    "use",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="agencies.permituse",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="permitline",
            constraint=models.UniqueConstraint(
                fields=("permit", "number"), name="permit_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="permitline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="permit_line_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="permitline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reserved_quantity__gte", 0),
                    ("used_quantity__gte", 0),
                    (
                        "quantity__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("reserved_quantity"), "+", models.F("used_quantity")
                        ),
                    ),
                ),
                name="permit_quantity_never_overdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="permitline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reserved_value__gte", 0),
                    ("used_value__gte", 0),
                    models.Q(
                        ("value", None),
                        (
                            "value__gte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("reserved_value"), "+", models.F("used_value")
                            ),
                        ),
                        _connector="OR",
                    ),
                ),
                name="permit_value_never_overdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="permitscheme",
            constraint=models.UniqueConstraint(
                fields=("agency", "permit_type"), name="scheme_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="permitcounter",
            constraint=models.UniqueConstraint(
                fields=("scheme", "year"), name="permit_counter_once"
            ),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(
                fields=["scheme", "-issued_at"], name="agencies_pe_scheme__983cae_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(
                fields=["holder", "-issued_at"], name="agencies_pe_holder__cc48a7_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(
                condition=models.Q(("state__in", ["in_force", "suspended"])),
                fields=["valid_to"],
                name="permits_to_expire",
            ),
        ),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.UniqueConstraint(
                fields=("scheme", "year", "serial"), name="permit_serial_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaces", None)),
                fields=("application",),
                name="application_granted_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                name="permit_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="permituse",
            constraint=models.UniqueConstraint(
                fields=("declaration", "version", "item", "line"), name="permit_use_once"
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, REMOVE),
    ]
