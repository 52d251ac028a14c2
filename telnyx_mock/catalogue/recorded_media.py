"""Groups of fields that calls and conferences share, about playback and recordings."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import field, has_no, optional, rare
from telnyx_mock.catalogue.kind_vocabulary import by_app, cases, identifier, null, one_of, struct, text, timestamp, url
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Identifier, Object

PLAYED_MEDIA: tuple[Field, ...] = (
    optional("media_url", by_app(url("http://example.com/audio.wav")), "the file, if the command gave an address"),
    rare("media_name", by_app(text("welcome_message")), "the stored file, if the command named one", when=has_no("media_url")),
)
"""The file that is played: its address or its name. If the content is inline, both are missing."""


def recording_id() -> Identifier:
    """The id of a recording in the recordings API."""
    return identifier("recording_id", "10cd86ac-fef8-4765-b203-0f7511f9fc75")


def _in_one_format(wav: Field, mp3: Field) -> Kind:
    """The address of a recording: a member for each format, of which only the recording's own has a value."""
    other = "null or missing for the format that was not requested"
    as_wav: Object = struct(wav, rare("mp3", null(), other))
    as_mp3: Object = struct(mp3, rare("wav", null(), other))
    return cases("format", {"wav": as_wav}, otherwise=as_mp3)


_WAV = url("http://example.com/recording.wav")
_MP3 = url("http://example.com/recording.mp3")

RECORDING: tuple[Field, ...] = (
    field("recording_id", recording_id(), "names the recording in the recordings API"),
    field("channels", by_app(one_of("single", "dual")), "both sides on one channel, or one channel for each side"),
    field("format", by_app(one_of("mp3", "wav")), "the file format that was requested"),
    field("recording_started_at", timestamp("2018-02-02T22:20:27.521992Z", offset=-300.0), "when recording began"),
    field("recording_ended_at", timestamp(), "when recording ended"),
    field(
        "recording_urls",
        _in_one_format(field("wav", _WAV, "the WAV file"), field("mp3", _MP3, "the MP3 file")),
        "the address of the file, valid for ten minutes",
    ),
    field(
        "public_recording_urls",
        _in_one_format(rare("wav", _WAV, "the WAV file", nullable=True), rare("mp3", _MP3, "the MP3 file", nullable=True)),
        "permanent addresses; empty unless the account has enabled them",
    ),
)
"""A recording that is ready to be downloaded."""
