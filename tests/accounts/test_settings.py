"""Outside closed use the portal starts with secrets of its own or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

PRODUCTION = {
    "SECRET_KEY": "k" * 60,
    "EXCHANGE_KEY_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgresql:///nowhere",
}
PUBLISHED = {
    "SECRET_KEY": "not-secret: for the demo, the tests and the embedded servers only",
    "EXCHANGE_KEY_ENCRYPTION_KEY": "ZGVtby1vbmx5LWtleS1ub3QtYS1zZWNyZXQtMTIzNDU=",
}


def start(**environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "import portal.settings as s; print(s.SECURE_SSL_REDIRECT)"],
        env={"PATH": os.environ["PATH"], **PRODUCTION, **environment}, text=True,
        capture_output=True, cwd=Path(__file__).parents[2], check=False,
    )


def test_with_secrets_of_its_own_it_starts_closed_to_plain_http() -> None:
    assert start().stdout == "True\n"


@pytest.mark.parametrize("environment", [
    {"SECRET_KEY": ""}, {"SECRET_KEY": "short"}, {"SECRET_KEY": PUBLISHED["SECRET_KEY"]},
    {"EXCHANGE_KEY_ENCRYPTION_KEY": ""}, {"EXCHANGE_KEY_ENCRYPTION_KEY": "short"},
    {"EXCHANGE_KEY_ENCRYPTION_KEY": PUBLISHED["EXCHANGE_KEY_ENCRYPTION_KEY"]},
    {"EXCHANGE_KEY_ENCRYPTION_KEY": f"{PRODUCTION['EXCHANGE_KEY_ENCRYPTION_KEY']},short"},
], ids=["no key", "short key", "published key", "no key for keys", "short key for keys",
        "published key for keys", "one of two keys is short"])
def test_without_it_does_not(environment: dict[str, str]) -> None:
    answer = start(**environment)
    assert answer.returncode != 0
    assert f"ImproperlyConfigured: Set {next(iter(environment))}" in answer.stderr
