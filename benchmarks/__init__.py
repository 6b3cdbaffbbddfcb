"""Measurements that stand in the README: ``python -m benchmarks run NAME``; one file a benchmark."""
