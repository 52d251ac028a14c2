"""The journal: every delivery of a run, recorded so that a crash cannot take it away.

A run is a file of JSON rows in ``.telnyx-mock/``, with another file for each worker process. One row is
written before a request goes out, and one when it is answered. So if a process ends early, the journal
tells which request was on its way. The journal never has private keys, and never imports pytest.
"""

from telnyx_mock.journal.folder import FOLDER as FOLDER
from telnyx_mock.journal.folder import Folder as Folder
from telnyx_mock.journal.recreate import recreate as recreate
from telnyx_mock.journal.rows import FAILOVER as FAILOVER
from telnyx_mock.journal.rows import MADE_FOR_RULE as MADE_FOR_RULE
from telnyx_mock.journal.rows import RecordedDelivery as RecordedDelivery
from telnyx_mock.journal.run import Run as Run
from telnyx_mock.journal.writer import Journal as Journal
