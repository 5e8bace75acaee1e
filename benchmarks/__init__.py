"""Push, pull, checks and start-up against their yardsticks, in one run: ``python -m benchmarks``."""
