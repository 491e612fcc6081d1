"""Companies x scenarios x draws in one call."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from maos_nb.analytics.dcf import dcf_from_drivers, dcf_panel, driver_model
from maos_nb.errors import InputError

HELD = {"tax_rate": 0.25, "sales_to_capital": 2.0, "terminal_growth": 0.02}
MODEL = driver_model(n_periods=6, **HELD)


def drivers(n_companies=4, n_scenarios=3, n_draws=25, seed=1):
    """Draw drivers that vary over one axis, two axes, and none."""
    rng = np.random.default_rng(seed)
    return {
        "revenue": rng.uniform(100, 1000, (n_companies, 1, 1)),
        "growth": (
            rng.uniform(0.0, 0.06, (n_companies, 1, 1)),
            np.linspace(-0.02, 0.02, n_scenarios).reshape(1, n_scenarios, 1),
            rng.normal(0.0, 0.01, (1, 1, n_draws)),
        ),
        "operating_margin": rng.uniform(0.1, 0.3, (n_companies, n_scenarios, 1)),
        "wacc": 0.09,
    }


class TestValues:
    def test_it_is_a_loop_over_companies_scenarios_and_draws(self):
        """Each value as if alone, to the last bit."""
        given = drivers()
        panel = dcf_panel(MODEL, given)
        assert panel.results.shape == (4, 3, 25)
        company, scenario, draw = given["growth"]
        for c in range(4):
            for s in range(3):
                for d in range(0, 25, 6):
                    alone = dcf_from_drivers(
                        revenue=given["revenue"][c, 0, 0],
                        growth=company[c, 0, 0] + scenario[0, s, 0] + draw[0, 0, d],
                        operating_margin=given["operating_margin"][c, s, 0],
                        wacc=0.09,
                        n_periods=6,
                        **HELD,
                    )
                    assert panel.results[c, s, d] == alone.valuation.enterprise_value

    @pytest.mark.parametrize("chunk_bytes", [1, 1000, 5000, 40_000, 1 << 30])
    def test_chunks_change_nothing(self, chunk_bytes):
        """From one case at a time to all at once."""
        whole = dcf_panel(MODEL, drivers(), price=500.0)
        cut = dcf_panel(MODEL, drivers(), price=500.0, chunk_bytes=chunk_bytes)
        for name in (
            "results",
            "mean",
            "standard_deviation",
            "percentiles",
            "probability_above_price",
            "n_ok",
        ):
            np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))

    def test_paths_have_a_fourth_axis(self):
        """One path per company and scenario; the sum with a draw's shift is a path too."""
        rng = np.random.default_rng(2)
        path, shift = rng.uniform(0, 0.1, (2, 3, 1, 6)), rng.normal(0, 0.01, (1, 1, 10, 1))
        model = driver_model(paths="growth", **HELD)
        given = drivers(2, 3, 10) | {"growth": (path, shift)}
        panel = dcf_panel(model, given, chunk_bytes=3000)
        alone = dcf_from_drivers(
            revenue=given["revenue"][1, 0, 0],
            growth=path[1, 2, 0] + shift[0, 0, 7],
            operating_margin=given["operating_margin"][1, 2, 0],
            wacc=0.09,
            paths="growth",
            **HELD,
        )
        assert panel.results[1, 2, 7] == alone.valuation.enterprise_value

    def test_any_model_will_do(self):
        """A function of rows."""
        panel = dcf_panel(lambda a, b: a + b, {"a": np.arange(3.0).reshape(3, 1, 1), "b": 10.0})
        np.testing.assert_array_equal(panel.results.ravel(), [10.0, 11.0, 12.0])

    def test_companies_permuted_are_results_permuted(self):
        """A row knows nothing of the others."""
        order = [2, 0, 3, 1]
        given = drivers()
        moved = given | {
            "revenue": given["revenue"][order],
            "operating_margin": given["operating_margin"][order],
            "growth": (given["growth"][0][order], *given["growth"][1:]),
        }
        np.testing.assert_array_equal(dcf_panel(MODEL, moved).results, dcf_panel(MODEL, given).results[order])


class TestStatistics:
    def test_they_are_numpys(self):
        """Mean, deviation, percentiles and probability of each company and scenario."""
        panel = dcf_panel(MODEL, drivers(), price=[500.0, 600.0, 700.0, np.nan], levels=[0.0, 0.1, 0.5, 1.0])
        values = panel.results
        np.testing.assert_allclose(panel.mean, values.mean(axis=2), rtol=1e-13)
        np.testing.assert_allclose(panel.standard_deviation, values.std(axis=2, ddof=1), rtol=1e-11)
        np.testing.assert_allclose(panel.standard_error, values.std(axis=2, ddof=1) / 5.0, rtol=1e-11)
        expected = np.moveaxis(np.percentile(values, [0, 10, 50, 100], axis=2), 0, -1)
        np.testing.assert_allclose(panel.percentiles, expected, rtol=1e-13)
        np.testing.assert_array_equal(
            panel.probability_above_price[:3],
            (values[:3] > np.array([500.0, 600.0, 700.0])[:, None, None]).mean(axis=2),
        )
        assert np.isnan(panel.probability_above_price[3]).all()

    def test_draws_without_a_value_are_left_out_and_counted(self):
        """Where WACC is not above growth; the statistics are those of the rest."""
        wacc = np.reshape([0.09, 0.02, 0.10, 0.01, 0.11], (1, 1, 5))
        given = drivers(2, 1, 1) | {"wacc": wacc}
        panel = dcf_panel(MODEL, given, price=0.0)
        kept = dcf_panel(MODEL, given | {"wacc": wacc[..., [0, 2, 4]]}, price=0.0)
        assert panel.n_ok.tolist() == [[3], [3]]
        for name in ("mean", "standard_deviation", "percentiles", "probability_above_price"):
            np.testing.assert_allclose(getattr(panel, name), getattr(kept, name), rtol=1e-14)
        assert "rejected=4" in repr(panel)

    def test_a_company_without_any_value_is_nan(self):
        """And its count zero; a single draw has no deviation."""
        panel = dcf_panel(MODEL, drivers(2, 1, 1) | {"wacc": np.reshape([0.02, 0.09], (2, 1, 1))}, price=1.0)
        assert panel.n_ok.tolist() == [[0], [1]]
        assert np.isnan(panel.mean).ravel().tolist() == [True, False]
        assert np.isnan(panel.percentiles[0]).all()
        assert np.isnan(panel.standard_deviation).all()
        assert np.isnan(panel.probability_above_price).ravel().tolist() == [True, False]
        assert (panel.percentiles[1] == panel.mean[1, 0]).all()

    def test_without_results_the_statistics_stay(self):
        """And the memory needed is that of a chunk."""
        given = drivers(60, 3, 500)
        kept = dcf_panel(MODEL, given)
        tracemalloc.start()
        panel = dcf_panel(MODEL, given, keep_results=False, chunk_bytes=1 << 18)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert panel.results is None
        np.testing.assert_array_equal(panel.percentiles, kept.percentiles)
        np.testing.assert_array_equal(panel.mean, kept.mean)
        assert peak < kept.results.nbytes

    def test_results_cannot_be_changed(self):
        """They are read-only."""
        panel = dcf_panel(MODEL, drivers())
        with pytest.raises(ValueError, match="read-only"):
            panel.results[0, 0, 0] = 1.0


class TestFrame:
    def test_it_is_labelled(self):
        """One row per company and scenario."""
        panel = dcf_panel(
            MODEL,
            drivers(2, 3, 10),
            companies=["A", "B"],
            scenarios=["bear", "base", "bull"],
            price=1.0,
            levels=[0.05, 0.975],
        )
        frame = panel.to_frame()
        assert frame.index.names == ["company", "scenario"]
        assert list(frame.columns) == [
            "mean",
            "standard_deviation",
            "standard_error",
            "p5",
            "p97.5",
            "probability_above_price",
            "n_ok",
        ]
        assert frame.loc[("B", "bull"), "mean"] == panel.mean[1, 2]

    def test_without_labels_and_price_there_are_numbers(self):
        """And no probability."""
        frame = dcf_panel(MODEL, drivers(2, 1, 3)).to_frame()
        assert frame.index.get_level_values("company").tolist() == ["0", "1"]
        assert "probability_above_price" not in frame

    def test_the_repr_is_short(self):
        """One line."""
        shown = repr(dcf_panel(MODEL, drivers()))
        assert shown.startswith("DcfPanel(companies=4, scenarios=3, draws=25, mean=")
        assert len(shown) < 120


@pytest.mark.parametrize(
    ("changes", "options", "named"),
    [
        ({"wacc": [0.09, 0.10]}, {}, r'drivers\["wacc"\]: .*companies, scenarios, draws'),
        ({"wacc": "9%"}, {}, "wacc"),
        ({"wacc": ()}, {}, r'drivers\["wacc"\]: .*empty'),
        ({"wacc": np.ones((3, 1, 1))}, {}, "companies.*revenue 4.*wacc 3"),
        ({"wacc": np.ones((1, 0, 1))}, {}, "scenarios"),
        ({"beta": 1.0}, {}, "beta"),
        ({}, {"companies": ["A"]}, "companies: expected 4 labels, got 1"),
        ({}, {"scenarios": "abc"}, "scenarios"),
        ({}, {"price": [1.0, 2.0]}, "price"),
        ({}, {"levels": [5.0]}, "levels"),
        ({}, {"chunk_bytes": 0}, "chunk_bytes"),
    ],
)
def test_refuses_impossible_input(changes, options, named):
    """The message names the argument."""
    with pytest.raises(InputError, match=named):
        dcf_panel(MODEL, drivers() | changes, **options)


@pytest.mark.parametrize("given", [{}, [1.0], None])
def test_refuses_no_drivers(given):
    """There is nothing to value."""
    with pytest.raises(InputError, match="drivers"):
        dcf_panel(MODEL, given)
