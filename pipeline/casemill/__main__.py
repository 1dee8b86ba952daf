"""``python -m casemill``: the command line."""

from casemill.cli import main

if __name__ == "__main__":
    main()
