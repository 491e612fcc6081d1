"""Inside a real Jupyter kernel, over the wire, as a notebook meets it."""

import json
import os
import time
from pathlib import Path

import pytest

import maos_nb

manager = pytest.importorskip("jupyter_client.manager", reason="jupyter_client comes with ipykernel")
pytest.importorskip("ipykernel", reason="the notebook extra is not installed")

PATIENCE = 30.0
"""Seconds after which a kernel that does not answer fails the test."""

SETUP = """
import asyncio, threading
from maos_nb import AgentKernel, BaseAgent, Task, capability, report_progress

class Worker(BaseAgent):
    def __init__(self):
        super().__init__("worker")

    @capability("work", max_concurrency=10)
    async def work(self, task):
        return await task.parameters["do"](task)

kernel = AgentKernel()
worker = await kernel.spawn(Worker)
"""


class Notebook:
    """A running kernel, everything that it has said, and what is said next."""

    def __init__(self):
        self.manager = manager.KernelManager()
        checkout = str(Path(maos_nb.__file__).parents[1])
        self.manager.start_kernel(env={**os.environ, "PYTHONPATH": checkout})
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.heard = []

    def close(self):
        """End the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def send(self, code):
        """Run a cell without waiting for it."""
        return self.client.execute(code)

    def hear(self, wanted, *, cell=None):
        """Give the first message, old or new, that is wanted (and belongs to a cell)."""
        checked = 0
        limit = time.monotonic() + PATIENCE
        while True:
            for message in self.heard[checked:]:
                if (cell is None or message["parent_header"].get("msg_id") == cell) and wanted(message):
                    return message
            checked = len(self.heard)
            self.heard.append(self.client.get_iopub_msg(timeout=max(0.1, limit - time.monotonic())))

    def ended(self, cell):
        """Wait for a cell to end, and give the error's name or an empty text."""
        self.hear(
            lambda m: m["msg_type"] == "status" and m["content"]["execution_state"] == "idle", cell=cell
        )
        limit = time.monotonic() + PATIENCE
        while True:
            reply = self.client.get_shell_msg(timeout=max(0.1, limit - time.monotonic()))
            if reply["parent_header"]["msg_id"] == cell:
                return reply["content"].get("ename", "")

    def run(self, code):
        """Run a cell to its end and give what it printed; fail if it raised."""
        cell = self.send(code)
        error = self.ended(cell)
        text = self.printed(cell)
        assert not error, f"{error}\n{text}"
        return text

    def printed(self, cell):
        """Give what a cell and its tasks have printed so far."""
        return "".join(
            message["content"]["text"]
            for message in self.heard
            if message["msg_type"] == "stream" and message["parent_header"].get("msg_id") == cell
        )

    def says(self, text, *, cell=None):
        """Wait until something is printed."""
        return self.hear(lambda m: m["msg_type"] == "stream" and text in m["content"]["text"], cell=cell)

    def displays(self, display_id):
        """List what a display has shown, from the first to the last."""
        return [
            message["content"]["data"]
            for message in self.heard
            if message["msg_type"] in ("display_data", "update_display_data")
            and message["content"]["transient"].get("display_id") == display_id
        ]


@pytest.fixture(scope="module")
def notebook():
    """Give a notebook with a kernel and a worker, and check at the end that all was well."""
    running = Notebook()
    running.run(SETUP)
    yield running
    try:
        # The last cell of every notebook: nothing failed unseen in all of these tests.
        running.run("await kernel.stop()\nkernel.assert_healthy()")
    finally:
        running.close()


def final_display(notebook, cell, word):
    """Wait for a display of a cell to reach a final state, and give all that it showed."""
    first = notebook.hear(lambda m: m["msg_type"] == "display_data", cell=cell)
    display_id = first["content"]["transient"]["display_id"]
    notebook.hear(
        lambda m: (
            m["msg_type"] == "update_display_data"
            and m["content"]["transient"]["display_id"] == display_id
            and word in m["content"]["data"]["text/plain"]
        )
    )
    return notebook.displays(display_id)


def test_prints_of_a_task_appear_under_the_cell_that_submitted_it(notebook):
    """Also after other cells have run, and from a thread."""
    submitting = notebook.send(
        """
        go = asyncio.Event()
        async def do(task):
            print("begun")
            await go.wait()
            print("after other cells")
            await worker.compute(print, "from a thread")
            return {}
        handle = kernel.submit("x", task_type="work", do=do)
        """
    )
    assert notebook.ended(submitting) == ""
    notebook.says("begun", cell=submitting)
    assert notebook.run("print('another cell')") == "another cell\n"
    assert notebook.run("go.set(); print((await handle).status)") == "COMPLETED\n"
    assert notebook.printed(submitting) == "begun\nafter other cells\nfrom a thread\n"


def test_tasks_go_on_between_cells_and_the_notebook_goes_on_while_they_do(notebook):
    """Nobody awaits anything while the task ends."""
    submitting = notebook.send(
        """
        release = threading.Event()
        async def do(task):
            await worker.compute(release.wait)
            for _ in range(5):
                await asyncio.sleep(0.01)
            print("ended by itself")
            return {}
        handle = kernel.submit("x", task_type="work", do=do)
        """
    )
    assert notebook.ended(submitting) == ""
    assert notebook.run("print(1 + 1, handle.state)") == "2 RUNNING\n"
    notebook.run("release.set()")
    notebook.says("ended by itself", cell=submitting)
    assert notebook.run("await kernel.join(); print(handle.state)") == "COMPLETED\n"


def test_interrupting_a_waiting_cell_ends_the_waiting_and_not_the_work(notebook):
    """Within a moment, though the task would take a minute; and it can be awaited again."""
    notebook.run(
        """
        go = asyncio.Event()
        async def do(task):
            await asyncio.wait_for(go.wait(), 60)
            return {"done": True}
        handle = kernel.submit("x", task_type="work", do=do)
        """
    )
    waiting = notebook.send("print('waiting')\nresult = await handle")
    notebook.says("waiting", cell=waiting)
    begun = time.monotonic()
    notebook.manager.interrupt_kernel()
    assert notebook.ended(waiting) in ("KeyboardInterrupt", "CancelledError")
    assert time.monotonic() - begun < 3
    assert notebook.run("print(handle.state, kernel.state)") == "RUNNING RUNNING\n"
    assert notebook.run("go.set(); print((await handle).unwrap())") == "{'done': True}\n"


def test_interrupting_other_waits_leaves_the_kernel_healthy(notebook):
    """A join; and a map, which ends what it had begun."""
    notebook.run(
        """
        go = asyncio.Event()
        async def do(task):
            await asyncio.wait_for(go.wait(), 60)
            return {}
        handle = kernel.submit("x", task_type="work", do=do)
        """
    )
    for code in (
        "await kernel.join()",
        "async for _ in kernel.map(['a', 'b'], task_type='work', do=do): pass",
    ):
        waiting = notebook.send(f"print('waiting')\n{code}")
        notebook.says("waiting", cell=waiting)
        begun = time.monotonic()
        notebook.manager.interrupt_kernel()
        assert notebook.ended(waiting) in ("KeyboardInterrupt", "CancelledError")
        assert time.monotonic() - begun < 3
    assert (
        notebook.run("await asyncio.sleep(0); f = kernel.statistics(); print(f.running, f.queued)") == "1 0\n"
    )
    assert notebook.run("go.set(); print((await handle).ok); kernel.assert_healthy()") == "True\n"


def test_a_displayed_handle_follows_its_task_to_the_end(notebook):
    """One display with text and HTML, updated in place, whatever cells run meanwhile."""
    notebook.run(
        """
        go = asyncio.Event()
        async def do(task):
            for step in range(1000):
                report_progress(step / 2000, f"step {step}")
            await go.wait()
            return {}
        """
    )
    showing = notebook.send(
        "handle = kernel.submit(Task('shown', 'x <b>', 'work', parameters={'do': do}))\nhandle"
    )
    assert notebook.ended(showing) == ""
    states = final_display(notebook, showing, "step 999")
    notebook.run("go.set()")
    states = final_display(notebook, showing, "COMPLETED")
    assert states[0]["text/plain"] == "<TaskHandle shown RUNNING 0% by worker-1>"
    assert states[-1]["text/plain"] == "<TaskHandle shown COMPLETED by worker-1>"
    for state in states:
        assert set(state) == {"text/plain", "text/html"}
        assert 'aria-live="polite"' in state["text/html"]
        assert "x &lt;b&gt;" in state["text/html"]
    # A thousand reports are gathered into a few updates.
    assert len(states) < 10
    again = notebook.send("handle")
    assert notebook.ended(again) == ""
    shown = notebook.hear(lambda m: m["msg_type"] == "display_data", cell=again)
    assert shown["content"]["data"]["text/plain"] == states[-1]["text/plain"]


def test_a_displayed_kernel_follows_its_tasks_to_its_stop(notebook):
    """The last state is always shown."""
    showing = notebook.send(
        """
        other = AgentKernel()
        await other.spawn(Worker)
        async def quick(task):
            return {}
        other
        """
    )
    assert notebook.ended(showing) == ""
    notebook.run(
        "[await h for h in [other.submit('x', task_type='work', do=quick) for _ in range(50)]]; None"
    )
    states = final_display(notebook, showing, "50 completed")
    assert "RUNNING: 1 agent, 0 queued, 0 running, 0 completed" in states[0]["text/plain"]
    assert "50 of 50 tasks ended: 50 completed" in states[-1]["text/html"]
    assert len(states) < 10
    notebook.run("await other.stop()")
    assert final_display(notebook, showing, "STOPPED")[-1]["text/plain"].startswith("<AgentKernel STOPPED")


def test_a_failure_that_nobody_looks_at_shows_in_the_displayed_kernel(notebook):
    """And stops the notebook's last cell."""
    showing = notebook.send(
        """
        other = AgentKernel()
        await other.spawn(Worker)
        async def broken(task):
            raise ValueError("<script>")
        lost = other.submit('x', task_type='work', do=broken)
        other
        """
    )
    assert notebook.ended(showing) == ""
    states = final_display(notebook, showing, "1 failed")
    assert "1 failures nobody has looked at" in states[-1]["text/html"]
    assert (
        notebook.ended(notebook.send("await other.stop()\nother.assert_healthy()")) == "UnhealthyKernelError"
    )
    assert notebook.run("print((await lost).error)") == "ValueError: <script>\n"
    notebook.run("other.assert_healthy()")


def test_blocking_forms_raise_at_once_instead_of_hanging(notebook):
    """Asyncio's own error in a cell, ours in a thread."""
    assert notebook.ended(notebook.send("asyncio.run(kernel.join())")) == "RuntimeError"
    printed = notebook.run(
        """
        def elsewhere():
            try:
                kernel.submit("x", task_type="work")
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        print(await asyncio.to_thread(elsewhere))
        """
    )
    assert printed.startswith("NoRunningLoopError: ")
    assert "asyncio.run(main())" in printed


def test_making_the_kernel_again_leaves_the_notebook_as_it_was(notebook):
    """Running a cell twice is what notebooks are for; the old heartbeats stop."""
    printed = notebook.run(
        """
        import gc, weakref
        hearts = []
        for _ in range(5):
            again = AgentKernel()
            await again.spawn(Worker)
            hearts.append(weakref.ref(again._scheduler.heartbeat))
        gc.collect()
        print([heart() is not None for heart in hearts])
        """
    )
    assert json.loads(printed.lower()) == [False, False, False, False, True]


def test_an_agent_that_wants_to_leave_the_program_does_not_take_the_notebook_along(notebook):
    """What a library's command line does by sys.exit is a failure of the task."""
    printed = notebook.run(
        """
        import sys
        async def leave(task):
            sys.exit("bye")
        print((await kernel.submit("x", task_type="work", do=leave)).error)
        """
    )
    assert printed == "SystemExit: bye\n"
    assert notebook.run("print('alive')") == "alive\n"
