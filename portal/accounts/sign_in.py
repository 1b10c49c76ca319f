"""Sign-in rules on top of allauth: no open registration; demo passwords only in the demo."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

DEMO_PASSWORD = "demo"  # noqa: S105 - published on the demo's sign-in page


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        key: _("The user name or the password is wrong. Check both and try again.")
        for key in ("username_password_mismatch", "email_password_mismatch", "invalid_login")
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited by their organisation; nobody registers alone."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse the published demo password wherever the demo flag is not set."""
        if credentials.get("password") == DEMO_PASSWORD and not (settings.DEMO or settings.TESTING):
            raise ValidationError(_("Demo sign-ins are closed on this portal."))
        super().pre_authenticate(request, **credentials)
