"""The resources of the API that receivers use most: an example of each, as data.

The shapes are those of the official SDK (telnyx 4.189), which a test parses strictly. In an example,
``{uuid}`` stands for a new id and ``{now}`` for the time of the command.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NUMBER = "+13125550199"

COLLECTIONS: Mapping[str, Mapping[str, Any]] = {
    "phone_numbers": {
        "id": "1293384261075731499",
        "record_type": "phone_number",
        "phone_number": NUMBER,
        "phone_number_type": "local",
        "country_iso_alpha2": "US",
        "status": "active",
        "tags": [],
        "connection_id": "7267000000000000001",
        "connection_name": "my-application",
        "messaging_profile_id": "{uuid}",
        "customer_reference": "",
        "deletion_lock_enabled": False,
        "external_pin": None,
        "purchased_at": "{now}",
        "created_at": "{now}",
    },
    "number_orders": {
        "id": "{uuid}",
        "record_type": "number_order",
        "status": "pending",
        "phone_numbers": [
            {
                "id": "{uuid}",
                "record_type": "number_order_phone_number",
                "phone_number": NUMBER,
                "phone_number_type": "local",
                "country_code": "US",
                "requirements_met": True,
                "regulatory_requirements": [],
                "status": "pending",
            }
        ],
        "phone_numbers_count": 1,
        "sub_number_orders_ids": ["{uuid}"],
        "requirements_met": True,
        "customer_reference": "",
        "created_at": "{now}",
        "updated_at": "{now}",
    },
    "porting_orders": {
        "id": "{uuid}",
        "record_type": "porting_order",
        "status": {"value": "in-process", "details": []},
        "support_key": "sr_10b316",
        "phone_number_type": "local",
        "phone_numbers": [{"phone_number": NUMBER, "activation_status": "Pending"}],
        "porting_phone_numbers_count": 1,
        "requirements": [],
        "requirements_met": True,
        "customer_reference": None,
        "created_at": "{now}",
        "updated_at": "{now}",
    },
    "sim_cards": {
        "id": "{uuid}",
        "record_type": "sim_card",
        "iccid": "89310410106543789301",
        "imsi": "081932214823362973",
        "msisdn": NUMBER,
        "status": {"value": "enabled", "reason": ""},
        "type": "physical",
        "sim_card_group_id": "{uuid}",
        "tags": [],
        "data_limit": {"amount": "2048.0", "unit": "MB"},
        "current_billing_period_consumed_data": {"amount": "0.0", "unit": "MB"},
        "created_at": "{now}",
        "updated_at": "{now}",
    },
    "rooms": {
        "id": "{uuid}",
        "record_type": "room",
        "unique_name": "my-room",
        "max_participants": 10,
        "enable_recording": False,
        "active_session_id": None,
        "sessions": [],
        "created_at": "{now}",
        "updated_at": "{now}",
    },
    "recordings": {
        "id": "{uuid}",
        "record_type": "recording",
        "call_control_id": "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg",
        "call_leg_id": "{uuid}",
        "call_session_id": "{uuid}",
        "channels": "single",
        "conference_id": None,
        "source": "call",
        "status": "completed",
        "duration_millis": 60_000,
        "download_urls": {"mp3": "https://example.com/recording.mp3"},
        "recording_started_at": "{now}",
        "recording_ended_at": "{now}",
        "created_at": "{now}",
        "updated_at": "{now}",
    },
    "conferences": {
        "id": "{uuid}",
        "record_type": "conference",
        "name": "my-conference",
        "status": "in_progress",
        "region": "US",
        "connection_id": "7267000000000000001",
        "created_at": "{now}",
        "expires_at": "{now}",
        "updated_at": "{now}",
    },
    "faxes": {
        "id": "{uuid}",
        "record_type": "fax",
        "connection_id": "7267000000000000001",
        "direction": "outbound",
        "from": NUMBER,
        "to": "+13125550142",
        "status": "queued",
        "quality": "high",
        "media_url": "https://example.com/invoice.pdf",
        "store_media": False,
        "created_at": "{now}",
        "updated_at": "{now}",
    },
    "queues": {
        "id": "{uuid}",
        "record_type": "queue",
        "name": "support",
        "average_wait_time_secs": 0,
        "current_size": 1,
        "max_size": 100,
        "created_at": "{now}",
        "updated_at": "{now}",
    },
    "verifications": {
        "id": "{uuid}",
        "record_type": "verification",
        "phone_number": NUMBER,
        "verify_profile_id": "{uuid}",
        "type": "sms",
        "status": "pending",
        "timeout_secs": 300,
        "created_at": "{now}",
        "updated_at": "{now}",
    },
}
"""The examples by the first word of the path. What the app sends replaces members of its example."""

NAMED_BY = {"queues": "name"}
"""The member that the path names, if it is not ``id``."""

LOOKUP: Mapping[str, Any] = {
    "record_type": "number_lookup",
    "phone_number": NUMBER,
    "country_code": "US",
    "national_format": "(312) 555-0199",
    "valid_number": True,
    "fraud": None,
    "caller_name": {"caller_name": "JANE ROE", "error_code": None},
    "carrier": {
        "name": "Example Wireless",
        "type": "mobile",
        "normalized_carrier": "Example",
        "mobile_country_code": "310",
        "mobile_network_code": "410",
        "error_code": None,
    },
    "portability": {
        "line_type": "mobile",
        "lrn": "",
        "ocn": "6006",
        "ported_date": "",
        "ported_status": "N",
        "spid": "6006",
        "spid_carrier_name": "Example Wireless",
        "spid_carrier_type": "mobile",
        "city": "CHICAGO",
        "state": "IL",
    },
}

ASSISTANT: Mapping[str, Any] = {
    "id": "assistant-{uuid}",
    "name": "my-assistant",
    "model": "openai/gpt-4o",
    "instructions": "You are a helpful assistant.",
    "description": "",
    "greeting": "",
    "tools": [],
    "created_at": "{now}",
}

COMPLETION: Mapping[str, Any] = {
    "id": "chatcmpl-{uuid}",
    "object": "chat.completion",
    "created": 1_705_314_600,
    "model": "openai/gpt-4o",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Good day! What can I do for you?"},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29},
}

CONSTANT: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("POST", "ai/chat/completions"): COMPLETION,
    ("POST", "ai/openai/chat/completions"): COMPLETION,
    ("POST", "ai/summarize"): {"data": {"summary": "A short summary."}},
    ("POST", "ai/audio/transcriptions"): {"text": "Good day.", "duration": 1.5, "segments": []},
    ("POST", "ai/assistants"): ASSISTANT,
    ("GET", "ai/assistants"): {"data": [ASSISTANT]},
    ("GET", "ai/assistants/*"): ASSISTANT,
    ("POST", "ai/assistants/*/chat"): {"content": "Good day! What can I do for you?"},
    ("POST", "rooms/*/actions/generate_join_client_token"): {
        "data": {
            "token": "token-{uuid}",
            "refresh_token": "refresh-{uuid}",
            "token_expires_at": "{now}",
            "refresh_token_expires_at": "{now}",
        }
    },
    ("POST", "conferences/*/actions/*"): {"data": {"result": "ok"}},
    ("POST", "calls/*/actions/gather_using_ai"): {
        "data": {"result": "ok", "conversation_id": "{uuid}"}
    },
    ("POST", "calls/*/actions/ai_assistant_start"): {
        "data": {"result": "ok", "conversation_id": "{uuid}"}
    },
}
"""The whole body of an answer, by method and path; ``*`` is one segment of the path, and the first one is an id."""
