"""`python -m parvis.simulator`: the same as `parvis simulator`, without the rest of the command."""

import typer

from parvis.simulator.commands import simulator

if __name__ == "__main__":
    typer.run(simulator)
