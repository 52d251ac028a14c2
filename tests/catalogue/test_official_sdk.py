"""The drift alarm: the catalogue and the official SDK say the same, both ways.

The SDK is generated from the provider's API description. What it has, the catalogue has; what the
catalogue has beyond it is listed here, with the reason. A new release of the SDK that fails these
tests says what Telnyx has added.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeAlias, get_args, get_origin

import pytest
from telnyx._models import BaseModel
from telnyx.types.customer_service_record_create_params import CustomerServiceRecordCreateParams
from telnyx.types.room_create_params import RoomCreateParams

from telnyx_mock.catalogue.declare import field
from telnyx_mock.catalogue.kind_vocabulary import list_of, one_of, struct, text
from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.errors import UsageError
from telnyx_mock.schema.event import ContentType, Event, Status
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Cases, Choice, Either, ListOf, MapOf, Object

Models: TypeAlias = dict[str, type[BaseModel]]

BEYOND_THE_SDK: dict[str, tuple[str, ...]] = {
    "beside data in every capture and guide, although few schemas declare it": ("* meta",),
    "on the event's envelope in captures, where the schema has it in the payload": (
        "conference.* data.occurred_at",
    ),
    "in captured deliveries": (
        "call.* data.payload.calling_party_type",
        "call.initiated data.payload.*_sip_uri",
        "call.answered data.payload.codec",
        "call.answered data.payload.sampling_rate",
        "call.bridged data.payload.start_time",
        "call.hangup data.payload.end_time",
        "call.hangup data.payload.telnyx_error",
        "call.speak.* data.payload.speak_id",
        "call.recording.saved data.payload.call_control_id",
        "call.recording.saved data.payload.flow_destination",
        "call.recording.saved data.payload.format",
        "call.recording.saved data.payload.recording_id",
        "call.recording.saved data.payload.*_time",
        "message.received data.payload.is_spam",
    ),
    "in a receiver's types for real payloads": ("call.playback.* data.payload.playback_id",),
    "promised by the command that starts it": ("call.gather.ended data.payload.gather_id",),
    "in the guides": (
        "call.answered data.payload.stream_*",
        "message.* data.payload.group_message_id",
        "message.* data.payload.from.status",
        "message.received data.payload.media[].sha256",
        "message.* data.payload.body.type",
        "message.* data.payload.body.template",
        "fax.queued data.payload.call_duration_secs",
        "fax.queued data.payload.partial_content",
        "fax.failed data.payload.caller_id",
        "messaging_hosted_numbers_orders.updated data.payload.approval_decision",
    ),
    "the member named after the type of the message, which the SDK describes in words": (
        "message.* data.payload.body.text.body",
        "message.echo data.payload.body.*",
        "message.received data.payload.body.*",
    ),
}
"""Fields and values that the catalogue has and the SDK lacks, as globs over ``event path``."""

NEVER_SENT: dict[str, tuple[str, ...]] = {
    "the models of all fax events allow both directions; only fax.failed is ever inbound": (
        "fax.* data.payload.direction = 'inbound' (value)",
    ),
    "the recipients of messages in both directions have one model; these are on their way out": (
        "message.received data.payload.to[].status = '*",
    ),
}
"""What the SDK has, but no webhook shows, as globs over ``event what``."""

EVENTS_BEYOND_THE_SDK: dict[str, tuple[str, ...]] = {
    "the SDK models them as resources of the API, not in its union of webhooks": (
        "porting_order.*",
        "portout.*",
    ),
}
"""Current JSON events that the SDK's union lacks; other statuses speak for themselves."""


def declared(event_name: str) -> Event:
    try:
        return find(event_name)
    except UsageError:
        pytest.fail(f"the catalogue lacks the event {event_name}, which the official SDK has")


def alternatives(kinds: Iterable[Kind]) -> Iterator[Kind]:
    """The kinds that a value can be, without Either and Cases."""
    for kind in kinds:
        match kind:
            case Either():
                yield from alternatives(kind.kinds)
            case Cases():
                yield from alternatives((kind.otherwise, *kind.kinds.values()))
            case _:
                yield kind


def members(kinds: Iterable[Kind]) -> dict[str, list[Kind]]:
    """The kinds of every member that an object of one of *kinds* can have."""
    found: dict[str, list[Kind]] = {}
    for kind in alternatives(kinds):
        for member in kind.fields if isinstance(kind, Object) else ():
            found.setdefault(member.name, []).append(member.kind)
    return found


def items(kinds: Iterable[Kind]) -> list[Kind]:
    return [kind.item for kind in alternatives(kinds) if isinstance(kind, ListOf)]


def modelled(annotations: Iterable[Any]) -> list[Any]:
    """What *annotations* allow, without Union, Optional and Annotated."""
    found: list[Any] = []
    for annotation in annotations:
        if isinstance(annotation, type) or get_origin(annotation) in (list, dict, Literal):
            found.append(annotation)
        else:
            found += modelled(get_args(annotation))
    return [part for part in found if part is not type(None)]


def model_members(annotations: Iterable[Any]) -> dict[str, list[Any]]:
    """The annotations of every member that an object of one of *annotations* can have."""
    found: dict[str, list[Any]] = {}
    for part in modelled(annotations):
        if isinstance(part, type) and issubclass(part, BaseModel):
            for name, field in part.model_fields.items():
                found.setdefault(field.alias or name, []).append(field.annotation)
    return found


def model_items(annotations: Iterable[Any]) -> list[Any]:
    parts = modelled(annotations)
    return [get_args(part)[0] for part in parts if get_origin(part) is list]


def literals(annotations: Iterable[Any]) -> list[Any]:
    parts = modelled(annotations)
    return [value for part in parts if get_origin(part) is Literal for value in get_args(part)]


def lacking(kinds: list[Kind], annotations: list[Any], path: str) -> Iterator[str]:
    """What the model has and the catalogue lacks, at *path* and beneath."""
    ours, theirs = members(kinds), model_members(annotations)
    is_map = any(isinstance(kind, MapOf) for kind in alternatives(kinds))
    for name, annotation in theirs.items():
        inner = f"{path}.{name}".lstrip(".")
        if name in ours:
            yield from lacking(ours[name], annotation, inner)
        elif not is_map:
            yield f"{inner} (field)"
    if model_items(annotations):
        if items(kinds):
            yield from lacking(items(kinds), model_items(annotations), f"{path}[]")
        else:
            yield f"{path}[] (list)"
    if not path.endswith(("event_type", "event")):
        for value in literals(annotations):
            if all(kind.problem(value) is not None for kind in alternatives(kinds)):
                yield f"{path} = {value!r} (value)"


def beyond(kinds: list[Kind], annotations: list[Any], path: str) -> Iterator[str]:
    """What the catalogue has and the model lacks, at *path* and beneath."""
    ours, theirs = members(kinds), model_members(annotations)
    is_map = any(get_origin(part) is dict or part is object for part in modelled(annotations))
    for name, kind in ours.items():
        inner = f"{path}.{name}".lstrip(".")
        if name in theirs:
            yield from beyond(kind, theirs[name], inner)
        elif not is_map:
            yield inner
    if items(kinds) and model_items(annotations):
        yield from beyond(items(kinds), model_items(annotations), f"{path}[]")
    known = literals(annotations)
    for kind in alternatives(kinds) if known else ():
        for value in kind.values if isinstance(kind, Choice) else ():
            if value not in known:
                yield f"{path}={value}"


def explained(what: str, reasons: dict[str, tuple[str, ...]]) -> list[str]:
    """The globs of *reasons* that *what* falls under. Brackets are no sets here."""
    return [
        glob
        for globs in reasons.values()
        for glob in globs
        if fnmatch.fnmatchcase(what, glob.replace("[", "[[]"))
    ]


def listing(title: str, rows: list[str]) -> str:
    return "\n  ".join([f"{title}:", *rows])


def all_beyond(event: Event, sdk_model: type[BaseModel]) -> list[str]:
    return [f"{event.name} {path}" for path in beyond([event.body], [sdk_model], "")]


def test_the_catalogue_has_every_field_and_value_of_the_sdk(
    sdk_models: Models, subtests: pytest.Subtests
) -> None:
    """Where events share a model, each thing in it must be in at least one of them."""
    for sdk_model in dict.fromkeys(sdk_models.values()):
        names = [name for name, model in sdk_models.items() if model is sdk_model]
        with subtests.test(model=sdk_model.__name__, events=names):
            bodies: list[Kind] = [declared(name).body for name in names]
            missing = [
                what
                for what in sorted(set(lacking(bodies, [sdk_model], "")))
                if not explained(f"{names[0]} {what}", NEVER_SENT)
            ]
            assert not missing, listing("the catalogue lacks", missing)


def test_what_the_catalogue_has_beyond_the_sdk_is_explained(sdk_models: Models) -> None:
    unexplained = [
        what
        for name, model in sdk_models.items()
        for what in all_beyond(declared(name), model)
        if not explained(what, BEYOND_THE_SDK)
    ]
    assert not unexplained, listing("not in the SDK's models, and for no reason", unexplained)


def test_the_events_beyond_the_sdk_are_explained(sdk_models: Models) -> None:
    unexplained = [
        event.name
        for event in all_events()
        if event.content_type is ContentType.JSON
        and event.status is Status.CURRENT
        and event.name not in sdk_models
        and not explained(event.name, EVENTS_BEYOND_THE_SDK)
    ]
    assert not unexplained, listing("not in the SDK's union, and for no reason", unexplained)


def test_a_retired_event_is_not_one_that_the_sdk_names_or_asks_for(sdk_models: Models) -> None:
    """Parameters of requests name events by product: rooms have ``webhook_event_url``."""
    asked_for = ("video.", "customer_service_record.")
    retired = [event.name for event in all_events() if event.status is Status.RETIRED]
    assert not [name for name in retired if name in sdk_models or name.startswith(asked_for)]
    assert "webhook_event_url" in RoomCreateParams.__annotations__
    assert "webhook_url" in CustomerServiceRecordCreateParams.__annotations__


def test_every_explanation_is_needed(sdk_models: Models) -> None:
    """What the SDK has learned meanwhile, or the catalogue has dropped, leaves the lists."""
    fields = [
        what for name, model in sdk_models.items() for what in all_beyond(declared(name), model)
    ]
    events = [event.name for event in all_events() if event.name not in sdk_models]
    used = {glob for what in fields for glob in explained(what, BEYOND_THE_SDK)}
    used |= {glob for name in events for glob in explained(name, EVENTS_BEYOND_THE_SDK)}
    stated = [*BEYOND_THE_SDK.values(), *EVENTS_BEYOND_THE_SDK.values()]
    idle = [glob for globs in stated for glob in globs if glob not in used]
    assert not idle, listing("these explain nothing any more", idle)


class Part(BaseModel):
    colour: Literal["red", "green"] | None = None


class Whole(BaseModel):
    name: str
    parts: list[Part] | None = None


def test_the_comparison_sees_fields_values_and_lists_that_are_lacking() -> None:
    item = struct(field("colour", one_of("red", "blue")), field("size", text("L")))
    whole = struct(field("parts", list_of(item)))
    assert list(lacking([whole], [Whole], "")) == [
        "name (field)",
        "parts[].colour = 'green' (value)",
    ]
    assert list(lacking([struct(field("name", text("")), field("parts", item))], [Whole], "")) == [
        "parts[] (list)"
    ]
    assert list(beyond([whole], [Whole], "")) == ["parts[].colour=blue", "parts[].size"]
