"""Collects every rule of a run: ours, those in the user's modules, and those of installed packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from telnyx_mock.attacks.forgeries import OURS, Forgery, register
from telnyx_mock.contract.engine.rule import Rule
from telnyx_mock.contract.rules.refuses import refusal_rule
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.errors import UsageError
from telnyx_mock.installed import offered
from telnyx_mock.transports.loading import import_module


def contract(modules: Iterable[str] = ()) -> Mapping[str, Rule]:
    """Return every rule by its id: ours, those in the user's *modules*, and those of packages.

    A :class:`Forgery` makes a rule, too. A rule that is found twice counts once. Raises UsageError
    if a module or an entry point cannot be loaded or holds no rule, and if two rules have the same
    id.
    """
    rules = dict(CONTRACT)
    seen: list[object] = []
    sources = [
        *((f"entry point {each.name}", each.load()) for each in offered()),
        *((f"module {name}", vars(import_module(name)).values()) for name in modules),
    ]
    for source, values in sources:
        found = [*_rules_in(values)]
        if not found:
            raise UsageError(f"The {source} holds no rule; make one with @telnyx_mock.rule.")
        for each in found:
            if each in seen:
                continue
            seen.append(each)
            rule = _rule(each)
            if rule.id in rules:
                raise UsageError(
                    f"The rule {rule.id!r} in the {source} has the id of another rule."
                )
            rules[rule.id] = rule
    return rules


def _rules_in(values: Iterable[object]) -> Iterator[Rule | Forgery]:
    """Yield the rules and forgeries among *values*, except ours."""
    for each in dict.fromkeys(each for each in values if isinstance(each, Rule | Forgery)):
        if each not in OURS.values():  # one of ours, imported to be compared or sent
            yield each


def _rule(value: Rule | Forgery) -> Rule:
    if isinstance(value, Rule):
        return value
    register(value)
    return refusal_rule(value)
