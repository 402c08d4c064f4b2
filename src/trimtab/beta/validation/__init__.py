"""The league: estimators judged out of sample on a user's own data.

=============  ============================================================================
`schedule`     the dates on which forecasts are made, and how far each looks
`target`       what came true: the beta over the days after each date, with its noise
`candidate`    the estimators that play, and their forecasts at the dates
`measure`      errors of means over overlapping periods, ratios of errors, straight lines
`basket`       random and extreme portfolios, hedged with the forecasts
`score`        one method at one horizon, judged
`verdict`      which method to use, and where differences are within noise
`league`       all of it
=============  ============================================================================
"""
