"""The command line as its users meet it: in a process of its own, and through main()."""

import ast
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from maos_nb.cli import main
from maos_nb.errors import KernelError
from maos_nb.kernel import AgentKernel

ROOT = Path(__file__).parents[2]
TASK = "Value AAPL with a 5-year DCF at a WACC of 8.5%"
HEADINGS = [
    "Apple Inc. (AAPL)",
    "Projection by year (USD millions)",
    "Enterprise value (USD millions)",
    "From enterprise value to equity value (USD millions)",
    "Value per share against the market price",
    "Value under the scenarios (USD millions)",
    "Value per share by WACC (down) and terminal growth (across) (USD)",
    "Assumptions and where each comes from (amounts: USD millions)",
    "What was understood and assumed",
    "Recommendations",
    "Confidence",
    "What to doubt",
]


def command(*words, program=("-m", "maos_nb"), **options):
    """Run the command in a process of its own."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")
    }
    environment |= {"PYTHONPATH": str(ROOT), **options.pop("environment", {})}
    return subprocess.run(  # our own words
        [sys.executable, *program, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        timeout=120,
        check=False,
        **options,
    )


@pytest.fixture(scope="module")
def run():
    """Give what the command prints into a pipe for the task of the manual."""
    return command("run", TASK)


class TestAPrintedValuation:
    def test_completes_and_says_nothing_on_standard_error(self, run):
        """No progress bar where nobody watches."""
        assert (run.returncode, run.stderr) == (0, "")

    def test_has_its_parts_in_the_order_of_reading(self, run):
        """From the company to what to doubt."""
        lines = run.stdout.splitlines()
        places = [next(n for n, line in enumerate(lines) if line.startswith(head)) for head in HEADINGS]
        assert places == sorted(places)

    def test_has_no_colour_codes_and_no_trailing_blanks_in_a_pipe(self, run):
        """Other programs read it."""
        assert "\x1b" not in run.stdout
        assert not re.search(r" $", run.stdout, re.MULTILINE)

    def test_shows_the_figures_of_the_json(self, run):
        """Both come from one result."""
        result = json.loads(command("run", TASK, "--json").stdout)["result"]
        valuation = result["valuation"]
        assert f"{valuation['enterprise_value'] / 1e6:,.0f}" in run.stdout
        assert f"{valuation['value_per_share']:,.2f} USD" in run.stdout
        for revenue in result["financial_projections"]["revenue"]:
            assert f"{revenue / 1e6:,.0f}" in run.stdout
        for row in result["sensitivity_analysis"]["table"]["values"]:
            assert all(f"{cell:,.2f}" in run.stdout for cell in row)

    def test_tells_the_origin_of_each_assumption(self, run):
        """Given in the task, read from data, or assumed by default; the shared source stands once."""
        assert re.search(r"^WACC +8\.50% +given +WACC of 8\.5%$", run.stdout, re.MULTILINE)
        assert re.search(r"^Revenue +394,328 +read from data +\S.* \[1\]$", run.stdout, re.MULTILINE)
        assert re.search(r"^Terminal growth +2\.50% +default", run.stdout, re.MULTILINE)
        assert re.search(r"^\[1\] .*filed 2022-10-28", run.stdout, re.MULTILINE)

    def test_says_what_was_understood_and_how_far_to_trust_it(self, run):
        """With the words that it was read from."""
        assert "understood: WACC 8.5% (from 'WACC of 8.5%')" in run.stdout
        assert re.search(r"^Confidence 0\.\d\d of 1", run.stdout, re.MULTILINE)
        assert re.search(r"^Stability +[01]\.\d\d", run.stdout, re.MULTILINE)

    @pytest.mark.parametrize("columns", [40, 80, 100, 200])
    def test_never_cuts_a_figure_short(self, columns):
        """Tables wrap words; where there is no room at all they are wider than the terminal."""
        done = command("run", TASK, environment={"COLUMNS": str(columns)})
        lines = json.loads(command("run", TASK, "--json").stdout)["result"]["financial_projections"]
        last = {name: values[-1] for name, values in lines.items()}
        amounts = ("revenue", "operating_income", "free_cash_flow", "present_value")
        row = re.search(rf"^{last['year']} .*$", done.stdout, re.MULTILINE)[0]
        assert {f"{last[name] / 1e6:,.0f}" for name in amounts} <= set(row.split())
        assert "…" not in done.stdout

    def test_fits_eighty_columns(self):
        """The width of a terminal that nobody has made larger."""
        done = command("run", TASK, environment={"COLUMNS": "80"})
        assert max(map(len, done.stdout.splitlines())) <= 80

    def test_can_be_printed_where_only_plain_letters_are_known(self):
        """Lines become dashes, and nothing fails."""
        done = command("run", TASK, environment={"PYTHONIOENCODING": "ascii", "COLUMNS": "100"})
        assert done.returncode == 0
        assert done.stdout.isascii()

    def test_of_a_company_without_shares_or_currency_says_so(self, capsys):
        """A startup: an index instead of dollars, no price, no verdict."""
        assert main(["run", "Value a software startup growing 40%"]) == 0
        printed = capsys.readouterr().out
        assert "Projection by year (index, last year's revenue = 100)" in printed
        assert "n/a, their number is not known" in printed
        assert re.search(r"less debt +0", printed)
        assert "nan" not in printed.lower().split()

    def test_takes_a_name_for_what_it_is(self, capsys):
        """Neither rich's markup nor a terminal's control codes work from within it."""
        task = [
            "run",
            "Value a software startup growing 40%",
            "--set",
            "company=Evil\x1b[31m [bold]Inc[/bold] :smile:",
        ]
        assert main(task) == 0
        assert capsys.readouterr().out.startswith("Evil\ufffd[31m [bold]Inc[/bold] :smile:\n")

    def test_in_a_terminal_shows_progress_and_takes_it_away(self):
        """On standard error only."""
        leader, follower = pty.openpty()
        words = [sys.executable, "-m", "maos_nb", "run", TASK]
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=follower, cwd=ROOT, text=True
        ) as process:  # ours
            os.close(follower)
            shown = b""
            while chunk := _read(leader):
                shown += chunk
            printed = process.stdout.read()
        os.close(leader)
        assert process.returncode == 0
        assert b"%" in shown
        assert b"\x1b[2K" in shown
        assert "\x1b" not in printed

    def test_may_be_cut_off_by_its_reader(self):
        """As by `head`: no complaint, and the task's own exit code."""
        words = [sys.executable, "-m", "maos_nb", "run", TASK]
        with subprocess.Popen(  # ours
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
        ) as process:
            process.stdout.close()
            complaint = process.stderr.read()
        assert (process.returncode, complaint) == (0, "")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
    def test_that_cannot_be_written_is_a_failure(self):
        """A full disk must not look like success."""
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(  # ours
                [sys.executable, "-m", "maos_nb", "run", TASK],
                stdout=full,
                stderr=subprocess.PIPE,
                cwd=ROOT,
                text=True,
                check=False,
            )
        assert done.returncode == 1
        assert re.fullmatch(r"maos: the output could not be written: .*\n", done.stderr)


def _read(leader):
    try:
        return os.read(leader, 4096)
    except OSError:  # Linux's way to say that the other end is closed
        return b""


class TestSettings:
    @pytest.mark.parametrize("setting", ["wacc=9%", "wacc=9.0 %", "wacc=0.09", 'wacc="9%"'])
    def test_may_be_percentages_json_or_text(self, setting, capsys):
        """All four are the same rate."""
        assert main(["run", "Value AAPL", "--set", setting, "--json"]) == 0
        request = json.loads(capsys.readouterr().out)["metadata"]["request"]
        assert request["wacc"] == 0.09

    def test_reach_the_request_under_their_names(self, capsys):
        """Several after one flag, or a flag each; they win over the words."""
        words = [
            "run",
            TASK,
            "--set",
            "wacc_range=[0.08, 0.1]",
            "wacc=9%",
            "--set",
            "as_of=2022-12-01",
            "--json",
        ]
        assert main([*words, "--set", "scenarios=base,optimistic"]) == 0
        request = json.loads(capsys.readouterr().out)["metadata"]["request"]
        assert (request["wacc"], request["wacc_range"]) == (0.09, [0.08, 0.1])
        assert (request["as_of"], request["scenarios"]) == ("2022-12-01", ["base", "optimistic"])

    def test_may_come_before_the_description(self, capsys):
        """The last word that is no setting is the task."""
        assert main(["run", "--json", "--set", "beta=1.1", "time_horizon=3", "Value AAPL"]) == 0
        assert json.loads(capsys.readouterr().out)["metadata"]["request"]["time_horizon"] == 3

    def test_may_say_everything(self, capsys):
        """Without words the capability has to be named."""
        assert main(["run", "--set", "ticker=MSFT", "--task-type", "financial_modeling", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["result"]["company"]["ticker"] == "MSFT"


class TestJson:
    def test_is_all_that_is_printed_and_is_strict(self):
        """The task result as plain values; NaN is no JSON."""
        done = command("run", TASK, "--json")
        value = json.loads(done.stdout, parse_constant=pytest.fail)
        assert (value["status"], value["error"], done.stderr) == ("COMPLETED", None, "")
        assert set(value) == {"task_id", "status", "result", "error", "metadata"}

    def test_of_a_failure_is_json_too(self, capsys):
        """A program that reads it learns the reason; people learn it on standard error."""
        assert main(["run", "Value ZZZZ", "--json"]) == 1
        captured = capsys.readouterr()
        value = json.loads(captured.out)
        assert value["status"] == "FAILED"
        assert "ZZZZ" in value["error"]
        assert "ZZZZ" in captured.err


class TestMarket:
    """An analysis of the market instead of a valuation."""

    WORDS = "Market outlook as of 2020-03-20"

    def test_is_printed_as_sentences_and_measures(self, capsys):
        """Overview first, sources and confidence last."""
        assert main(["run", self.WORDS]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "Market conditions on 2020-03-20"
        assert "  The S&P 500 closed at 2,304.92 on 2020-03-20." in lines
        assert any(line.startswith("Confidence 0.") for line in lines)

    def test_is_a_page_too_whose_texts_are_escaped(self, tmp_path, capsys):
        """Every section has its heading; an ampersand is one."""
        page = tmp_path / "market.html"
        assert main(["run", self.WORDS, "--html", str(page)]) == 0
        text = page.read_text(encoding="utf-8")
        assert "<h1>Market conditions on 2020-03-20</h1>" in text
        assert "<li>The S&amp;P 500 closed at 2,304.92 on 2020-03-20.</li>" in text
        assert all(
            f"<h2>{head}</h2>" in text for head in ("Overview", "Risk factors", "Forecasts", "Sources")
        )
        assert capsys.readouterr().err == f"maos: wrote {page}\n"


class TestHtml:
    def test_is_written_where_asked_and_said(self, tmp_path, capsys):
        """The same figures, as a whole page."""
        page = tmp_path / "aapl.html"
        assert main(["run", TASK, "--html", str(page)]) == 0
        captured = capsys.readouterr()
        text = page.read_text(encoding="utf-8")
        assert captured.err == f"maos: wrote {page}\n"
        assert text.startswith("<!DOCTYPE html>")
        assert text.rstrip().endswith("</html>")
        assert "<h1>Apple Inc. (AAPL)</h1>" in text
        assert TASK in text
        assert text.count("data:image/png;base64,") == 8
        per_share = re.search(r"Value per share +([\d.]+) USD", captured.out)[1]
        assert f"<dd>{per_share} USD</dd>" in text

    def test_of_a_failure_replaces_an_older_page(self, tmp_path, capsys):
        """Yesterday's value must not look like today's."""
        page = tmp_path / "page.html"
        page.write_text("yesterday's value", encoding="utf-8")
        assert main(["run", "Value ZZZZ", "--html", str(page)]) == 1
        assert "<h1>The valuation failed</h1>" in page.read_text(encoding="utf-8")
        assert "ZZZZ" in capsys.readouterr().err

    def test_that_cannot_be_written_is_said_before_the_work(self, tmp_path, capsys):
        """A folder that is not there, a folder instead of a file, a file instead of a folder."""
        (tmp_path / "file").touch()
        for target in (tmp_path / "none" / "page.html", tmp_path, tmp_path / "file" / "page.html"):
            assert main(["run", TASK, "--html", str(target)]) == 2
            captured = capsys.readouterr()
            assert "maos run: error: --html: " in captured.err
            assert captured.out == ""

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
    def test_in_a_folder_without_leave_is_said_before_the_work(self, tmp_path, capsys):
        """Permissions are looked at first."""
        tmp_path.chmod(0o500)
        assert main(["run", TASK, "--html", str(tmp_path / "page.html")]) == 2
        assert "cannot be written" in capsys.readouterr().err


class TestFailures:
    @pytest.mark.parametrize(
        ("words", "reason", "advice"),
        [
            (["Value ZZZZ"], "ZZZZ", "AAPL, MSFT, NVDA"),
            (["Value AAPL", "--set", "wacc=8.5"], "wacc: 8.5 came", "8.5%"),
            (["Value AAPL", "--set", "waac=8.5%"], "waac: is no input", "Did you mean wacc?"),
            (["Value AAPL", "--set", "wacc=1%"], "wacc", ""),
            (["Bake a cake"], "fits no capability", "--task-type NAME"),
            (
                ["Value AAPL", "--task-type", "baking"],
                "no agent here has the capability 'baking'",
                "financial_modeling",
            ),
            (["Value AAPL", "--timeout", "0.001"], "ran past its timeout", "--timeout SECONDS"),
        ],
    )
    def test_are_told_in_plain_words_with_advice(self, words, reason, advice, capsys):
        """On standard error, without a traceback, and with exit code 1."""
        assert main(["run", *words]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("maos: failed: ")
        assert reason in captured.err
        assert advice in captured.err
        assert "Traceback" not in captured.err

    def test_show_their_traceback_only_to_who_asks(self, capsys):
        """And the steps of the work, where no terminal shows a bar."""
        assert main(["run", "Value ZZZZ", "--verbose"]) == 1
        told = capsys.readouterr().err
        assert "Traceback (most recent call last)" in told
        assert re.search(r"^maos: RUNNING \d+%", told, re.MULTILINE)

    def test_that_are_faults_of_the_program_are_told_alike(self, capsys, monkeypatch):
        """A traceback helps nobody who has only asked for a value."""

        def broken(self, task):
            raise ZeroDivisionError("a fault")

        monkeypatch.setattr(AgentKernel, "submit", broken)
        assert main(["run", TASK]) == 1
        told = capsys.readouterr().err
        assert told.startswith("maos: failed: ZeroDivisionError: a fault\n")
        assert "--verbose shows where" in told
        assert main(["run", TASK, "--verbose"]) == 1
        assert "Traceback" in capsys.readouterr().err

    def test_of_the_kernel_keep_their_advice(self, capsys, monkeypatch):
        """A full queue, say."""

        def refuse(self, task):
            raise KernelError("the queue is full", advice="Wait")

        monkeypatch.setattr(AgentKernel, "submit", refuse)
        assert main(["run", TASK]) == 1
        assert capsys.readouterr().err == "maos: failed: the queue is full\nmaos: Wait\n"


class TestUsage:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ([], "nothing to do"),
            (["bake"], "invalid choice: 'bake'"),
            (["run"], "DESCRIPTION: is missing"),
            (["run", "  "], "DESCRIPTION: is missing"),
            (["run", TASK, "--set", "wacc"], "--set: expected NAME=VALUE, got 'wacc'"),
            (["run", TASK, "--set", "wacc=8%", "wacc=9%"], "--set: wacc came twice"),
            (["run", TASK, "--timeout", "0"], "--timeout: expected a positive number of seconds, got '0'"),
            (
                ["run", TASK, "--timeout", "inf"],
                "--timeout: expected a positive number of seconds, got 'inf'",
            ),
            (
                ["run", TASK, "--timeout", "soon"],
                "--timeout: expected a positive number of seconds, got 'soon'",
            ),
            (["run", TASK, "--colour"], "unrecognized arguments: --colour"),
        ],
    )
    def test_errors_end_with_code_two_before_any_work(self, words, said, capsys):
        """Said on standard error."""
        assert main(words) == 2
        captured = capsys.readouterr()
        assert said in captured.err
        assert captured.out == ""

    def test_help_lists_every_input_with_unit_and_bounds(self, capsys):
        """They come from the request model, the single source of truth."""
        from maos_nb.finance import FinancialModelRequest

        assert main(["run", "--help"]) == 0
        told = " ".join(capsys.readouterr().out.split())
        for name, schema in FinancialModelRequest.model_json_schema()["properties"].items():
            assert f" {name} {schema['description']}" in told
        assert "0.085 is 8.5%. [fraction per year; above 0; below 1]" in told
        assert "[years; at least 1; at most 50; default 5]" in told
        assert "[one of aerospace, automobiles," in told

    def test_version_is_told(self, capsys):
        """One line."""
        assert main(["--version"]) == 0
        assert re.fullmatch(r"maos \S.*\n", capsys.readouterr().out)


class TestAnInterrupt:
    PROGRAM = """
import sys, threading
from maos_nb.agents import report_progress
from maos_nb.cli import main
from maos_nb.finance import analyst
from maos_nb.kernel import AgentKernel

def endless(request, source):
    print("working", file=sys.stderr, flush=True)
    while True:
        report_progress(0.5)
        threading.Event().wait(0.01)

async def stop_and_tell(self, **options):
    await stop(self, **options)
    print("kernel", self.state, file=sys.stderr, flush=True)

analyst._model = endless
stop, AgentKernel.stop = AgentKernel.stop, stop_and_tell
sys.exit(main(["run", "Value AAPL"]))
"""

    def test_stops_the_kernel_in_order_and_ends_with_code_130(self):
        """Ctrl-C sends SIGINT; no traceback, nothing printed."""
        words = [sys.executable, "-c", self.PROGRAM]
        with subprocess.Popen(  # ours
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
        ) as process:
            assert process.stderr.readline() == "working\n"
            process.send_signal(signal.SIGINT)
            printed, told = process.communicate(timeout=30)
        assert process.returncode == 130
        assert printed == ""
        assert told.splitlines() == [
            "kernel STOPPED",
            "maos: interrupted, and stopped in order; nothing was written",
        ]


class TestStarting:
    def test_needs_neither_matplotlib_nor_jinja_without_a_page(self):
        """They would take half the time of the whole command."""
        program = "import sys; from maos_nb.cli import main; main(['run', 'Value AAPL', '--json'])\n"
        program += (
            "print([m in sys.modules for m in ('matplotlib', 'jinja2', 'rich.table')], file=sys.stderr)"
        )
        done = command(program, program=("-c",))
        assert ast.literal_eval(done.stderr) == [False, False, False]

    def test_of_the_version_needs_no_numbers(self):
        """Neither numpy nor pandas."""
        program = "import sys; from maos_nb.cli import main; main(['--version'])\n"
        program += "print([m in sys.modules for m in ('numpy', 'pandas')], file=sys.stderr)"
        assert ast.literal_eval(command(program, program=("-c",)).stderr) == [False, False]
