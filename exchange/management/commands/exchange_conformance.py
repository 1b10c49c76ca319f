"""Leads a partner's endpoint through the exchange protocol and says what it keeps and what not."""

from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from exchange import keys
from exchange.conformance import report, sending, supplying, trial
from exchange.conformance.listening import Listener, Pace
from exchange.conformance.messages import Identity
from exchange.conformance.proof import TrustedKey
from exchange.conformance.trial import Result, Trial, Verdict
from exchange.models import Partner, WireKind

# Kinds whose body is a declaration, which the kit sends: the first that was agreed.
DECLARATION_KINDS = (
    WireKind.RELEASED, WireKind.ACCEPTED, WireKind.REFUSED, WireKind.AMENDED, WireKind.CANCELLED,
)


class Command(BaseCommand):
    help = (
        "Try an exchange endpoint against docs/exchange.md, signed with this portal's own key, which "
        "the endpoint must know. It takes in trial messages (their numbers contain TRIAL): call a "
        "trial system. Only the registered address of a partner is called. With --listen the portal "
        "is tried that sends: this is then the partner that is slow, busy, broken or cut off. Exit "
        "code 1 if anything fails."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", nargs="?", help="what stands before /exchange/v1")
        parser.add_argument("--country", help="whose endpoint it is, if several share the address")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write a signed report")
        parser.add_argument("--verify", type=Path, metavar="FILE",
                            help="only check the signature of a report and show it")
        parser.add_argument("--listen", metavar="HOST:PORT",
                            help="be the receiver that a partner sends to, and fail on purpose; the "
                                 "url is then ours, as the partner knows it")
        parser.add_argument("--send", type=int, metavar="N",
                            help="be the sender that a partner listens to: queue N messages for the "
                                 "one that --country names, in movements of two")
        parser.add_argument("--seconds", type=float, default=900,
                            help="how long to listen at most (%(default)s)")
        parser.add_argument("--foreign", type=UUID, metavar="ID",
                            help="a message that another partner sent to this endpoint, by its id")
        parser.add_argument("--gzip", action=BooleanOptionalAction, default=None,
                            help="compression was agreed, or not (default: as with the partner here)")
        parser.add_argument("--not-agreed", choices=WireKind.values, metavar="KIND",
                            help="a kind of message that was not agreed (default: one that is not on "
                                 "the partner's page)")

    def handle(
        self, *args: Any, url: str | None, country: str | None, report: Path | None,
        verify: Path | None, foreign: UUID | None, listen: str | None, seconds: float,
        gzip: bool | None, not_agreed: str | None, send: int | None, **options: Any,
    ) -> None:
        if verify is not None:
            return self._show(verify)
        if send:
            return self._send(send, country)
        if listen:
            return self._listen(listener_of(listen, url or "", country), seconds, report)
        if not url:
            raise CommandError("Give the address of an endpoint, or --verify and a report.")
        self._try(trial_of(url, country, foreign, gzip, not_agreed), report)

    def _try(self, tried: Trial, file: Path | None) -> None:
        self.stdout.write(f"{tried.who.country} tries {tried.country} at {tried.base}")
        results = trial.run(tried, self._tell)
        self._report(tried, results, file)
        if any(result.verdict is Verdict.FAIL for result in results):
            raise CommandError("The endpoint does not keep the protocol.")
        if tried.good is None:
            raise CommandError("Nothing can be said: no good message was taken in.")

    def _listen(self, listener: Listener, seconds: float, file: Path | None) -> None:
        self.stdout.write(
            f"{listener.who.country} listens at {listener.base} and waits for {len(sending.SCENES)} "
            f"messages or more of {listener.sender}"
        )
        try:
            results = sending.watch(listener, seconds, self._tell)
        finally:
            listener.close()
        tried = Trial(listener.base, listener.sender, listener.who, listener.keys)
        self._report(tried, results, file)
        if any(result.verdict is Verdict.FAIL for result in results):
            raise CommandError("The sender does not keep the protocol.")
        if not listener.heard:
            raise CommandError("Nothing can be said: no message came.")

    def _send(self, count: int, country: str | None) -> None:
        partner = _partner(country)
        kinds = sorted(_agreed(partner), key=list(WireKind).index)
        for movement in supplying.supply(partner, kinds, count):
            self.stdout.write(f"movement {movement}")
        self.stdout.write(f"{count} messages wait for {partner.country} at {partner.base_url}")

    def _report(self, tried: Trial, results: list[Result], file: Path | None) -> None:
        made = report.write(tried, results)
        self.stdout.write(report.totals(made))
        if file is not None:
            file.write_text(report.sign(made))

    def _tell(self, result: Result) -> None:
        self.stdout.write(report.line(result.to_dict()))

    def _show(self, file: Path) -> None:
        try:
            made, signer = report.verify(file.read_text())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        except report.ReportRefused as refused:
            raise CommandError(f"{file} proves nothing. {refused}") from refused
        self.stdout.write(f"Signed by {signer}, on {made['made_at']}")
        self.stdout.write(f"{made['tester']} tried {made['partner']} at {made['address']}")
        for each in made["cases"]:
            self.stdout.write(report.line(each))
        self.stdout.write(report.totals(made))


def trial_of(
    url: str, country: str | None, foreign: UUID | None = None, gzip: bool | None = None,
    not_agreed: str | None = None,
) -> Trial:
    """A trial of a registered partner, held by this portal, by what was agreed with it, unless
    ``gzip`` or ``not_agreed`` say otherwise. Raises CommandError."""
    try:
        base = keys.checked_address(url)
    except keys.KeyProblem as problem:
        raise CommandError(str(problem)) from problem
    partners = Partner.objects.filter(base_url=base)
    if country:
        partners = partners.filter(country=country.upper())
    found = list(partners[:2])
    if not found:
        raise CommandError(f"No partner is registered at {base}. Add it, with its key, in the admin.")
    if len(found) > 1:
        raise CommandError(f"Several partners are registered at {base}: name one with --country.")
    partner = found[0]
    others = [kind for kind in WireKind.values if kind not in partner.message_kinds]
    return Trial(
        base, partner.country, _ourselves(), _trusted(partner), foreign,
        kind=_agreed(partner)[0],
        other_kind=not_agreed or next(iter(others), ""),
        gzip=partner.compresses if gzip is None else gzip,
        skew=partner.clock_skew,
    )


def listener_of(
    address: str, base: str, country: str | None, pace: Pace | None = None
) -> Listener:
    """A receiver that fails on purpose, for the messages of one partner. Raises CommandError."""
    host, _colon, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise CommandError("--listen takes a host and a port, such as 127.0.0.1:9009.")
    partner = _partner(country)
    try:
        return Listener(
            (host, int(port)), base.rstrip("/"), _ourselves(), partner.country,
            _trusted(partner), sending.plans(), pace or Pace(), partner.clock_skew,
        )
    except (OSError, OverflowError) as error:
        raise CommandError(f"{address} cannot be listened at: {error}") from error


def _partner(country: str | None) -> Partner:
    partner = Partner.objects.filter(country=(country or "").upper()).first()
    if partner is None:
        raise CommandError("Name the partner with --country.")
    return partner


def _agreed(partner: Partner) -> list[WireKind]:
    """The kinds with a declaration for a body that the partner takes. Raises CommandError if none."""
    agreed = [kind for kind in DECLARATION_KINDS if kind in partner.message_kinds]
    if not agreed:
        raise CommandError("No kind of message about declarations was agreed with this partner.")
    return agreed


def _trusted(partner: Partner) -> dict[str, TrustedKey]:
    return {
        key.key_id: TrustedKey(keys.public_key(key.public_key), key.valid_from, key.valid_to)
        for key in partner.keys.filter(revoked_at=None)
    }


def _ourselves() -> Identity:
    own = keys.ensure_own_key()
    return Identity(settings.PORTAL_COUNTRY, own.key_id, keys.private_half(own))
