"""The public names have docstrings, and the examples in these do what they say."""

from __future__ import annotations

import doctest
import inspect
import pydoc
from typing import Any

import pytest

import telnyx_mock
import telnyx_mock.contract
import telnyx_mock.strategies
from scripts.reference.docstrings import members
from scripts.reference.python_page import fixtures, public
from telnyx_mock.fake_api import answering

MODULES = (telnyx_mock, telnyx_mock.contract, telnyx_mock.strategies)
PUBLIC = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in public(module)
    if inspect.isclass(value) or inspect.isroutine(value)
}
EXAMPLES = [
    pytest.param(test, id=f"{place}:{test.name}")
    for place, value in PUBLIC.items()
    for test in doctest.DocTestFinder(exclude_empty=True).find(value, place, globs={})
    if test.examples
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_does_what_it_says(example: doctest.DocTest) -> None:
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    try:
        failed, tried = runner.run(example, out=said.append)
    finally:
        answering.stop_all()  # an example ends where its reader has seen enough
    assert (failed, tried > 0) == (0, True), "".join(said)


def test_the_most_used_names_have_an_example() -> None:
    shown = {str(example.id).partition(":")[0] for example in EXAMPLES}
    for name in ("Draft", "Emulator", "Forgery", "KeyPair", "Policy", "Webhook", "contract.run"):
        assert f"telnyx_mock.{name}" in shown
    for name in ("rule", "sign", "strategies.webhooks", "verify", "with_hooks"):
        assert f"telnyx_mock.{name}" in shown


@pytest.mark.parametrize("place", PUBLIC)
def test_a_public_name_and_its_members_are_described(place: str) -> None:
    value: Any = PUBLIC[place]
    described = [(place, value)]
    if inspect.isclass(value):
        described += [(f"{place}.{name}", member) for name, _, member in members(value)]
    lacking = [name for name, each in described if not (each.__doc__ or "").strip()]
    assert lacking == []


def test_each_fixture_for_users_is_described() -> None:
    described = {name: fixture._get_wrapped_function().__doc__ for name, fixture in fixtures()}
    assert described.keys() >= {"telnyx_mock", "telnyx_receiver", "telnyx_api", "telnyx_key"}
    assert all(described.values())


def test_the_help_says_how_to_begin() -> None:
    text = pydoc.plain(pydoc.render_doc(telnyx_mock))
    assert "class str(" not in text
    for name in ("telnyx_app = ", "def test_", *(f"``{name}``" for name in ("with_hooks", "sign"))):
        assert name in text
