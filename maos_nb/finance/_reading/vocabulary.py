"""The words and signs that the rules of a reading are written in."""

from __future__ import annotations

__all__ = [
    "COMPANIES", "DATE", "FILLER", "KNOWN_TICKERS", "MONEY", "MONTHS", "MULTIPLE", "NOT_TICKERS", "NUMBER",
    "PERCENT", "SCALES", "SECTORS", "SIGNS", "WORD_NUMBERS", "YEARS", "spaced",
]  # fmt: skip

# Signs that stand for a figure in the skeleton, from the private use area: no text that has been
# normalised contains them.
NUMBER, PERCENT, MONEY, MULTIPLE, YEARS, DATE = "\ue000\ue001\ue002\ue003\ue004\ue005"
SIGNS = NUMBER + PERCENT + MONEY + MULTIPLE + YEARS + DATE

_TENS = (
    "zero one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty"
)
WORD_NUMBERS = dict(zip(_TENS.split(), [*range(13), 15, 20, 30, 40, 50], strict=True))
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
SCALES = {"k": 3, "thousand": 3, "m": 6, "mm": 6, "mn": 6, "mln": 6, "mio": 6, "million": 6, "b": 9, "bn": 9}
SCALES |= {"bln": 9, "billion": 9, "t": 12, "tn": 12, "trn": 12, "trillion": 12}

COMPANIES = {
    r"apple": ("AAPL", "Apple"),
    r"amd|advanced micro devices": ("AMD", "Advanced Micro Devices"),
    r"bank of america|bofa": ("BAC", "Bank of America"),
    r"(?<!the\s)(?<!a\s)best buy": ("BBY", "Best Buy"),
    r"chevron": ("CVX", "Chevron"),
    r"general electric": ("GE", "General Electric"),
    r"home depot": ("HD", "Home Depot"),
    r"johnson (?:&|and) johnson|j&j": ("JNJ", "Johnson & Johnson"),
    r"jp ?morgan(?: chase)?": ("JPM", "JPMorgan Chase"),
    r"coca cola": ("KO", "Coca-Cola"),
    r"(?:eli )?lilly": ("LLY", "Eli Lilly"),
    r"merck": ("MRK", "Merck"),
    r"microsoft": ("MSFT", "Microsoft"),
    r"nvidia": ("NVDA", "NVIDIA"),
    r"pepsi ?co|pepsi": ("PEP", "PepsiCo"),
    r"pfizer": ("PFE", "Pfizer"),
    r"procter (?:&|and) gamble|p&g": ("PG", "Procter & Gamble"),
    r"range resources": ("RRC", "Range Resources"),
    r"united ?health(?: group)?": ("UNH", "UnitedHealth"),
    r"wal ?mart": ("WMT", "Walmart"),
    r"exxon(?: ?mobil)?": ("XOM", "ExxonMobil"),
}
KNOWN_TICKERS = frozenset(ticker for ticker, _ in COMPANIES.values())

# The last row counts only where no other sector is named: "tech" says little beside "biotech".
SECTORS = {
    "semiconductors": "semi ?conductors?|chip ?makers?|chips?",
    "biotechnology": "bio ?tech(?:nology)?",
    "healthcare_products": "med ?tech|medical (?:devices?|technology|products?)|health ?care products?",
    "utilities": "(?:gas |electric |water |power )?utilit(?:y|ies)",
    "pharmaceuticals": "pharma(?:ceuticals?)?|drug ?(?:makers?|companies)?|drugs",
    "telecom": "telecoms?|telecommunications?",
    "retail": "retail(?:ers?|ing)?",
    "restaurants": "restaurants?",
    "media": "media|entertainment",
    "automobiles": "auto(?:s|motive|mobiles?| ?makers?)?|cars?|(?:car|ev|electric vehicle) ?makers?",
    "aerospace": "aerospace|defen[sc]e",
    "machinery": "machinery|industrials?",
    "energy": "energy|oil|gas",
    "food": "foods?|beverages?",
    "business_services": "business services|consulting|consultanc(?:y|ies)",
    "computers": "(?:computer )?hardware|computers?",
    "internet": "internet",
    "total_market": "(?:total|whole|entire) market",
    "software": "software|saas",
    "": "(?:high )?tech(?:nology)?",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NOT_TICKERS = _words(
    "A AI APV ARR ASAP B2B B2C CAGR CAPEX CAPM CEO CF CFO CHF COO CORP CPI CTO CY DA DCF DDM EBIT EBITA EBITDA EBT EPS "
    "ERP ESG ETF EU EUR EV EVA FCF FCFE FCFF FY G GBP GDP H INC IPO IRR IT JPY KPI LBO LLC LTD LTM M MIRR ML MRP MRR "
    "NASDAQ NAV NOPAT NPV NTM NWC NYSE OK OTC PB PDF PE PEG PLC PS Q QOQ RF ROA ROE ROI ROIC RONIC SAAS SEC SOTP TAX "
    "TGR TTM TV UAE UK US USA USD VC WACC X YOY YTD"
)
FILLER = _words(
    "a about above after again all also an analyse analysis analyze and annual annually any appraise approx "
    "approximately are around as assess assessment assume assumed assumes assuming assumption assumptions at based be "
    "because beside build business but by calculate can case cases co company company's compute conduct constant convention "
    "corp corp. corporation could create current currently dcf determine discounted do does dollar dollars each equal "
    "equals estimate evaluate every expected explicit fair figure find firm first fiscal for forecast forecasting "
    "forecasts from full generate get give given group had has have healthy hello help hi high horizon how i if in "
    "inc inc. include including initial into intrinsic is it its just last let level like listed low ltd make me "
    "model modeling modelling models much my name nasdaq need new next now nyse of on one onwards or our over own p.a "
    "per perform performing period plan plc please plus prepare prepared produce project projected projecting "
    "projection projections provide public publicly put quick range rate rates ratio roughly run s scenario scenarios "
    "sector set share shares should show simple small solid some stable standard start starting steady stock strong "
    "such symbol take tell than thank thanks that the their them then there these they this through ticker to today "
    "total under until up us usd use used uses using valuation valuations value valued values valuing via want was we "
    "well were what what's whats when where which while will with within work worth would year year's yearly years "
    "yet you young your"
)


def spaced(words: str) -> str:
    """Let a blank of a rule stand for any short separator, as in "risk-free" and "risk_free"."""
    return words.replace(" ?", r"[\s_-]?").replace(" ", r"[\s_-]{1,3}").replace("<Y>", YEARS)
