"""Trade messages by the WCO Data Model: read, validate, map, answer.

Pure Python, usable from any process; it imports no Django. ::

    from declarations.wco import from_xml, get_profile, validate

    profile = get_profile("carec")
    verdict = validate(body, profile)
    if verdict.accepted:
        declaration = from_xml(verdict.message.root, profile)
"""

from . import dataset
from .dataset import Declaration, Response
from .faults import Fault, Layer, MessageError, PointerStep, Severity
from .foreign import profile_from_folder
from .kinds import MessageKind
from .mapping import from_json, from_xml, to_json, to_xml
from .profiles import (
    Profile,
    SchemaSet,
    UnknownProfile,
    get_profile,
    profiles,
    register,
)
from .reader import Message, read
from .response import FunctionCode, notice, read_response, rejection, write_response
from .schemas import SchemaUnusable
from .validator import Verdict, recognise, validate, validate_with_schema
from .values import Amount, DateTime, Measure, Quantity

__all__ = [
    "Amount",
    "DateTime",
    "Declaration",
    "Fault",
    "FunctionCode",
    "Layer",
    "Measure",
    "Message",
    "MessageError",
    "MessageKind",
    "PointerStep",
    "Profile",
    "Quantity",
    "Response",
    "SchemaSet",
    "SchemaUnusable",
    "Severity",
    "UnknownProfile",
    "Verdict",
    "dataset",
    "from_json",
    "from_xml",
    "get_profile",
    "notice",
    "profile_from_folder",
    "profiles",
    "read",
    "read_response",
    "recognise",
    "register",
    "rejection",
    "to_json",
    "to_xml",
    "validate",
    "validate_with_schema",
    "write_response",
]
