"""The report: one self-contained HTML file that shows how close synthetic rows come to real ones."""

from statsim.report.write import write_report

__all__ = ["write_report"]
