"""The benchmarks: `python -m bench [name] [--bus kafka://host:port] [--db URL] --json FILE`."""
