"""Times a kernel from its start to the first cell's answer, and later cells. Usage: startup.py COMMAND... (the kernel's argv, with {connection_file})"""

import sys
import time

import raw_client


def main():
    began = time.perf_counter()
    client = raw_client.Client(sys.argv[1:])
    ready = time.perf_counter()
    client.run("1 + 1")
    first = time.perf_counter()
    times = []
    for code in ("2 + 2", "3 + 3", "var x = 4;", "x + 1", "5"):
        begun = time.perf_counter()
        client.run(code)
        times.append((time.perf_counter() - begun) * 1000)
    print(f"kernel_info after {ready - began:.2f} s, first cell after {first - began:.2f} s, then {', '.join(f'{t:.0f} ms' for t in times)}")
    client.shut_down(False)


main()
