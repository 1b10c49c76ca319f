"""The first schemas of a process, compiled by many threads at once."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

AT_ONCE = """
import threading
from declarations import wco
from declarations.wco.schemas import lxml_schema
entry = wco.get_profile("carec").kinds[wco.MessageKind.IMPORT].entry
ready, failed = threading.Barrier(8), []
def compile():
    ready.wait()
    try:
        lxml_schema(entry)
    except Exception as error:
        failed.append(error)
threads = [threading.Thread(target=compile) for _n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not failed, failed
"""


def test_many_threads_may_compile_the_first_schemas_of_a_process() -> None:
    for _n in range(6):
        subprocess.run([sys.executable, "-c", AT_ONCE], cwd=PROJECT, check=True)
