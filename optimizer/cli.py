"""The command line: thin, everything that matters is in ``optimizer.api`` and ``optimizer.asking``.

Exit codes: 0 done, 2 faulty input, 3 no legal plan, 4 stopped before any plan, 5 the plan breaks a
clause (or its certificate does not hold), 1 our own failure.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Sequence

from optimizer.commands import app, say_json
from optimizer.terminal import tolerant_streams


def main(arguments: Sequence[str] | None = None) -> None:
    """The ``optimizer`` command; always ends in ``SystemExit`` with the code named above."""
    tolerant_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=[a for a in given if a != "--debug"], prog_name="optimizer")
    except Exception as error:
        code, text = _unexpected(error)
        print(text, file=sys.stderr)
        if "--debug" in given:
            traceback.print_exception(error, file=sys.stderr)
        if "--json" in given:
            say_json({"status": "error", "exit_code": code, "message": text})
        sys.exit(code)
    finally:
        if any(t.name == "solve" and t.is_alive() for t in threading.enumerate()):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(4)  # abandoned: a solver still runs in native code and cannot be joined


def _unexpected(error: Exception) -> tuple[int, str]:
    """Exit code and words, in both languages, for an error that no command expects."""
    if isinstance(error, OSError) and error.filename is not None:
        return 2, f"无法读写 / cannot read or write {error.filename}: {error.strerror}"
    fact = f"{type(error).__name__}: {error}"
    return 1, (
        f"程序故障，不是您的输入有误 / our own failure, not your input: {fact}\n"
        "Maybe（也许）加 --debug 再运行一次，把输出发给我们 / Maybe run it again with --debug and send us the output."
    )


if __name__ == "__main__":
    main()
