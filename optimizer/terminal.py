"""What a person sees while a solve runs and after it: live progress, then a short summary."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.live import Live
from rich.table import Table

from optimizer.plan import Plan, StageResult
from optimizer.progress import Progress
from optimizer.report.levels import levels_record, sentences
from optimizer.report.phrases import amount
from optimizer.wording import Language, Wording

_QUIET_SECONDS = 5.0


class Stop(Protocol):
    """Something that can be asked to stop, such as a ``threading.Event``."""

    def set(self) -> None:
        """Ask for the stop."""

    def is_set(self) -> bool:
        """Whether it was asked for."""


class Watch:
    """Shows progress on standard error: a live table on a terminal, plain lines elsewhere.

    >>> with Watch("zh") as watch: api.solve(task, progress=watch)  # doctest: +SKIP
    """

    def __init__(self, language: Language, console: Console | None = None) -> None:
        self.language = language
        self.console = console or Console(stderr=True, highlight=False)
        self.began = time.perf_counter()
        self.stages: dict[int, Progress] = {}
        self.note: Wording | None = None
        self._said = 0.0
        self._lock = threading.Lock()
        self._live: Live | None = None

    def __enter__(self) -> Watch:
        if self.console.is_terminal:
            self._live = Live(get_renderable=self.picture, console=self.console, refresh_per_second=4)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, event: Progress) -> None:
        """Take note of one event; safe from any thread."""
        with self._lock:
            self.stages[event.stage] = event
            self.note = event.note
            now = time.perf_counter()
            if self._live is None and (event.done or now - self._said >= _QUIET_SECONDS):
                self._said = now
                self.console.print(self.line(event), markup=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """A sentence above the live table."""
        self.console.print(text, markup=False, soft_wrap=True)

    def cells(self, event: Progress) -> tuple[str, str, str, str, str]:
        """Stage, title, best plan so far, proven bound and gap, as words."""
        best = "—" if event.incumbent is None else amount(event.incumbent, event.unit, self.language)
        bound = "—" if event.bound is None else amount(event.bound, event.unit, self.language)
        return (
            f"{event.stage}/{event.stages}",
            event.title.to(self.language),
            best,
            bound,
            "—" if event.gap is None else gap_text(event.gap),
        )

    def line(self, event: Progress) -> str:
        """One event as a line of plain text."""
        stage, title, best, bound, gap = self.cells(event)
        note = f"  {event.note.to(self.language)}" if event.note else ""
        passed = time.perf_counter() - self.began
        if self.language == "zh":
            return f"[{passed:6.1f} 秒] 目标 {stage} {title}：已得 {best}，界 {bound}，差距 {gap}{note}"
        return f"[{passed:6.1f} s] stage {stage} {title}: best {best}, bound {bound}, gap {gap}{note}"

    def picture(self) -> Table:
        """The live table: a line a stage, with the time gone by."""
        zh = self.language == "zh"
        passed = time.perf_counter() - self.began
        table = Table(
            title=f"求解中 · {passed:.0f} 秒" if zh else f"solving · {passed:.0f} s",
            caption=self.note.to(self.language) if self.note else _key_help(self.language),
            title_justify="left",
            caption_justify="left",
        )
        for head in ("阶段", "目标", "已得", "界", "差距") if zh else ("stage", "goal", "best", "bound", "gap"):
            goal = head in ("目标", "goal")
            table.add_column(head, justify="left" if goal else "right", no_wrap=True, overflow="ellipsis")
        for number in sorted(self.stages.copy()):
            table.add_row(*self.cells(self.stages[number]))
        return table


def _key_help(language: Language) -> str:
    return "Ctrl-C：保留已得的最好方案并停止" if language == "zh" else "Ctrl-C: stop and keep the best plan"


def gap_text(gap: float) -> str:
    """A relative gap as a percentage that never hides a small one behind a zero."""
    if gap == 0:
        return "0"
    if gap > 1:
        return ">100%"
    return f"{gap * 100:.4f}%" if gap >= 0.000001 else "<0.0001%"


def summary(plan: Plan, seconds: float, out: str, language: Language) -> str:
    """The closing words of a solve: what was reached, how good it is, what binds, where it lies."""
    zh = language == "zh"
    stopped = {
        "complete": Wording("方案已完成并通过审核。", "The plan is complete and passed the audit."),
        "stopped": Wording(
            "已提前停止；以下是停止前最好的方案，已通过审核。",
            "Stopped early; this is the best plan found until then, and it passed the audit.",
        ),
    }[plan.status]
    binding, stretch = status_lines(plan, "binding"), status_lines(plan, "stretch missed")
    lines = [stopped.to(language), *(stage_sentence(n + 1, s, language) for n, s in enumerate(plan.stages))]
    lines += [each.to(language) for each in sentences(plan.levels)] if plan.levels is not None else []
    clauses = plan.clauses["clause"].nunique()
    if zh:
        lines.append(f"条款：共 {clauses} 条，其中 {binding[0]} 条正好用满（{binding[1]} 行，见 clauses.csv）。")
        lines += [f"力争目标未达到：{stretch[1]} 行。"] if stretch[1] else []
        lines += [f"求解器：{plan.engine}（{plan.engine_reason.zh}）。"] if plan.engine_reason.zh else []
        lines.append(f"用时 {seconds:.1f} 秒。方案文件夹：{out}")
    else:
        lines.append(f"Clauses: {clauses}, of which {binding[0]} bind ({binding[1]} lines of clauses.csv).")
        lines += [f"Stretch targets missed: {stretch[1]} lines."] if stretch[1] else []
        lines += [f"Solver: {plan.engine} ({plan.engine_reason.en})."] if plan.engine_reason.en else []
        lines.append(f"{seconds:.1f} s. Plan folder: {out}")
    return "\n".join(lines)


def status_lines(plan: Plan, status: str) -> tuple[int, int]:
    """How many clauses, and how many lines of the clause report, have a status."""
    found = plan.clauses.loc[plan.clauses["status"] == status, "clause"]
    return int(found.nunique()), len(found)


def stage_sentence(number: int, stage: StageResult, language: Language) -> str:
    """One goal in plain words: what was reached and what is proven about it."""
    value, bound = amount(stage.value, stage.unit, language), amount(stage.bound, stage.unit, language)
    if language == "zh":
        head = f"目标 {number} {stage.title.zh}：{value}"
        if stage.value == stage.bound:
            return f"{head}，已证明是最好的。"
        side = "超过" if stage.sense == "max" else "低于"
        return f"{head}；已证明任何合法方案都不会{side} {bound}（差距 {gap_text(stage.gap)}）。"
    head = f"Goal {number} {stage.title.en}: {value}"
    if stage.value == stage.bound:
        return f"{head}, proven best."
    side = "more" if stage.sense == "max" else "less"
    return f"{head}; no legal plan can reach {side} than {bound} (gap {gap_text(stage.gap)})."


def summary_record(plan: Plan, seconds: float, out: str, language: Language = "zh") -> dict[str, Any]:
    """The same for ``--json``; stage values are whole base units of the unit beside them."""
    return {
        "status": plan.status,
        "policy": plan.policy,
        "instance": plan.instance,
        "out": out,
        "gap": plan.gap,
        "stages": [
            {"id": s.id, "clause": s.clause, "title": {"zh": s.title.zh, "en": s.title.en}, "sense": s.sense}
            | {"unit": s.unit, "value": s.value, "bound": s.bound, "gap": s.gap, "seconds": s.seconds}
            for s in plan.stages
        ],
        "clauses": int(plan.clauses["clause"].nunique()),
        "binding_clauses": status_lines(plan, "binding")[0],
        "binding_lines": status_lines(plan, "binding")[1],
        "stretch_missed_lines": status_lines(plan, "stretch missed")[1],
        "engine": plan.engine,
        "engine_reason": {"zh": plan.engine_reason.zh, "en": plan.engine_reason.en},
        "seed": plan.seed,
        "seconds": round(seconds, 3),
        **({} if plan.levels is None else {"levels": levels_record(plan.levels, language)}),
    }


class Aborted(Exception):
    """The user pressed Ctrl-C a second time."""


T = TypeVar("T")


def run_stoppable(work: Callable[[], T], stop: Stop, watch: Watch) -> T:
    """Run ``work`` in a thread so that Ctrl-C is heard at once: the first asks for a stop, the second aborts."""
    done: dict[str, Any] = {}

    def target() -> None:
        try:
            done["result"] = work()
        except BaseException as error:
            done["error"] = error

    thread = threading.Thread(target=target, name="solve", daemon=True)
    with _interrupts() as pressed:
        thread.start()
        while thread.is_alive():
            thread.join(0.1)
            if len(pressed) > 1:
                raise Aborted
            if pressed and not stop.is_set():
                stop.set()
                watch.say(_STOPPING.to(watch.language))
    if "error" in done:
        raise done["error"]
    result: T = done["result"]
    return result


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Collects presses of Ctrl-C instead of raising at an unforeseen place (in the main thread only)."""
    pressed: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


_STOPPING = Wording(
    "收到停止请求：将保留已得的最好方案；再按一次 Ctrl-C 则放弃。",
    "Stopping: the best plan found is kept; press Ctrl-C again to abandon it.",
)


@contextmanager
def quiet_native_output() -> Iterator[None]:
    """What native solver code prints to standard output goes to standard error instead."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def tolerant_streams() -> None:
    """Characters that a terminal cannot show become '?', never a failure."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
