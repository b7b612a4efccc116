"""Reads a CSV file (second argument) by the package that the first argument names, with as many threads as the third says where it has any.
Prints one JSON line: seconds, rows, peak memory in MB, version."""
import json
import os
import resource
import sys
import time

package, file, threads = sys.argv[1:]
for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'POLARS_MAX_THREADS'):
    os.environ[name] = threads

if package == 'pandas':
    import pandas as library
else:
    import polars as library

start = time.perf_counter()
rows = len(library.read_csv(file))
seconds = time.perf_counter() - start
print(json.dumps({
    'seconds': seconds, 'rows': rows, 'peak': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 'version': library.__version__,
}))
