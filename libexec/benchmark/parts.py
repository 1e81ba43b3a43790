"""A benchmark that has several parts, each of which is a module."""

import report
from host import BenchError


def measure(arguments, directory, parts, result):
    """Measures and writes the parts that are wanted, then all targets; returns what failed."""
    targets, failures = [], []
    for name in arguments.only or parts:
        part = parts[name]
        (directory / name).mkdir()
        try:
            measured = part.measure(arguments, directory / name)
        except (BenchError, OSError) as error:
            failures.append(f"{name}: {error}")
            continue
        part.write(result, arguments, measured)
        targets += part.targets(measured)
    result.targets([(*line, report.two_decimals(cpu)) for *line, cpu in targets], ("by CPU",))
    return failures
