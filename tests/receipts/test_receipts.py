"""Receipts: made with the acceptance, refused when anything in them was changed."""

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from agencies.models import Queue
from declarations import amending
from declarations import receipts as acceptances
from declarations.models import Declaration
from declarations.states import ChangeState, State
from portal.accounts.actors import Actor
from portal.accounts.tokens import create_client
from portal.journal import keys, receipts
from portal.journal.kinds import EventKind
from portal.journal.models import Event, Receipt, SigningKey
from portal.journal.receipts import ReceiptRefused
from portal.pipeline import process_change
from tests.factories import make_agency, make_member, make_officer, make_organisation, wine_import
from tests.receipts.conftest import file, signed_in

VERIFIER = Path(__file__).parents[2] / "docs" / "examples" / "verify_receipt.py"


def receipt_of(declaration: Declaration) -> Receipt:
    receipt = acceptances.of(declaration.pk)
    assert receipt is not None
    return receipt


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(token: str, header: Any = None, **claims: Any) -> str:
    """The token with other claims or another header under its old signature."""
    old_header, old_claims = receipts.read(token)
    return ".".join((
        b64(json.dumps(old_header | (header or {})).encode()),
        b64(json.dumps(old_claims | claims).encode()), token.split(".")[2],
    ))


def amend(owner: Actor, declaration: Declaration) -> None:
    """Nobody has taken it up yet, so the amendment is in force once it is checked."""
    body = wine_import(
        declaration.organisation, FunctionalReferenceID=declaration.lrn, ID=declaration.mrn,
        FunctionCode="5", DeclarationOfficeID="GE000102",
    )
    change = amending.ask(owner, declaration.pk, body, "Another office.", channel="rest")
    process_change(str(change.pk))
    change.refresh_from_db()
    assert change.state == ChangeState.GRANTED, change.faults


def test_an_acceptance_has_its_receipt(accepted: Declaration) -> None:
    receipt = receipt_of(accepted)
    event = Event.objects.get(subject=accepted.pk, kind=EventKind.ACCEPTED)
    assert event.at == accepted.accepted_at
    claims = receipts.verify(receipt.token)
    assert claims == {
        "jti": str(receipt.pk), "country": "GE", "mrn": accepted.mrn, "lrn": accepted.lrn,
        "version": 1, "sha256": hashlib.sha256(bytes(accepted.current.body)).hexdigest(),
        "event": str(event.pk), "event_sha256": event.hash,
        "accepted_at": receipts.moment(event.at),
    }


def test_what_was_not_accepted_has_none(owner: Any, queue: Queue) -> None:
    rejected = file(owner[1], Declarant=None)
    assert rejected.state == State.REJECTED
    assert acceptances.of(rejected.pk) is None
    answer = owner[0].get(reverse("declaration_receipt", args=[rejected.pk]))
    assert answer.status_code == 404


def test_a_receipt_is_kept_as_it_was_signed(accepted: Declaration) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.of(accepted.pk).update(version=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.of(accepted.pk).delete()


def test_an_amendment_gives_another_and_the_first_is_replaced(
    owner: tuple[Client, Actor], accepted: Declaration
) -> None:
    first = receipt_of(accepted)
    assert acceptances.standing(first) == (acceptances.Standing.IN_FORCE, None)
    amend(owner[1], accepted)
    second = receipt_of(accepted)
    assert (first.version, second.version) == (1, 2)
    assert receipts.verify(second.token)["sha256"] == accepted.current.sha256
    assert acceptances.standing(first) == (acceptances.Standing.REPLACED, second.at)
    assert acceptances.standing(second) == (acceptances.Standing.IN_FORCE, None)
    assert acceptances.of(accepted.pk, version=1) == first


def test_every_kind_of_forgery_is_refused(accepted: Declaration) -> None:
    token = receipt_of(accepted).token
    header, claims = receipts.read(token)
    for name in claims:
        with pytest.raises(ReceiptRefused, match="signature"):
            receipts.verify(forged(token, **{name: "x"}))
    other = OKPKey.generate_key("Ed25519")
    content = json.dumps(claims).encode()

    def signed(key: Any, **more: Any) -> str:
        algorithm = more.get("alg", "Ed25519")
        return jws.serialize_compact(header | more, content, key, algorithms=[algorithm])

    public = SigningKey.objects.get().public_key["x"]
    bad = [
        forged(token, header={"alg": "none"}).rpartition(".")[0] + ".",
        forged(token, header={"typ": "JWT"}),
        signed(other), signed(other, kid=other.thumbprint()),
        signed(OctKey.import_key(public), alg="HS256"),
        receipts.sign(claims, type="permit+jws"), token[:-5], "", "a.b.c", "[]", "x" * 20_000,
    ]
    for one in bad:
        with pytest.raises(ReceiptRefused):
            receipts.verify(one)


def test_a_stolen_key_does_not_make_a_receipt(accepted: Declaration) -> None:
    token = receipt_of(accepted).token
    forgery = receipts.sign(receipts.read(token)[1] | {"sha256": "0" * 64})
    assert receipts.verify(forgery)
    with pytest.raises(ReceiptRefused) as refused:
        receipts.find(forgery)
    assert refused.value.code == "not-on-record"


def test_keys_roll_and_old_receipts_stay_good(
    accepted: Declaration, owner: Any, client: Client
) -> None:
    old = receipt_of(accepted)
    call_command("roll_signing_key")
    new = receipt_of(file(owner[1]))
    first, second = receipts.read(old.token)[0]["kid"], receipts.read(new.token)[0]["kid"]
    assert first != second
    published = client.get("/.well-known/jwks.json").json()["keys"]
    assert [key["kid"] for key in published] == [second, first]
    assert not any("d" in key for key in published)
    assert receipts.verify(old.token) and receipts.verify(new.token)
    assert Event.objects.filter(subject=keys.KEYS, kind=EventKind.KEY_ADDED).exists()


# --- downloads and REST ---------------------------------------------------------------------


def test_owner_and_agency_download_it_and_nobody_else(accepted: Declaration, owner: Any) -> None:
    officer, _actor = make_officer(accepted.reviews.get().queue.agency)
    stranger, _actor = make_member(make_organisation())
    elsewhere, _actor = make_officer(make_agency("phyto"))
    for name in ("declaration_receipt", "declaration_receipt_json", "declaration_print"):
        address = reverse(name, args=[accepted.pk])
        assert owner[0].get(address).status_code == 200
        assert signed_in(officer).get(address).status_code == 200
        for person in (stranger, elsewhere):
            assert signed_in(person).get(address).status_code == 404
        assert Client().get(address).status_code == 302


def test_rest_gives_the_same_receipt(accepted: Declaration, queue: Queue) -> None:
    _client, token = create_client(accepted.organisation, "tests")
    _client, other = create_client(make_organisation(), "tests")
    address = f"/api/v1/declarations/{accepted.pk}/receipt"

    def get(key: str, query: str = "") -> Any:
        return Client().get(address + query, headers={"Authorization": f"Bearer {key}"})

    answer = get(token).json()
    assert answer["receipt"] == receipt_of(accepted).token
    assert answer["claims"]["mrn"] == accepted.mrn
    assert get(token, "?version=1").json() == answer
    assert get(token, "?version=2").status_code == 404
    assert get(token, "?version=x").status_code == 400
    assert get(other).status_code == 404


# --- the public page and the command --------------------------------------------------------


def test_anybody_checks_a_receipt_by_its_number_token_or_file(
    accepted: Declaration, client: Client
) -> None:
    receipt = receipt_of(accepted)
    answers = [
        client.get(reverse("verify_receipt", args=[receipt.pk])),
        client.get(reverse("verify_token", args=[receipt.token])),
        client.post(reverse("verify"), {"receipt": f"  {receipt.token[:80]}\n{receipt.token[80:]}"}),
    ]
    for answer in answers:
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Genuine, and in force" in page and accepted.mrn in page
        for secret in ("Kolkheti", "Ganja", "wine", "18600"):
            assert secret not in page
    assert "Check a receipt" in client.get(reverse("verify")).content.decode()


def test_the_page_says_what_is_wrong(
    owner: tuple[Client, Actor], accepted: Declaration, client: Client
) -> None:
    token = receipt_of(accepted).token
    number = Receipt.objects.get().pk

    def said(text: str) -> str:
        return str(client.post(reverse("verify"), {"receipt": text}).content.decode())

    assert "changed after it was signed" in said(forged(token, mrn="26GE0000000000000X"))
    assert "not signed by this portal" in said(forged(token, header={"kid": "another"}))
    assert "not a receipt" in said("hello")
    assert "Paste a receipt" in said("")
    changed = json.dumps({"receipt": token, "claims": receipts.read(token)[1] | {"version": 9}})
    assert "readable part" in said(changed)
    unknown = client.get(reverse("verify_receipt", args=[accepted.pk]))
    assert unknown.status_code == 404 and b"Not genuine" in unknown.content
    amend(owner[1], accepted)
    page = client.get(reverse("verify_receipt", args=[number])).content.decode()
    assert "no longer in force" in page and "A later version replaced it" in page


def test_the_page_compares_the_message(accepted: Declaration, client: Client, tmp_path: Path) -> None:
    kept = tmp_path / "m.xml"
    for body, words in (
        (bytes(accepted.current.body), "byte for byte"),
        (bytes(accepted.current.body) + b"\n", "about another message"),
    ):
        kept.write_bytes(body)
        with kept.open("rb") as message:
            fields = {"receipt": receipt_of(accepted).token, "message": message}
            assert words in client.post(reverse("verify"), fields).content.decode()


def test_an_address_that_asks_too_often_waits(accepted: Declaration, client: Client) -> None:
    address = reverse("verify_receipt", args=[receipt_of(accepted).pk])
    statuses = [client.get(address).status_code for _ in range(32)]
    assert statuses == [200] * 30 + [429] * 2
    assert client.get(address, REMOTE_ADDR="198.51.100.7").status_code == 200
    assert client.get(reverse("verify")).status_code == 200


def test_the_command_agrees(accepted: Declaration, tmp_path: Path, capsys: Any) -> None:
    receipt, message = tmp_path / "r.jws", tmp_path / "m.xml"
    receipt.write_text(receipt_of(accepted).token)
    message.write_bytes(bytes(accepted.current.body))
    call_command("verify_receipt", receipt, message=message)
    said = capsys.readouterr().out
    assert accepted.mrn in said and "This version is in force." in said
    message.write_bytes(b"<other/>")
    with pytest.raises(CommandError, match="another message"):
        call_command("verify_receipt", receipt, message=message)
    receipt.write_text(forged(receipt_of(accepted).token, lrn="OTHER"))
    with pytest.raises(CommandError, match="Not genuine"):
        call_command("verify_receipt", receipt)


# --- the stand-alone verifier ---------------------------------------------------------------


@pytest.fixture
def offline(accepted: Declaration, owner: Any, tmp_path: Path) -> Any:
    """Run the verifier as a process, on files as they were downloaded; its exit code and words."""
    jwks = tmp_path / "jwks.json"
    jwks.write_bytes(Client().get("/.well-known/jwks.json").content)

    def run(receipt: bytes | str, message: bytes | None = None, keys: bytes | None = None) -> Any:
        file, body, chosen = tmp_path / "receipt", tmp_path / "message.xml", tmp_path / "keys.json"
        file.write_bytes(receipt.encode() if isinstance(receipt, str) else receipt)
        chosen.write_bytes(keys or jwks.read_bytes())
        arguments = [sys.executable, "-I", str(VERIFIER), str(file), str(chosen)]
        if message is not None:
            body.write_bytes(message)
            arguments.append(str(body))
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=20, check=False)
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    return run


def test_the_stand_alone_verifier_is_short() -> None:
    assert len(VERIFIER.read_text().splitlines()) < 100


def test_it_verifies_what_was_downloaded(accepted: Declaration, owner: Any, offline: Any) -> None:
    body = bytes(accepted.current.body)
    for name in ("declaration_receipt", "declaration_receipt_json"):
        downloaded = owner[0].get(reverse(name, args=[accepted.pk])).content
        code, said = offline(downloaded, body)
        assert code == 0 and "GENUINE" in said and accepted.mrn in said


def test_it_refuses_every_forgery(accepted: Declaration, owner: Any, offline: Any) -> None:
    token = receipt_of(accepted).token
    claims = receipts.read(token)[1]
    other = OKPKey.generate_key("Ed25519")
    same_name = {**other.as_dict(private=False), "kid": receipts.read(token)[0]["kid"]}
    readable = json.loads(owner[0].get(reverse("declaration_receipt_json", args=[accepted.pk])).content)
    # The last character carries four bits that decode to nothing.
    last = chr(ord(token[-1]) + 1)
    forgeries = [
        *(forged(token, **{name: "x"}) for name in claims),
        forged(token, header={"alg": "none"}), forged(token, header={"alg": "HS256"}),
        forged(token, header={"alg": "none"}).rpartition(".")[0] + ".",
        token[:-1] + last, token[:-4], token.replace(".", ""), "", "{}", "null",
        json.dumps(readable | {"claims": claims | {"mrn": "26GE0000000000000X"}}),
        receipts.sign(claims, type="permit+jws"),
    ]
    for one in forgeries:
        code, said = offline(one)
        assert code == 1 and "REFUSED" in said, one
    code, said = offline(token, b"<other/>")
    assert code == 1 and "another message" in said
    for wrong in ({"keys": []}, {"keys": [same_name]}):
        assert offline(token, keys=json.dumps(wrong).encode())[0] == 1


def test_the_file_is_of_the_version_that_is_asked_for(
    owner: tuple[Client, Actor], accepted: Declaration
) -> None:
    amend(owner[1], accepted)
    address = reverse("declaration_receipt", args=[accepted.pk])
    got = {query: owner[0].get(address + query) for query in ("", "?version=1", "?version=2")}
    assert [one["Content-Disposition"].split("-v")[1][0] for one in got.values()] == ["2", "1", "2"]
    for wrong in ("x", "", "0", "3", "-1", "1.0", "\u0661", "1" * 5000):
        assert owner[0].get(address, {"version": wrong}).status_code == 404, wrong[:9]
