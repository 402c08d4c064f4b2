"""The two readings of beta, fitted to the past and forecast, as documents: one way of telling them apart."""

from trimtab.beta.estimate import BetaEstimate, BetaReading, Betas, SpeaksOf
from trimtab.exposure.expose import BothReadings, PortfolioBeta, PositionBeta, PositionExposure
from trimtab.report.documents.write import Document

__all__ = [
    "estimate_readings",
    "portfolio_beta_document",
    "position_readings",
    "readings_document",
    "speaks_of_document",
]


def speaks_of_document(speaks_of: SpeaksOf) -> Document:
    """Write what betas are a statement about; the horizon counts trading days, 0 means today."""
    return {
        "reading": speaks_of.reading.value,
        "horizon_days": None if speaks_of.reading is BetaReading.FIT else speaks_of.horizon,
        "words": str(speaks_of),
    }


def portfolio_beta_document(beta: PortfolioBeta) -> Document:
    """Write a portfolio beta with its error, its interval, and what they speak of."""
    return {
        "value": beta.value,
        "stderr": beta.stderr,
        "low": beta.low,
        "high": beta.high,
        "level": 0.95,
        "speaks_of": speaks_of_document(beta.speaks_of),
    }


def readings_document(measured: BothReadings) -> Document:
    """Write portfolio beta in either reading: `fitted` and `forecast`, null where the method does not give it."""
    return {
        name: None if beta is None else portfolio_beta_document(beta)
        for name, beta in (("fitted", measured.fitted), ("forecast", measured.forecast))
    }


def position_readings(line: PositionExposure, front: SpeaksOf) -> Document:
    """Write the beta of one position in either reading; null where there is none.

    Parameters
    ----------
    front
        What the position's own `beta` speaks of.
    """
    own = None
    if line.beta_exposure is not None:
        own = PositionBeta(beta=line.beta, stderr=line.stderr, beta_exposure=line.beta_exposure)
    pair = {"fitted": own, "forecast": line.companion}
    if front.reading is BetaReading.FORECAST:
        pair = {"fitted": line.companion, "forecast": own}
    return {
        name: None
        if found is None
        else {"beta": found.beta, "stderr": found.stderr, "beta_exposure": found.beta_exposure}
        for name, found in pair.items()
    }


def estimate_readings(betas: Betas, asset: str) -> Document:
    """Write one asset's beta in either reading; null where the method does not give it."""
    pair = {"fitted": betas.reading(BetaReading.FIT), "forecast": betas.reading(BetaReading.FORECAST)}
    return {name: None if found is None else _value(found[asset]) for name, found in pair.items()}


def _value(estimate: BetaEstimate) -> Document:
    return {
        "value": estimate.value,
        "stderr": estimate.stderr,
        "n_obs": estimate.n_obs,
        "method": estimate.method,
        "reason": None if estimate.reason is None else estimate.reason.value,
    }
