"""Sets one document in a process of its own: the request as JSON on stdin, the PDF on stdout.

Run by path, with nothing of the portal: typst keeps what it has set for the life of the process
(a document of 999 items leaves 400 MB behind), and cannot be interrupted.
"""

import json
import resource
import sys
from datetime import UTC, datetime

import typst

# Of address space; the largest document needs about 1 GB.
MEMORY = 4 * 1024**3
REFUSED = 2


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    request = json.load(sys.stdin)
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
    try:
        made = typst.compile(
            request["template"], root=request["root"], font_paths=fonts, format="pdf",
            sys_inputs=request["inputs"], pdf_standards=request["standard"],
            timestamp=datetime.fromtimestamp(request["at"], UTC),
        )
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        return REFUSED
    assert isinstance(made, bytes)
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
