"""`python -m toolkit` is `goldkit`."""

from toolkit.cli.main import main

main()
