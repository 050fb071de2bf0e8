"""Run the command line with ``python -m monitor``."""

from monitor.cli import main

main()
