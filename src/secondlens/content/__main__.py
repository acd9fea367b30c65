"""The monthly check of our texts: `python -m secondlens.content`. Exit status 1 when something is due."""

import sys
from datetime import UTC, datetime

from secondlens.content import check


def main() -> int:
    """Print what is wrong with our texts today."""
    problems = check(datetime.now(UTC).date())
    sys.stdout.write("\n".join(problems or ("All texts are in order.",)) + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
