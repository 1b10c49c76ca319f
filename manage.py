#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it starts or joins the embedded servers."""

import os
import sys

# Commands that need neither database nor broker.
WITHOUT_SERVERS = {
    "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages",
    "spectacular", "startapp", "validate_message", "version", "--help", "--version", "-h",
}


def asks_for_installed_profile(argv: list[str]) -> bool:
    """Whether ``--profile`` names another than the one that needs no database."""
    named = [after for option, after in zip(argv, [*argv[1:], ""], strict=True)
             if option == "--profile"]
    named += [part.partition("=")[2] for part in argv if part.startswith("--profile=")]
    return any(name != "carec" for name in named)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if "DATABASE_URL" not in os.environ:
        if command in WITHOUT_SERVERS and not asks_for_installed_profile(sys.argv):
            os.environ.setdefault("PORTAL_EMBEDDED", "1")
        elif command == "demo":  # it starts them itself, with a database for each country
            os.environ["PORTAL_DEMO"] = "1"
        else:
            from portal import embedded

            embedded.start(os.environ.get("PORTAL_COUNTRY", "GE"))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
