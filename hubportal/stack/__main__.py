"""`python -m hubportal.stack run | test [-- PYTEST ARGUMENTS] | services [--durable] -- COMMAND…`."""

import sys

from hubportal.stack import portal, testing, throwaway
from hubportal.stack.console import Console, StackError


def main(arguments: list[str]) -> int:
    """Do what the first argument says; returns the exit code."""
    mode, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    console = Console()
    try:
        if mode == "run" and not rest:
            return portal.run(console)
        if mode == "test":
            return testing.run(_after_dashes(rest), Console(sys.stderr))
        if mode == "services":
            durable = rest[:1] == ["--durable"]
            command = _after_dashes(rest[1:] if durable else rest)
            if command:
                return throwaway.run_command(command, durable=durable)
    except StackError as error:
        console.error(str(error))
        return 1
    console.error(f"usage: {__doc__}")
    return 2


def _after_dashes(arguments: list[str]) -> list[str]:
    return arguments[1:] if arguments[:1] == ["--"] else arguments


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
