"""What an import and a long queue cost; each measured in processes of its own."""

from __future__ import annotations

import statistics
import subprocess
import sys

from benchmarks._report import Row

ROUNDS = 7
QUEUED = 100_000

IMPORT = "import time; start = time.perf_counter(); import {0}; print(time.perf_counter() - start)"
QUEUE = """
import asyncio, resource, sys
from pathlib import Path
from maos_nb import AgentKernel, BaseAgent, capability
class Slow(BaseAgent):
    def __init__(self):
        super().__init__("slow")
    @capability("slow")
    async def slow(self, task):
        await asyncio.Event().wait()
def megabytes():
    # The peak that getrusage knows begins, on Linux, with that of the process that started this one.
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmRSS:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
async def main():
    kernel = AgentKernel(capacity={0})
    await kernel.spawn(Slow)
    before = megabytes()
    handles = [kernel.submit(f"task number {{n}}", task_type="slow", number=n) for n in range({0})]
    after = megabytes()
    assert kernel.statistics().queued == {0} - 1
    print(after, after - before)
    await kernel.stop()
asyncio.run(main())
"""


def answer(code: str) -> list[float]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # our own code
    return [float(word) for word in done.stdout.split()]


def rows() -> list[Row]:
    names = ("maos_nb", "pydantic", "maos_nb.kernel")
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name in names:
            # pydantic is lazy too: the class is what everybody imports.
            times[name] += answer(
                IMPORT.format(name if name != "pydantic" else "pydantic; pydantic.BaseModel")
            )
    found = {name: 1e3 * statistics.median(values) for name, values in times.items()}
    total, queue = answer(QUEUE.format(QUEUED))
    ours, peer = f"{found['maos_nb']:.0f} ms", f"pydantic {found['pydantic']:.0f} ms"
    return [
        Row(
            "import maos_nb: milliseconds more than pydantic",
            ours,
            peer,
            found["maos_nb"] - found["pydantic"],
            50,
            at_least=False,
        ),
        Row(
            "from maos_nb import AgentKernel, BaseAgent: milliseconds",
            f"{found['maos_nb.kernel']:.0f} ms",
            peer,
            found["maos_nb.kernel"],
            500,
            at_least=False,
        ),
        Row(
            "100,000 queued tasks: MB of the whole process",
            f"{total:.0f} MB, the tasks {queue:.0f}",
            "-",
            total,
            300,
            at_least=False,
        ),
    ]
