"""The dashboard: each reading as its function gives it, what is missing, and what it must not see."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from maos_nb.analytics.market.breadth import new_highs_lows, share_above_average
from maos_nb.analytics.market.curve import yield_curve_state
from maos_nb.analytics.market.dashboard import Dashboard, Reading, dashboard
from maos_nb.analytics.market.regimes import past_percentile, trend_regime, volatility_regime
from maos_nb.analytics.market.sentiment import sentiment_composite
from maos_nb.analytics.market.turbulence import absorption_ratio, average_correlation, turbulence
from maos_nb.errors import InputError

NAN = np.nan
GROUPS = ["trend", "breadth", "volatility", "stress", "sentiment", "rates"]


@pytest.fixture(scope="module")
def market():
    """Give 900 days of five assets, an index, the VIX and a yield curve."""
    rng = np.random.default_rng(11)
    days = pd.bdate_range("2018-01-01", periods=900)
    common = rng.normal(0.0003, 0.008, (900, 1))
    moves = common + rng.normal(0, 0.01, (900, 5))
    curve = 0.03 + np.cumsum(rng.normal(0, 0.0002, (900, 4)), axis=0)
    return {
        "prices": pd.DataFrame(100 * np.exp(np.cumsum(moves, axis=0)), index=days, columns=list("ABCDE")),
        "index": pd.Series(3000 * np.exp(np.cumsum(common[:, 0])), index=days),
        "vix": pd.Series(rng.uniform(10, 40, 900), index=days),
        "yields": pd.DataFrame(curve, index=days, columns=["3m", "2y", "5y", "10y"]),
    }


@pytest.fixture(scope="module")
def board(market):
    """Give the dashboard of all of it."""
    return dashboard(**market)


class TestReadings:
    def test_all_groups_in_their_order(self, board):
        """On the last day of prices."""
        assert list(dict.fromkeys(reading.group for reading in board.sections)) == GROUPS
        assert board.as_of == pd.Timestamp("2021-06-11")

    def test_values_and_percentiles_are_those_of_the_functions(self, market, board):
        """Computed over everything, where the dashboard takes what it needs."""
        prices, returns = market["prices"], market["prices"].pct_change()
        lines = {
            "trend": trend_regime(market["index"]).distance,
            "return over 252 days": market["index"].pct_change(252),
            "drawdown": market["index"] / market["index"].cummax() - 1,
            "share above 50-day average": share_above_average(prices, 50).share,
            "share above 200-day average": share_above_average(prices, 200).share,
            "net new highs": new_highs_lows(prices).net_share,
            "realised volatility": volatility_regime(market["index"].pct_change()).volatility,
            "vix": market["vix"],
            "turbulence": turbulence(returns, 252, per_asset=True).turbulence,
            "absorption ratio": absorption_ratio(returns, 252).ratio,
            "average correlation": average_correlation(returns).correlation,
            "sentiment": sentiment_composite(
                market["index"],
                market["vix"],
                breadth=share_above_average(prices).share,
                strength=new_highs_lows(prices).net_share,
            ).score,
            "slope 10y-3m": yield_curve_state(market["yields"], short=0.25).slope,
            "slope 10y-2y": yield_curve_state(market["yields"]).slope,
            "level": yield_curve_state(market["yields"]).level,
            "curvature": yield_curve_state(market["yields"]).curvature,
        }
        for name, line in lines.items():
            found = board.find(name)
            assert found.value == pytest.approx(line.iloc[-1], rel=1e-9, abs=1e-12), name
            np.testing.assert_allclose(
                found.percentile, past_percentile(line).iloc[-1], rtol=1e-12, err_msg=name
            )

    def test_states_are_those_of_the_regimes(self, market, board):
        """In words."""
        words = {1.0: "up", -1.0: "down", 0.0: "not yet decided"}
        assert board.find("trend").state == words[trend_regime(market["index"]).state.iloc[-1]]
        assert board.find("slope 10y-2y").state == yield_curve_state(market["yields"]).state.iloc[-1]

    def test_later_rows_of_other_inputs_are_not_seen(self, market):
        """Prices that end earlier end the day of everything."""
        early = {name: table.iloc[:700] for name, table in market.items()}
        found = dashboard(**{**market, "prices": early["prices"]})
        pd.testing.assert_frame_equal(found.to_frame(), dashboard(**early).to_frame(), check_exact=True)

    def test_an_older_row_is_named(self, market):
        """The VIX of the day before."""
        found = dashboard(market["prices"], vix=market["vix"].iloc[:-1]).find("vix")
        assert found.value == market["vix"].iloc[-2]
        assert found.how.endswith("on 2021-06-10")

    def test_older_rows_than_history_do_not_count(self, market):
        """But for what its first figures take."""
        long = dashboard(market["prices"], history=252)
        short = dashboard(market["prices"].iloc[-(252 + 550) :], history=252)
        np.testing.assert_array_equal(long.to_frame()["value"], short.to_frame()["value"])

    def test_the_index_is_made_of_the_assets_mean_returns(self, market):
        """Compounded, where none is given."""
        mean = market["prices"].pct_change().mean(axis=1).fillna(0)
        made = dashboard(market["prices"]).find("return over 252 days")
        assert made.value == pytest.approx(((1 + mean).cumprod()).pct_change(252).iloc[-1], rel=1e-9)


class TestMissing:
    def test_one_asset_has_no_breadth_and_no_stress(self, market):
        """A Series will do."""
        found = dashboard(market["prices"]["A"])
        assert {reading.group for reading in found.sections} == {"trend", "volatility", "sentiment"}

    def test_without_the_rest_there_are_no_rates_and_no_vix(self, market):
        """And asking for one tells what there is."""
        found = dashboard(market["prices"])
        assert "rates" not in {reading.group for reading in found.sections}
        with pytest.raises(InputError, match="there is no reading 'vix', there is trend"):
            found.find("vix")

    def test_a_curve_of_two_maturities_has_one_slope(self, market):
        """No curvature."""
        found = dashboard(market["prices"], yields=market["yields"][["2y", "10y"]]).to_frame()
        assert found.loc[found["group"] == "rates", "name"].tolist() == ["slope 10y-2y", "level"]

    @pytest.mark.parametrize("length", [1, 2, 60, 250])
    def test_a_short_history_gives_less(self, market, length):
        """And no percentiles."""
        found = dashboard(**{name: table.iloc[:length] for name, table in market.items()})
        assert found.sections
        assert found.to_frame()["percentile"].isna().all()
        assert found.to_frame()["value"].notna().all()

    def test_inputs_that_begin_later_are_not_there(self, market):
        """Nothing of them is known on the day."""
        late = {name: table.iloc[500:] for name, table in market.items()}
        found = dashboard(**{**late, "prices": market["prices"].iloc[:400]})
        assert {reading.group for reading in found.sections} == {"breadth", "stress"}

    def test_an_asset_of_gaps_changes_nothing(self, market, board):
        """It does not count anywhere."""
        more = market["prices"].assign(F=NAN)
        np.testing.assert_allclose(
            dashboard(**{**market, "prices": more}).to_frame()["value"], board.to_frame()["value"], rtol=1e-9
        )

    def test_assets_in_any_order(self, market, board):
        """The same market."""
        turned = dashboard(**{**market, "prices": market["prices"][list("CEADB")]})
        np.testing.assert_allclose(
            turned.to_frame()["value"], board.to_frame()["value"], rtol=1e-9, atol=1e-12
        )

    def test_arrays_have_rows_by_number(self, market, board):
        """With the same figures."""
        found = dashboard(*(market[name].to_numpy() for name in ("prices", "index", "vix")))
        assert found.as_of == 899
        for reading in found.sections:
            assert reading.value == pytest.approx(board.find(reading.name).value, rel=1e-12)


class TestRecord:
    def test_a_short_repr(self, board):
        """The day and the groups."""
        assert (
            repr(board) == f"Dashboard(as_of=2021-06-11, {len(board.sections)} readings: {', '.join(GROUPS)})"
        )

    def test_a_frame_of_all_readings(self, board):
        """One row each, also where there are none."""
        assert board.to_frame()["name"].is_unique
        assert list(board.to_frame()) == ["group", "name", "value", "unit", "percentile", "state", "how"]
        assert Dashboard("now", ()).to_frame().empty

    def test_html_is_escaped(self):
        """Whatever the words are."""
        evil = "<script>alert(1)</script>"
        page = Dashboard(evil, (Reading(evil, evil, 1.0, evil, NAN, evil, evil),))._repr_html_()
        assert "<script" not in page
        assert "&lt;script&gt;" in page


class TestRefused:
    def test_what_cannot_be_used(self, market):
        """Each names its argument."""
        prices = market["prices"]
        cases = [
            ("prices", {"prices": prices.iloc[:0]}),
            ("prices", {"prices": -prices}),
            ("index", {"prices": prices, "index": prices}),
            ("vix", {"prices": prices, "vix": 0 * market["vix"]}),
            ("prices and vix", {"prices": prices, "vix": market["vix"].to_numpy()}),
            ("prices and vix", {"prices": prices.to_numpy(), "vix": market["vix"].to_numpy()[1:]}),
            ("prices and vix", {"prices": prices, "vix": market["vix"].reset_index(drop=True)}),
            ("yields", {"prices": prices, "yields": prices}),
            ("history", {"prices": prices, "history": 251}),
        ]
        for argument, options in cases:
            with pytest.raises(InputError) as caught:
                dashboard(**options)
            assert caught.value.argument == argument
