"""Which published techniques the figures of a report come from: those that were used, and no others."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

__all__ = ["PARTS", "cited_methods"]

_VASICEK = ("shrinkage towards the mean of the names", "Vasicek (1973), Journal of Finance 28")
_WELCH = ("slope of winsorised returns", "Welch (2022), Critical Finance Review 11")
_KALMAN = ("beta that wanders, filtered", "Harvey (1989), Forecasting, Structural Time Series Models")
_MIXED = (
    ("forecasts mixed by their past errors", "Bates and Granger (1969), Operational Research Quarterly 20"),
    ("weights by ridge regression", "Hoerl and Kennard (1970), Technometrics 12"),
)
_LIMITED = (
    ("filters weighed by their likelihood", "Magill (1965), IEEE Transactions on Automatic Control 10"),
    ("limit on a prior's pull", "Efron and Morris (1972), Journal of the American Statistical Association 67"),
)
_HAC = ("errors under autocorrelation", "Newey and West (1987), Econometrica 55")

#: What each word of a method stands on, as docs/estimators says.
_METHODS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "auto": (_WELCH, _VASICEK, _KALMAN, *_MIXED, *_LIMITED),
        "mixture": (_WELCH, _VASICEK, _KALMAN, *_MIXED),
        "two-speed": (_WELCH, _VASICEK, _KALMAN),
        "ols": (("slope by least squares", "Sharpe (1963), Management Science 9"),),
        "ewma": (("weights that fade", "Hollstein, Prokopczuk, Wese Simen (2019), Journal of Financial Markets 44"),),
        "welch": (_WELCH,),
        "dimson": (("leads and lags", "Dimson (1979), Journal of Financial Economics 7"),),
        "scholes-williams": (
            ("prices that are late", "Scholes and Williams (1977), Journal of Financial Economics 5"),
        ),
        "huber": (("robust regression", "Huber (1973), Annals of Statistics 1"),),
        "lad": (("least absolute deviations", "Bassett and Koenker (1978), JASA 73"),),
        "theil-sen": (("median of slopes", "Sen (1968), JASA 63"),),
        "frazzini-pedersen": (
            ("volatilities apart from correlation", "Frazzini and Pedersen (2014), Journal of Financial Economics 111"),
        ),
        "kalman": (_KALMAN,),
        "kalman-mr": (_KALMAN,),
        "dcc": (("dynamic conditional correlation", "Engle (2002), Journal of Business & Economic Statistics 20"),),
        "downside": (("beta in falls", "Ang, Chen and Xing (2006), Review of Financial Studies 19"),),
        "realised": (("realised covariance", "Barndorff-Nielsen and Shephard (2004), Econometrica 72"),),
        "vasicek": (_VASICEK,),
        "blume": (("adjustment towards one", "Blume (1975), Journal of Finance 30"),),
        "adjusted": (("adjustment towards one", "Blume (1975), Journal of Finance 30"),),
        "double": (("double shrinkage", "Levi and Welch (2017), JFQA 52"),),
        "hac": (_HAC,),
    }
)  # fmt: skip

#: What each part of a report stands on beside its betas.
PARTS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "drift": (
            ("a change by cause, mean over orders of the causes", "Shapley (1953), A value for n-person games"),
        ),
        "ways": (
            ("a band in which trading does not pay", "Whalley and Wilmott (1997), Mathematical Finance 7"),
        ),
        "stress": (
            ("correlation on days of large moves", "Longin and Solnik (2001), Journal of Finance 56; Forbes and"
             " Rigobon (2002), Journal of Finance 57"),
            ("correlations towards one", "Kritzman, Li, Page and Rigobon (2011), Journal of Portfolio Management 37"),
        ),
        "performance": (
            ("alpha", "Jensen (1968), Journal of Finance 23"),
            _HAC,
            ("critical values for those errors", "Kiefer and Vogelsang (2005), Econometric Theory 21"),
            ("error of a Sharpe ratio", "Lo (2002), Financial Analysts Journal 58"),
        ),
        "attribution": (("parts linked over periods", "Carino (1999), Journal of Performance Measurement 3"),),
    }
)  # fmt: skip


def cited_methods(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Give what methods stand on, each once, in the order of their words.

    Parameters
    ----------
    names
        Methods as they name themselves, such as ``weekly|ols(window=104)|vasicek``.

    Examples
    --------
    >>> [technique for technique, _ in cited_methods(["weekly|ols(window=104, errors=hac)|vasicek"])]
    ['slope by least squares', 'errors under autocorrelation', 'shrinkage towards the mean of the names']
    """
    words = (word for name in names for word in _words(name))
    return tuple(dict.fromkeys(line for word in words for line in _METHODS.get(word, ())))


def _words(name: str) -> list[str]:
    for sign in "|(),=+'\"":
        name = name.replace(sign, " ")
    return name.split()
