"""The parts of the platform's bench (tests/bench_platform.py), by what they measure."""
