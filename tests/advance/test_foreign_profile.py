"""A partner that agreed an installed profile of another country: what it tells becomes advance
information, or is kept with the reason."""

import uuid

import pytest

from declarations import wco
from declarations.profiles import store
from exchange.advance import arriving
from exchange.advance.arriving import NotReadable
from exchange.advance.models import Advance, Pending
from exchange.contents import read_declaration
from exchange.models import Partner
from exchange.problems import Refused
from portal.accounts.models import Organisation
from tests.advance.conftest import UCR, Tell, export_of, work, xml_of


@pytest.fixture
def agreed(partner: Partner) -> Partner:
    """It agreed a profile that is not installed here (any more)."""
    partner.profile = "uk-dms-1.0"
    partner.save()
    return partner


def test_in_our_form_it_is_advance_information_whatever_profile_is_agreed(
    agreed: Partner, tell: Tell, trader: Organisation
) -> None:
    tell(export_of(trader, UCR))
    work()
    assert Advance.objects.get().partner == agreed


def test_what_follows_no_profile_that_is_known_is_refused(
    agreed: Partner, trader: Organisation
) -> None:
    assert read_declaration(agreed, xml_of(export_of(trader, UCR), "AZ")).TypeCode == "EXA"
    strange = b'<Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"/>'
    with pytest.raises(Refused) as refused:
        read_declaration(agreed, strange)
    assert refused.value.code == "message-invalid"


def test_kept_bytes_of_a_profile_that_is_gone_wait_and_are_tried_again(
    agreed: Partner, tell: Tell, trader: Organisation, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(wco.UnknownProfile):
        store.find(agreed.profile)
    message = tell(export_of(trader, UCR), movement=uuid.uuid4())
    type(message).objects.filter(pk=message.pk).update(body=b"<Gone/>")
    with pytest.raises(NotReadable):
        arriving.read(type(message).objects.get(pk=message.pk))
    from exchange.advance import pending

    pending.settle(message.pk)
    assert Pending.objects.filter(pk=message.pk).exists() and not Advance.objects.exists()
    assert "cannot be read" in caplog.text
