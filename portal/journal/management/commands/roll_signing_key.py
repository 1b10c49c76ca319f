"""Makes the next key for receipts, permits and checkpoints."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.journal import keys


class Command(BaseCommand):
    help = (
        "Make the key that signs receipts, permits and checkpoints from now on, and print its id. "
        "Earlier keys stay in /.well-known/jwks.json, so that what they signed can be verified."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(keys.roll().key_id)
