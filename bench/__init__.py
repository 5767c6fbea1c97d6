"""The benchmarks: each compares with its reference in the same run, and prints the ratio."""
