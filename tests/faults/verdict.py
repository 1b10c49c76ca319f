"""What must hold when everything has passed, whatever happened on the way."""

from collections import defaultdict
from typing import Any

Proven = dict[str, Any]


def judge(sender: Proven, receiver: Proven, count: int) -> None:
    """Each message has arrived exactly once in effect, in the order of its movement, with proof."""
    sent, taken = sender["sent"], receiver["taken"]
    assert len(sent) == count
    assert {state for state, _receipt in sent.values()} == {"delivered"}
    # Nothing is lost, nothing is doubled, nothing came that nobody sent.
    assert sorted(message for message, *_place in taken) == sorted(sent)
    # The journal of each side says so too.
    assert receiver["received"] == dict.fromkeys(sent, 1)
    assert sender["delivered"] == dict.fromkeys(sent, 1)
    places = defaultdict(list)
    for _message, movement, position, _receipt in taken:
        places[movement].append(position)
    assert all(came == sorted(came) for came in places.values())
    # Both hold the same receipt, and whatever was kept proves itself again.
    assert {message: receipt for message, *_place, receipt in taken} == {
        message: receipt for message, (_state, receipt) in sent.items()
    }
    assert sender["unproven"] == receiver["unproven"] == []
    assert sender["unsound"] == receiver["unsound"] == []
