"""The document names every address of the interface."""

import re
from pathlib import Path

from agencies.api_agency_urls import urlpatterns

TEXT = (Path(__file__).parents[2] / "docs/agency-api.md").read_text()


def test_every_address_is_documented() -> None:
    for one in urlpatterns:
        route = re.sub(r"<uuid:file_id>", "{file}", re.sub(r"<uuid:pk>", "{id}", str(one.pattern)))
        assert f"`{route}`" in TEXT, route
