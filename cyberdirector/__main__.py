"""Run the command line as ``python -m cyberdirector``."""

from cyberdirector.cli import main

if __name__ == "__main__":
    main()
