"""docs/validation.md says what the validators say today."""

from bench.validation_faults import DOCUMENT, FAULTY, document


def test_the_comparison_is_current() -> None:
    assert len(FAULTY) == 20
    assert len({broken.kind for broken in FAULTY}) == 5
    assert DOCUMENT.read_text(encoding="utf-8") == document(), (
        "run python -m bench.validation_faults"
    )
