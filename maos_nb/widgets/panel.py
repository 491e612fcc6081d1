"""A panel to give agents work with: words, a form, Run and Cancel, and what becomes of it."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import ipywidgets  # type: ignore[import-untyped]  # ships no types
import traitlets

from maos_nb._views import escape
from maos_nb.agents import AgentCapability, BaseAgent
from maos_nb.clock import Clock, SystemClock, Timer
from maos_nb.errors import InputError, KernelError, MaosError
from maos_nb.kernel import AgentKernel, TaskHandle
from maos_nb.types import TaskResult, TaskStatus
from maos_nb.widgets._door import check_workers, running_loop
from maos_nb.widgets._draft import capability_for, refusals_in, task_for
from maos_nb.widgets._face import Face
from maos_nb.widgets._look import result_view
from maos_nb.widgets._words import STATES, refusal, what_goes_on
from maos_nb.widgets.form import RequestForm

__all__ = ["AgentPanel"]

INTERVAL = 0.1
"""Seconds between two redraws of a task at work."""

_EMPTY: Mapping[str, Any] = MappingProxyType({})


class AgentPanel(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Gives tasks to a kernel's agents, one at a time, and shows what becomes of them.

    Everything that is seen and done in the browser can be read and set from Python: the traits
    below. A click or an entry takes effect on the event loop that ran when the panel was made,
    and what the task prints appears under the cell that made it.

    An input left empty is not sent: the words, data or the request's defaults decide. An input
    that cannot be used never reaches the kernel; `problems` and the form say what is wrong.
    The panel takes each result, so a failure that it shows counts as looked at.

    Parameters
    ----------
    kernel : AgentKernel
        Whose agents do the work. Agents spawned later appear in the panel as well.
    agent : BaseAgent, optional
        Offer only the capabilities of this agent. Any agent of the kernel that has the capability
        may still do the work.
    description : str
        The work in plain words, to begin with.
    capability : str
        Name of the capability, to begin with. Empty: found from the words where there are several.
    values : mapping, optional
        Inputs by name, to begin with.
    clock : Clock, optional
        The source of time for redraws; tests pass a ``ManualClock``.

    Attributes
    ----------
    description, capability, values
        As above, at any time; setting `values` empties the inputs that it does not name.
    problems : mapping of str to str
        Input -> what is wrong with it, in words.
    state : str
        "READY" before the first task, then QUEUED, RUNNING, COMPLETED, FAILED or CANCELLED.
    progress : float
        Share of the work done, from 0 to 1, at most ten updates a second.
    message : str
        What goes on, or what to do, as a sentence.
    handle : TaskHandle or None
        The latest task.
    result : TaskResult or None
        Its result, once it has ended.

    Raises
    ------
    NoRunningLoopError
        If no event loop is running: a panel made there could never start anything.
    InputError
        If `kernel` or `agent` is of the wrong type, `agent` does not work in `kernel`, the
        capability is unknown, or `values` has an unknown name or a value with no place in the form.

    Examples
    --------
    >>> import asyncio
    >>> from maos_nb.agents import capability
    >>> class Greeter(BaseAgent):
    ...     def __init__(self):
    ...         super().__init__("greeter")
    ...
    ...     @capability("greeting")
    ...     async def greet(self, task):
    ...         return {"text": f"Hello, {task.description}"}
    >>> async def main():
    ...     async with AgentKernel() as kernel:
    ...         await kernel.spawn(Greeter)
    ...         panel = AgentPanel(kernel, description="Ann")
    ...         await panel.run()
    ...         panel.close()
    ...         return panel.state, panel.result.unwrap()["text"]
    >>> asyncio.run(main())
    ('COMPLETED', 'Hello, Ann')
    """

    description = traitlets.Unicode()
    capability = traitlets.Unicode()
    values: Any = traitlets.Any(_EMPTY)
    problems: Any = traitlets.Any(_EMPTY, read_only=True)
    state = traitlets.Unicode("READY", read_only=True)
    progress = traitlets.Float(0.0, read_only=True)
    message = traitlets.Unicode(read_only=True)
    handle = traitlets.Instance(TaskHandle, allow_none=True, read_only=True)
    result = traitlets.Instance(TaskResult, allow_none=True, read_only=True)

    # Also there when the constructor has raised: ipywidgets closes what is collected.
    _face: Face | None = None
    _timer: Timer | None = None
    _stop_kernel: Callable[[], None] | None = None
    _stop_handle: Callable[[], None] | None = None

    def __init__(
        self,
        kernel: AgentKernel,
        *,
        agent: BaseAgent | None = None,
        description: str = "",
        capability: str = "",
        values: Mapping[str, Any] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._loop = running_loop()
        check_workers(kernel, agent)
        # What the work prints belongs under the cell that made the panel, whoever clicks and when.
        self._context = contextvars.copy_context()
        self._kernel = kernel
        self._agent = agent
        self._clock = clock or SystemClock()
        self._forms: dict[str, RequestForm] = {}
        self._offered: Mapping[str, AgentCapability] = {}
        self._was_offered = False
        self._unfit: Mapping[str, str] = _EMPTY
        self._refusals: Mapping[str, str] = _EMPTY
        self._notice = ""
        self._seen: object = None
        self._reading = _EMPTY
        super().__init__()
        self._face = Face(
            edited=self._deferred(self._edited),
            run=self._deferred(self.run),
            cancel=self._deferred(self.cancel),
        )
        self.children = self._face.children
        self.add_class("maos-panel")
        self._stop_kernel = kernel.watch(self._changed)
        self._begin(description, capability, values)

    def run(self) -> TaskHandle | None:
        """Do what the Run button does: hand the task to the kernel.

        Returns
        -------
        TaskHandle or None
            The task; the one at work where it has not ended yet, for one panel has one task at a
            time. None where nothing was started: `message` and `problems` say why.

        Raises
        ------
        KernelError
            If the panel is closed.
        """
        if self.closed:
            raise KernelError("the panel is closed", advice="Make a new one: AgentPanel(kernel)")
        if self.handle is not None and not self.handle.done:
            return self.handle
        self._take_edits()
        self._refusals, self._notice = _EMPTY, ""
        try:
            record = capability_for(self.capability, self.description, self._offered)
            handle = self._kernel.submit(task_for(record, self._form, self.description))
        except MaosError as error:
            self._refuse(error)
            return None
        self._follow(handle)
        return handle

    def cancel(self) -> bool:
        """Do what the Cancel button does; True if there was a task to end."""
        return self.handle is not None and self.handle.cancel()

    @property
    def closed(self) -> bool:
        """Whether the panel has been closed."""
        return self.comm is None

    @property
    def controls(self) -> Mapping[str, Any]:
        """The widgets "capability", "description", "run" and "cancel"."""
        face = self._shown_face
        return {
            "capability": face.capability,
            "description": face.words,
            "run": face.run,
            "cancel": face.cancel,
        }

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The widgets of the form, by the name of the input; none where the capability has no form."""
        form = self._form
        return {} if form is None else {name: control.widget for name, control in form.controls.items()}

    def close(self) -> None:
        """Take the panel away and stop watching kernel and task; a task at work goes on."""
        self._unwatch()
        if self._face is not None:
            for form in self._forms.values():
                form.close()
            self._face.close()
            self._face = None
            self.layout.close()
        super().close()

    def __repr__(self) -> str:
        if self.closed:
            return "<AgentPanel closed>"
        unchosen = "capability found from the words" if self._offered else "no capability yet"
        return f"<AgentPanel {self.state}: {self.capability or unchosen}>"

    def _repr_html_(self) -> str:
        words = escape(f"{STATES[self.state]}. {self.message}")
        task = f"<br>{escape(self.description)}" if self.description else ""
        return f"<div><b>AgentPanel</b> {escape(self.capability)}{task}<br>{words}{result_view(self.result)}</div>"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**options) or {}
        return {**bundle, "text/plain": repr(self), "text/html": self._repr_html_()}

    @traitlets.validate("capability")
    def _known_capability(self, proposal: Any) -> str:
        name: str = proposal["value"]
        if name and name not in self._offered:
            known = ", ".join(self._offered) or "none yet"
            raise InputError("capability", f"expected one of {known}, got {name!r}")
        return name or (next(iter(self._offered)) if len(self._offered) == 1 else "")

    @traitlets.validate("values")
    def _values_in_form(self, proposal: Any) -> Mapping[str, Any]:
        given: Mapping[str, Any] = proposal["value"]
        if given is self._reading:
            return given
        if not isinstance(given, Mapping):
            raise InputError("values", f"expected a mapping of names to values, got {type(given).__name__}")
        form = self._form
        if form is not None:
            form.fill(given)
        elif given:
            raise InputError(
                "values", "there is no form to put them into", advice="Choose a capability first"
            )
        self._read()
        return self._reading

    @traitlets.observe("capability")
    def _show_capability(self, _: object) -> None:
        if self._face is not None:
            self._face.capability.value = self.capability
            self._face.show_form(self._offered.get(self.capability), self._form)
            self._take_edits()

    @traitlets.observe("description")
    def _show_description(self, _: object) -> None:
        if self._face is not None:
            self._face.words.value = self.description

    @property
    def _form(self) -> RequestForm | None:
        record = self._offered.get(self.capability)
        if record is None or record.request is None:
            return None
        if record.name not in self._forms:
            self._forms[record.name] = RequestForm(record.request, self._deferred(self._edited))
        return self._forms[record.name]

    def _begin(self, description: str, capability: str, values: Mapping[str, Any] | None) -> None:
        try:
            self._offer()
            self.description = description
            self.capability = capability
            self.values = values or _EMPTY
        except InputError:
            self.close()
            raise
        self._show()

    def _deferred(self, action: Callable[[], object]) -> Callable[[], None]:
        """Make a callback that a browser may cause in any thread: all it does is to call the loop."""

        def act() -> None:
            if not self.closed:
                action()

        def defer() -> None:
            self._loop.call_soon_threadsafe(act, context=self._context)

        return defer

    def _edited(self) -> None:
        self._shown_face.fold()
        if self._take_edits():
            self._refusals, self._notice = _EMPTY, ""
            self._say()
            self._show()

    def _take_edits(self) -> bool:
        """Bring the traits up to what stands in the controls; tells whether that is anything new."""
        face = self._shown_face
        self.description = face.words.value
        self.capability = face.capability.value
        self._read()
        self.values = self._reading
        before, self._seen = self._seen, (self.description, self.capability, self._reading, self._unfit)
        return before != self._seen

    def _read(self) -> None:
        form = self._form
        values, self._unfit = form.read() if form is not None else ({}, {})
        self._reading = MappingProxyType(values)
        self._say()

    def _say(self) -> None:
        said = {**self._unfit, **self._refusals}
        self.set_trait("problems", MappingProxyType(said))
        self._shown_face.show_problem(said.get("description", ""))
        if self._form is not None:
            self._form.say(said)

    def _refuse(self, error: MaosError) -> None:
        self._refusals = refusals_in(error, self._form)
        self._notice = refusal(error, self._refusals, self._form)
        if self._refusals.keys() - {"description"}:
            self._shown_face.unfold.value = True
            self._shown_face.fold()
        self._say()
        self._show()

    def _follow(self, handle: TaskHandle) -> None:
        self._say()
        self.set_trait("result", None)
        self.set_trait("handle", handle)
        self._stop_handle = handle.watch(self._changed)
        self._show()

    def _changed(self) -> None:
        """Take note of a change in kernel or task: ends show at once, the rest ten times a second."""
        if self.handle is not None and self.handle.done and self.result is None:
            self._show()
        elif self._timer is None:
            self._timer = self._clock.call_later(INTERVAL, self._show)

    def _show(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._offer()
        is_busy = self.handle is not None and not self.handle.done
        self._set_state()
        self._show_state()
        self._shown_face.mark_earlier_result(is_busy)
        self._shown_face.run.disabled = is_busy or not self._offered or self._kernel.state != "RUNNING"
        self._shown_face.cancel.disabled = not is_busy

    def _set_state(self) -> None:
        handle = self.handle
        ended = handle.result() if handle is not None and handle.done else None
        if ended is not None and ended is not self.result:
            self._shown_face.show_result(ended)
        goes_on = what_goes_on(
            handle, is_running=self._kernel.state == "RUNNING", has_agents=bool(self._offered)
        )
        # All at once, so that whoever observes the state finds the result that belongs to it.
        with self.hold_trait_notifications():
            self.set_trait("result", ended)
            self.set_trait("progress", handle.progress if handle is not None else 0.0)
            self.set_trait("message", self._notice or goes_on)
            self.set_trait("state", str(handle.state) if handle is not None else "READY")

    def _show_state(self) -> None:
        # The reason for a failure stands below, with what to do about it.
        is_told_below = self.state == TaskStatus.FAILED and not self._notice
        self._shown_face.show_state(
            "Not started" if self._notice else STATES[self.state],
            self.progress if self.state == TaskStatus.RUNNING else None,
            "" if is_told_below else self.message,
        )

    def _offer(self) -> None:
        """Keep the capabilities on offer those of the agents that work now."""
        agents = self._kernel.agents if self._agent is None else (self._agent,)
        # The kernel goes by the first agent that brings a capability.
        records = {name: record for agent in reversed(agents) for name, record in agent.capabilities.items()}
        if self._was_offered and records.keys() == self._offered.keys():
            return
        self._was_offered, self._offered = True, dict(sorted(records.items()))
        self._shown_face.offer(self._offered)
        self.capability = self.capability if self.capability in self._offered else ""
        self._shown_face.capability.value = self.capability
        self._show_capability(None)

    def _unwatch(self) -> None:
        for stop in (self._stop_kernel, self._stop_handle):
            if stop is not None:
                stop()
        if self._timer is not None:
            self._timer.cancel()
        self._stop_kernel = self._stop_handle = self._timer = None

    @property
    def _shown_face(self) -> Face:
        if self._face is None:
            raise KernelError("the panel is closed", advice="Make a new one: AgentPanel(kernel)")
        return self._face
