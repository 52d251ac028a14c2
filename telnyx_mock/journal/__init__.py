"""The journal: every delivery of a run, kept where a crash cannot take it away.

A run is a file of JSON lines in ``.telnyx-mock/``, with another for each worker process. A line is
written before a request goes out, and one when it was answered, so whatever ends the process, the
journal tells what was on its way. Private keys are never in it. Never imports pytest.
"""

from telnyx_mock.journal.folder import FOLDER, Folder
from telnyx_mock.journal.journal import Journal
from telnyx_mock.journal.kept import Kept
from telnyx_mock.journal.lines import FAILOVER, MADE_FOR_IT
from telnyx_mock.journal.replay import again
from telnyx_mock.journal.run import Run

__all__ = ["FAILOVER", "FOLDER", "MADE_FOR_IT", "Folder", "Journal", "Kept", "Run", "again"]
