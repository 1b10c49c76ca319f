"""The dataset in its outside forms: XML and JSON, both ways."""

from .json_form import from_json, to_json
from .xml_form import from_xml, to_xml

__all__ = ["from_json", "from_xml", "to_json", "to_xml"]
