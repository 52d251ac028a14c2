"""Which checks of the contract are run for what: each pair is a test with an id of its own."""

from __future__ import annotations

import pytest

from pytest_telnyx_mock.options import OPTIONS

__all__ = ["pytest_generate_tests"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrise tests that take ``telnyx_check`` and ``telnyx_subject`` with the contract."""
    if not {"telnyx_check", "telnyx_subject"} <= set(metafunc.fixturenames):
        return
    from telnyx_mock.catalogue.registry import EVERYTHING, select
    from telnyx_mock.contract.rules.registry import chosen, subjects

    options = metafunc.config.stash[OPTIONS]
    events, checks = select(options.events or EVERYTHING), chosen(options.only)
    cases = [(name, it) for name, check in checks.items() for it in subjects(check, events)]
    metafunc.parametrize(
        ("telnyx_check", "telnyx_subject"),
        cases,
        ids=["-".join(filter(None, case)) for case in cases],
    )
