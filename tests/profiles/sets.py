"""Small sets of schemas, made for the tests, and zips of them."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

from declarations.profiles.plan import Plan
from declarations.wco import MessageKind

META, DEC = "urn:example:meta:1", "urn:example:dec:1"

ENTRY = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{META}"
    elementFormDefault="qualified" xmlns:d="{DEC}">
  <xs:import namespace="{DEC}" schemaLocation="parts/declaration.xsd"/>
  <xs:element name="MetaData"><xs:complexType><xs:sequence>
    <xs:element name="WCOTypeName" type="xs:string" minOccurs="0"/>
    <xs:element ref="d:Declaration"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""
# LRN and Trader are names of this set: the dataset calls them FunctionalReferenceID and Importer.
DECLARATION = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{DEC}"
    elementFormDefault="qualified" xmlns:d="{DEC}">
  <xs:element name="Declaration"><xs:complexType><xs:sequence>
    <xs:element name="FunctionCode" type="xs:string"/>
    <xs:element name="LRN"><xs:simpleType><xs:restriction base="xs:string">
      <xs:maxLength value="MAX"/></xs:restriction></xs:simpleType></xs:element>
    <xs:element name="TypeCode" type="xs:string"/>
    <xs:element name="GoodsShipment"><xs:complexType><xs:sequence>
      <xs:element name="Trader"><xs:complexType><xs:sequence>
        <xs:element name="Name" type="xs:string"/>
      </xs:sequence></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""
NAMES = {"LRN": "FunctionalReferenceID", "GoodsShipment/Trader": "Importer"}


def files(max_lrn: int = 22, **changed: str) -> dict[str, str]:
    """The set; a higher ``max_lrn`` is a later version that takes longer references."""
    return {
        "entry.xsd": ENTRY,
        "parts/declaration.xsd": DECLARATION.replace("MAX", str(max_lrn)),
    } | changed


def zipped(content: Mapping[str, str | bytes], *more: tuple[Any, bytes]) -> bytes:
    """A zip of these files, and of further entries with a ZipInfo of their own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in [*content.items(), *more]:
            archive.writestr(name, body)
    return packed.getvalue()


def plan(version: str = "1", **fields: Any) -> Plan:
    values: dict[str, Any] = {
        "name": "example", "version": version, "valid_from": date(2020, 1, 1),
        "entries": {MessageKind.IMPORT: "entry.xsd"}, "names": NAMES,
    }
    return Plan(**values | fields)


def message(lrn: str = "A-1", type_code: str = "IMA") -> bytes:
    return (
        f'<MetaData xmlns="{META}"><Declaration xmlns="{DEC}"><FunctionCode>9</FunctionCode>'
        f"<LRN>{lrn}</LRN><TypeCode>{type_code}</TypeCode><GoodsShipment><Trader>"
        "<Name>Example Trade Ltd</Name></Trader></GoodsShipment></Declaration></MetaData>"
    ).encode()
