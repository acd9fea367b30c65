"""The battery watches programs through Linux: strace, namespaces, /proc. Elsewhere there is nothing to run."""

import sys

collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]
