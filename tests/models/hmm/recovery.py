"""A fit recovers the model that its data came from: the truth is as likely as chance allows."""

from scipy import stats

from statsim.testing.verdict import ALPHA, Verdict, settle


def assert_recovers(model, truth, X, *, alpha=ALPHA):
    """Assert by Wilks' theorem (1938, Ann. Math. Stat. 9): twice the log-likelihood ratio follows about chi-squared with the free parameters as its degrees.

    All parameters are judged at once, in standard errors of the data. The law holds to the order of 1 / n, and the statistic is taken smaller by
    the share p / n of parameters to sequences (Lawley 1956, Biometrika 43, has a factor of that order).
    """
    p = model.n_parameters()
    ratio = 2.0 * (model.log_likelihood(X) - truth.log_likelihood(X))
    assert ratio > 0.0, f"the truth is more likely than the fit, by {-ratio / 2:g}: the fit is no optimum"
    settled = ratio / (1.0 + p / len(X))
    verdict = Verdict(
        law=f"chi-squared with {p} degrees of freedom", statistic_name="likelihood ratio", statistic=settled, p_value=float(stats.chi2.sf(settled, p)),
        alpha=alpha, n=len(X), detects=float(stats.chi2.isf(alpha, p)), effect="a noncentrality, twice the log-likelihood that the truth lacks,",
    )  # fmt: skip
    return settle(verdict)
