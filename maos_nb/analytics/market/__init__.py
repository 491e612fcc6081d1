"""Market analysis: breadth, turbulence, regimes, sentiment, the yield curve, and all of it on one dashboard."""
