"""Request and response on one agent: this kernel, autogen-core, pykka, and a bare asyncio queue.

Every contender sends one prepared request over and over; a further row makes a new Task for each trip.
pykka's actor lives in a thread of its own, so its rate depends on where the system places the two threads:
it is measured as the system places them, and once more with everything on one core, where a switch of
threads is cheapest.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pykka
from autogen_core import AgentId, RoutedAgent, SingleThreadedAgentRuntime, message_handler

from benchmarks._report import Row, alternate
from maos_nb import AgentKernel, BaseAgent, Task, capability

TRIPS = 5_000
ROUNDS = 7


class Echo(BaseAgent):
    def __init__(self) -> None:
        super().__init__("echo")

    @capability("echo")
    async def echo(self, task: Task) -> dict[str, Any]:
        return {"text": task.description}


def ours() -> float:
    async def trips() -> float:
        async with AgentKernel() as kernel:
            await kernel.spawn(Echo)
            task = Task(description="hello", task_type="echo")
            start = time.perf_counter()
            for _ in range(TRIPS):
                await kernel.submit(task)
            return TRIPS / (time.perf_counter() - start)

    return asyncio.run(trips())


def ours_with_new_tasks() -> float:
    async def trips() -> float:
        async with AgentKernel() as kernel:
            await kernel.spawn(Echo)
            start = time.perf_counter()
            for _ in range(TRIPS):
                await kernel.submit(Task(description="hello", task_type="echo"))
            return TRIPS / (time.perf_counter() - start)

    return asyncio.run(trips())


def bare_queue() -> float:
    async def trips() -> float:
        loop = asyncio.get_running_loop()
        inbox: asyncio.Queue[tuple[str, asyncio.Future[dict[str, str]]]] = asyncio.Queue()

        async def worker() -> None:
            while True:
                text, answer = await inbox.get()
                answer.set_result({"text": text})

        running = asyncio.create_task(worker())
        start = time.perf_counter()
        for _ in range(TRIPS):
            future = loop.create_future()
            inbox.put_nowait(("hello", future))
            await future
        spent = time.perf_counter() - start
        running.cancel()
        return TRIPS / spent

    return asyncio.run(trips())


class EchoActor(pykka.ThreadingActor):
    def on_receive(self, message: Any) -> Any:
        return {"text": message["text"]}


def pykka_ask() -> float:
    actor = EchoActor.start()
    message = {"text": "hello"}
    start = time.perf_counter()
    for _ in range(TRIPS):
        actor.ask(message)
    spent = time.perf_counter() - start
    actor.stop()
    return TRIPS / spent


def on_one_core(measure: Callable[[], float]) -> Callable[[], float]:
    def measured() -> float:
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cores)})
        try:
            return measure()
        finally:
            os.sched_setaffinity(0, cores)

    return measured


@dataclass
class Hello:
    text: str


class EchoRouted(RoutedAgent):
    def __init__(self) -> None:
        super().__init__("echo")

    @message_handler
    async def echo(self, message: Hello, ctx: Any) -> Hello:
        return Hello(message.text)


def autogen() -> float:
    async def trips() -> float:
        runtime = SingleThreadedAgentRuntime()
        await EchoRouted.register(runtime, "echo", EchoRouted)
        runtime.start()
        message, address = Hello("hello"), AgentId("echo", "default")
        start = time.perf_counter()
        for _ in range(TRIPS // 10):
            await runtime.send_message(message, address)
        spent = time.perf_counter() - start
        await runtime.stop()
        return TRIPS / 10 / spent

    return asyncio.run(trips())


def rows() -> list[Row]:
    contenders = {
        "ours": ours,
        "fresh": ours_with_new_tasks,
        "bare": bare_queue,
        "pykka": pykka_ask,
        "autogen": autogen,
    }
    can_pin = hasattr(os, "sched_setaffinity")
    if can_pin:
        contenders |= {"ours on one core": on_one_core(ours), "pykka on one core": on_one_core(pykka_ask)}
    found = alternate(contenders, ROUNDS)

    def row(what: str, mine: str, peer: str, goal: float | None = None) -> Row:
        ratio = found[mine] / found[peer]
        return Row(what, f"{found[mine]:,.0f}/s", f"{found[peer]:,.0f}/s", ratio, goal)

    rows = [
        row("round trips: times autogen-core's", "ours", "autogen", 10),
        row("round trips: times pykka's ask, as the system places the threads", "ours", "pykka", 2),
        row("round trips: share of a bare asyncio queue's", "ours", "bare", 1 / 3),
        row("with a new Task for each trip: share of a bare asyncio queue's", "fresh", "bare"),
    ]
    if can_pin:
        what = "round trips: times pykka's ask, everything on one core"
        rows.append(row(what, "ours on one core", "pykka on one core"))
    return rows
