"""The HTML report: one file that needs nothing else, for people."""

from telnyx_mock.reports.html.page import html_report

__all__ = ["html_report"]
