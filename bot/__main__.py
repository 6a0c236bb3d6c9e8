"""`python -m bot`, the same as `articlebot`."""

from __future__ import annotations

import atexit
import os
import sys

from bot import cli


def main() -> None:
    """Run the command, and end without taking Python apart.

    To free what a library and its models hold takes a quarter of a second, for which everybody
    waits who asks while a bot is restarted. What was registered for the end is done.
    """
    try:
        cli.main()
    except SystemExit as end:
        if isinstance(end.code, str):
            raise  # it is a sentence, which Python tells
        code = end.code or 0
    else:
        code = 0
    atexit._run_exitfuncs()  # noqa: SLF001  nothing public does this
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
