"""The journal: records every delivery of a run in a file that survives a crash.

The journal of a run is a file of JSON rows in ``.telnyx-mock/``, and one more file for each worker
process. One row is written before a request goes out, and another row when the request is answered.
So if a process ends early, the journal shows which request had no answer yet. The journal never
contains private keys. This package never imports pytest.
"""

from telnyx_mock.journal.folder import FOLDER as FOLDER
from telnyx_mock.journal.folder import Folder as Folder
from telnyx_mock.journal.recreate import recreate as recreate
from telnyx_mock.journal.rows import FAILOVER as FAILOVER
from telnyx_mock.journal.rows import MADE_FOR_RULE as MADE_FOR_RULE
from telnyx_mock.journal.rows import RecordedDelivery as RecordedDelivery
from telnyx_mock.journal.run import Run as Run
from telnyx_mock.journal.writer import Journal as Journal
