"""`/console/analytics`: an overview, each report with chart and table, and what is behind it."""

from milepost.pages.console.analytics.behind import behind
from milepost.pages.console.analytics.file import file
from milepost.pages.console.analytics.one import report
from milepost.pages.console.analytics.overview import show

__all__ = ["behind", "file", "report", "show"]
