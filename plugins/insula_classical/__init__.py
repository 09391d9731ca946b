"""Classical models beside the networks: fitted at once, to what is known of a whole window."""

from insula import hookimpl


@hookimpl
def register_architectures():
    """Offer the models."""
    return {
        "random_forest": "insula_classical.random_forest:RandomForest",
        "logistic_regression": "insula_classical.logistic_regression:LogisticRegression",
    }
