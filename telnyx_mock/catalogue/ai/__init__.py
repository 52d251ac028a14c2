"""AI assistants: ``call.ai_gather.*``, ``call.conversation.*``, insights, and requests of assistants.

Sources: each event's callback page and the SDK's models; for ``assistant.initialization``,
``conversation.insights.completed`` and ``dialogflow.detectintent.response`` the guides alone.
"""

from __future__ import annotations

from telnyx_mock.catalogue.ai import conversation, gather, insights

EVENTS = (*conversation.EVENTS, *gather.EVENTS, *insights.EVENTS)
