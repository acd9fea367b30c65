"""`python -m secondlens` is the command line."""

from secondlens.cli import main

main()
