"""A report that reads as well on a terminal as in a Markdown file."""

import math
import statistics


class Report:
    def __init__(self, title, description):
        self.verdicts = []  # the lines of the targets
        self.title = title
        self._parts = [f"## {title}", table(("", ""), description, left=2)]

    def heading(self, text):
        self._parts.append(f"### {text}")

    def text(self, text):
        self._parts.append(text)

    def table(self, header, rows, left=1):
        self._parts.append(table(header, rows, left))

    def targets(self, lines, more=()):
        """Lines as `verdict` makes them, behind their name; `more` names what follows in each."""
        self.verdicts = list(lines)
        self.heading("Targets")
        self.table(("what", "target", "measured", "", *more), self.verdicts, left=2)

    def failures(self, failures):
        if failures:
            self.heading("Failed")
            self.text("\n".join(f"- {failure}" for failure in failures))

    def __str__(self):
        return "\n\n".join(self._parts) + "\n"


def table(header, rows, left=1):
    """A Markdown table with padded columns; the first `left` columns are flush left."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(3, *(len(row[i]) for row in cells)) for i in range(len(header))]

    def line(row):
        padded = [
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ]
        return "| " + " | ".join(padded) + " |"

    rule = ["-" * width if i < left else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    return "\n".join([line(cells[0]), line(rule), *(line(row) for row in cells[1:])])


def median(values):
    return statistics.median(values) if values else None


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values)) if values else None


def ratio(value, base):
    return value / base if value is not None and base else None


def number(value):
    """Three significant digits, or more where the whole part has more."""
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def two_decimals(value):
    return "-" if value is None else f"{value:.2f}"


def verdict(measured, at_least=None, at_most=None):
    """One row of a table of targets: the target, what was measured, PASS or MISS."""
    if measured is None:
        passed = "not measured"
    else:
        held = measured >= at_least if at_least is not None else measured <= at_most
        passed = "PASS" if held else "MISS"
    target = f"at least {at_least}" if at_least is not None else f"at most {at_most}"
    return target, two_decimals(measured), passed
