"""`headrace`, and `python -m pipeline`."""

import sys


def main() -> None:
    """Run the command line; an interruption while it is still being imported is told like any other."""
    try:
        from pipeline.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("interrupted before anything was done\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
