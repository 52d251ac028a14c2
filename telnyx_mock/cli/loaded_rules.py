"""Loads every rule, with those of the user's modules, for the commands that list them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import click

from telnyx_mock.cli.check import command as check
from telnyx_mock.cli.config import presets
from telnyx_mock.contract.all_rules import contract
from telnyx_mock.contract.engine.rule import Rule
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.environment import receiver_environment


def loaded_rules(context: click.Context, modules: Iterable[str]) -> Mapping[str, Rule]:
    """Return all rules; without *modules*, with those that the settings of ``check`` name.

    The user's modules may import the app, which may need its key.
    """
    with receiver_environment(KeyPair.generate().public_key):
        return contract(tuple(modules) or presets(check, context).get("rules_from", ()))
