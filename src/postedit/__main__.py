"""`python -m postedit`."""

from postedit.cli import main

if __name__ == "__main__":
    main()
