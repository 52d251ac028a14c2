"""AI assistants: ``call.ai_gather.*``, ``call.conversation.*``, insights, and requests of assistants.

Sources: each event's callback page and the SDK's models; the guides are the only
source for ``assistant.initialization``, ``conversation.insights.completed`` and
``dialogflow.detectintent.response``.
"""

from __future__ import annotations

from telnyx_mock.catalogue.ai import conversation, gather, insights

EVENTS = (*conversation.EVENTS, *gather.EVENTS, *insights.EVENTS)
