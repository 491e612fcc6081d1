"""Several signals judged at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests
from worlds_signals import dice, walk

from maos_nb.analytics.technical.signals import breakout, compare_signals, onset
from maos_nb.errors import InputError


class TestCompareSignals:
    def test_corrections_equal_statsmodels(self):
        """Multipletests is the reference of all four."""
        close = walk(300, 2)
        signals = {f"dice {seed}": dice(close.shape, seed=seed) for seed in range(8)}
        names = {
            "benjamini_hochberg": "fdr_bh",
            "benjamini_yekutieli": "fdr_by",
            "holm": "holm",
            "bonferroni": "bonferroni",
        }
        for ours, theirs in names.items():
            found = compare_signals(signals, close, (1, 5), correction=ours).to_frame()
            expected = multipletests(found["p_value"], method=theirs)[1]
            np.testing.assert_allclose(found["adjusted_p_value"], expected)

    def test_signals_that_cannot_be_tested_do_not_count(self):
        """One without signals leaves the others' p-values as they are."""
        close = walk(300)[:, 0]
        some = {"a": dice(300, seed=3), "b": dice(300, seed=4)}
        alone = compare_signals(some, close, 5)
        found = compare_signals({**some, "none": np.zeros(300, dtype=bool)}, close, 5)
        assert found.n_tests == alone.n_tests == 2
        assert found.adjusted["a", 5] == alone.adjusted["a", 5]
        assert np.isnan(found.adjusted["none", 5])

    def test_the_best_of_many_dice_is_not_kept(self):
        """Forty signals of noise: some p-value is below 5%, no adjusted one is."""
        close = walk(600)[:, 0]
        found = compare_signals({f"dice {seed}": dice(600, seed=seed) for seed in range(40)}, close, 5)
        frame = found.to_frame()
        assert frame["p_value"].min() < 0.05
        assert found.kept() == ()
        assert repr(found).endswith("benjamini_hochberg: at 5% none>")

    def test_one_that_knows_is_kept_among_dice(self):
        """It is told by its name and horizon."""
        close, signal = walk(600)[:, 0], dice(600)
        moved = np.zeros(600)
        moved[2:] = 0.02 * signal[:-2]
        others = {f"dice {seed}": dice(600, seed=100 + seed) for seed in range(10)}
        found = compare_signals({"knows": signal, **others}, close * np.exp(moved.cumsum()), 1)
        assert found.kept() == (("knows", 1),)

    def test_indicators_of_the_package_go_in_as_they_are(self):
        """Breakouts, and their first bars, without a split."""
        close = pd.DataFrame(walk(300, 3), columns=list("ABC"))
        broke = breakout(close, close, close, 20)
        found = compare_signals({"first": onset(broke), "every": broke}, close, (20, 5), split=None)
        assert found.sample == "all"
        frame = found.to_frame()
        assert frame.index.names == ["signal", "horizon"]
        assert frame.index.tolist() == [("first", 20), ("first", 5), ("every", 20), ("every", 5)]
        assert frame.loc[("every", 5), "adjusted_p_value"] == found.adjusted["every", 5]

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"signals": {}}, "signals"),
            ({"correction": "none"}, "correction"),
            ({"sample": "future"}, "sample"),
            ({"signals": {"odd": np.ones(100)}}, "signal: expected booleans"),
        ],
    )
    def test_refuses_impossible_input(self, options, named):
        """The message names the argument."""
        with pytest.raises(InputError, match=named):
            compare_signals(**{"signals": {"a": dice(100)}, "close": walk(100)[:, 0], **options})
