"""QR codes as SVG, for a document or a page."""

from io import BytesIO

import segno


def svg(text: str) -> str:
    """The QR code (ISO/IEC 18004) of ``text`` as one SVG element with the quiet zone around it.

    Error correction M or better, as far as the size of the code is not changed by it. Raises
    ``segno.DataOverflowError`` for more than about 2,300 bytes.
    """
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True
    )
    return out.getvalue().decode()
