"""Request and response on one agent: this kernel, autogen-core, pykka, and a bare asyncio queue.

Every contender sends one prepared request over and over. A fourth row makes a new Task for each trip.
"""

from __future__ import annotations

import asyncio
import time
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
    found = alternate(
        {
            "ours": ours,
            "fresh": ours_with_new_tasks,
            "bare": bare_queue,
            "pykka": pykka_ask,
            "autogen": autogen,
        },
        ROUNDS,
    )
    mine = f"{found['ours']:,.0f}/s"
    return [
        Row(
            "round trips: times autogen-core's",
            mine,
            f"{found['autogen']:,.0f}/s",
            found["ours"] / found["autogen"],
            10,
        ),
        Row(
            "round trips: times pykka's ask",
            mine,
            f"{found['pykka']:,.0f}/s",
            found["ours"] / found["pykka"],
            2,
        ),
        Row(
            "round trips: share of a bare asyncio queue's",
            mine,
            f"{found['bare']:,.0f}/s",
            found["ours"] / found["bare"],
            1 / 3,
        ),
        Row(
            "the same with a new Task for each trip: share of a bare asyncio queue's",
            f"{found['fresh']:,.0f}/s",
            f"{found['bare']:,.0f}/s",
            found["fresh"] / found["bare"],
        ),
    ]
