"""What the catalogue sends is what the official SDK understands: each event as its own model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest
import telnyx
from telnyx._models import BaseModel

from telnyx_mock.catalogue.registry import find
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign

pytestmark = pytest.mark.slow

Bodies: TypeAlias = Callable[[Event, int], list[Any]]
Models: TypeAlias = dict[str, type[BaseModel]]


@pytest.fixture(scope="session")
def key() -> KeyPair:
    return KeyPair.generate()


@pytest.fixture(scope="session")
def client(key: KeyPair) -> telnyx.Telnyx:
    return telnyx.Telnyx(api_key="KEY0", public_key=key.public_key)


def unwrapped(client: telnyx.Telnyx, key: KeyPair, webhook: Webhook) -> BaseModel:
    """What ``unwrap`` makes of *webhook* as it goes out, signature and all.

    Events of meetings carry a signature of their own, which the SDK does not verify.
    """
    if not webhook.event.signed:
        body = encode(webhook.event, webhook.body)
        return client.webhooks.unsafe_unwrap(body.decode())
    request = sign(webhook, key, timestamp=int(SYSTEM_CLOCK.now()))
    headers = {name.decode(): value.decode() for name, value in request.headers}
    return client.webhooks.unwrap(request.body.decode(), headers=headers)


def _outgoing_text(webhook: Webhook) -> Json:
    content = webhook.payload.get("body")
    is_outgoing = webhook.payload.get("direction") == "outbound"
    return content.get("text") if is_outgoing and isinstance(content, Mapping) else None


def test_whatever_is_sent_becomes_its_own_model(
    sdk_models: Models,
    client: telnyx.Telnyx,
    key: KeyPair,
    random_bodies: Bodies,
    subtests: pytest.Subtests,
) -> None:
    """The SDK falls back to the model for replaced links on a value that its enumerations lack.

    It does so for the words of an outgoing WhatsApp message, too: an object, where its type has only a text.
    """
    for name, model in sdk_models.items():
        event = find(name)
        with subtests.test(event=name):
            for body in (sample(name).body, *random_bodies(event, 30)):
                webhook = Webhook(event, body).fresh()
                if isinstance(_outgoing_text(webhook), Mapping):
                    continue
                assert type(unwrapped(client, key, webhook)) is model, webhook
