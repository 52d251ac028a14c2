"""Makes one test for each pair of a contract rule and a subject on which the rule is tried."""

from __future__ import annotations

import pytest

from pytest_telnyx_mock.options import OPTIONS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with the arguments ``telnyx_rule`` and ``telnyx_subject`` once for each case."""
    if not {"telnyx_rule", "telnyx_subject"} <= set(metafunc.fixturenames):
        return
    from telnyx_mock.catalogue.registry import EVERYTHING, select
    from telnyx_mock.contract.all_rules import contract
    from telnyx_mock.contract.rules.registry import chosen, subjects
    from telnyx_mock.errors import UsageError

    settings = metafunc.config.stash[OPTIONS].settings
    events = select(settings.events or EVERYTHING)
    try:
        rules = chosen(
            settings.only,
            settings.exclude,
            contract(settings.rules_from),
            settings.rules_with_severity,
        )
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    cases = [(name, it) for name, rule in rules.items() for it in subjects(rule, events)]
    metafunc.parametrize(
        ("telnyx_rule", "telnyx_subject"),
        cases,
        ids=["-".join(filter(None, case)) for case in cases],
    )
