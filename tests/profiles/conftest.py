"""An administrator, a trader with a token, one queue for everything, and the UK set where it is."""

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from declarations.profiles.archive import pack
from declarations.profiles.install import install
from declarations.profiles.models import InstalledProfile
from declarations.profiles.plan import Plan
from declarations.wco import MessageKind
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from portal.accounts.roles import OrganisationKind, Role
from tests.factories import make_member, make_organisation
from tests.intake.conftest import queue, trader  # noqa: F401
from tests.wco.samples import CORPUS

MANIFEST = CORPUS / "manifest.json"
CASES: list[dict[str, Any]] = json.loads(MANIFEST.read_text())["cases"] if MANIFEST.exists() else []
needs_corpus = pytest.mark.skipif(not CASES, reason=f"The UK corpus is not at {CORPUS}.")

SUBMIT, CANCEL, NOTIFICATION = (
    "customs/wrapper_submit.xsd", "customs/wrapper_cancel.xsd", "notification.xsd"
)
UK = Plan(
    name="uk-dms",
    version="2",
    valid_from=date(2024, 1, 1),
    entries={
        MessageKind.IMPORT: SUBMIT, MessageKind.EXPORT: SUBMIT, MessageKind.AMENDMENT: SUBMIT,
        MessageKind.CANCELLATION: CANCEL, MessageKind.RESPONSE: NOTIFICATION,
    },
    type_codes={
        "IM": MessageKind.IMPORT, "CO": MessageKind.IMPORT, "EX": MessageKind.EXPORT,
        "COR": MessageKind.AMENDMENT, "INV": MessageKind.CANCELLATION,
    },
)


@pytest.fixture(autouse=True)
def cache(settings: Any, tmp_path: Path) -> Path:
    settings.PROFILE_CACHE = tmp_path / "profiles"
    return settings.PROFILE_CACHE


@pytest.fixture
def administrator(db: None) -> tuple[User, Actor]:
    return make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)


@pytest.fixture
def admin(administrator: tuple[User, Actor]) -> Actor:
    return administrator[1]


def install_uk(admin: Actor, *organisations: Organisation) -> InstalledProfile:
    plan = dataclasses.replace(UK, organisations=organisations)
    return install(admin, plan, pack(CORPUS / "schemas"))
