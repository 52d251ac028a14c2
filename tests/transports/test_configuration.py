"""What is told from a failure because configuration is missing, and what is a failure of the app."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable

import httpx
import pytest
import requests
from django.core.exceptions import DisallowedHost, ImproperlyConfigured

from telnyx_mock.transports.configuration import missing_configuration
from telnyx_mock.transports.crash_text import traceback_of

CRM_HOST = None


PYDANTIC = """Traceback (most recent call last):
  File "/srv/shop/settings.py", line 9, in <module>
    settings = Settings()
  File "/venv/site-packages/pydantic_settings/main.py", line 193, in __init__
    super().__init__(
pydantic_core._pydantic_core.ValidationError: 2 validation errors for Settings
crm_host
  Field required [type=missing, input_value={}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2.11/v/missing
crm_token
  Field required [type=missing, input_value={}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2.11/v/missing
"""


def no_variable() -> object:
    return os.environ["CRM_HOST"]


def says_so() -> None:
    raise RuntimeError("CRM_HOST must be set")


def unreadable() -> None:
    try:
        os.environ["CRM_HOST"]
    except KeyError as error:
        raise SystemExit(1) from error


def django() -> None:
    raise ImproperlyConfigured("The SECRET_KEY setting must not be empty.")


def no_table() -> None:
    sqlite3.connect(":memory:").execute("insert into calls values (1)")


def no_host() -> None:
    requests.post(f"{CRM_HOST}/calls", timeout=1)


def no_host_of_httpx() -> None:
    httpx.post(f"{CRM_HOST}/calls")


def of_another_loop() -> None:
    others = asyncio.new_event_loop()
    future = others.create_future()

    async def wait() -> None:
        await future

    try:
        asyncio.run(wait())
    finally:
        others.close()


def without_the_mark() -> None:
    raise RuntimeError(
        'Database access not allowed, use the "django_db" mark, or the "db" or "transactional_db" '
        "fixtures to enable it."
    )


def host_that_django_refuses() -> None:
    raise DisallowedHost(
        "Invalid HTTP_HOST header: 'localhost'. You may need to add 'localhost' to ALLOWED_HOSTS."
    )


MISSING: dict[Callable[[], object], str] = {
    no_variable: "the variable CRM_HOST is not set",
    says_so: "the variable CRM_HOST is not set",
    unreadable: "the variable CRM_HOST is not set",
    django: "The SECRET_KEY setting must not be empty",
    no_table: "there is no table calls",
    no_host: "the host of an address is None",
    no_host_of_httpx: "the host of an address is None",
    of_another_loop: "an engine or a client of this event loop",
    host_that_django_refuses: "Django does not serve the host of the address",
    without_the_mark: "the mark django_db, with true commits; write pytestmark",
}


def no_field() -> object:
    return {}["CRM_HOST"]


def wrong_value() -> None:
    raise ValueError("the payload lacks CALL_TYPE")


def wrong_column() -> None:
    sqlite3.connect(":memory:").execute("select nothing")


def address_of_the_sender() -> None:
    url = "not an address"
    httpx.post(f"{url}/calls")


FAULTS = (no_field, wrong_value, wrong_column, address_of_the_sender)


def failure(run: Callable[[], object]) -> str:
    try:
        run()
    except (Exception, SystemExit) as error:
        return missing_configuration(traceback_of(error))
    raise AssertionError("it does not fail")


@pytest.mark.parametrize("run", MISSING, ids=lambda run: run.__name__)
def test_missing_configuration_is_named(run: Callable[[], object]) -> None:
    assert failure(run).startswith(MISSING[run])


@pytest.mark.parametrize("run", FAULTS, ids=lambda run: run.__name__)
def test_a_failure_of_the_app_is_no_missing_configuration(run: Callable[[], object]) -> None:
    assert failure(run) == ""


def test_the_fields_of_settings_in_pydantic_are_named() -> None:
    said = missing_configuration(PYDANTIC)
    assert said.startswith("the variables CRM_HOST, CRM_TOKEN are not set")
