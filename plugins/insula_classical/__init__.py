"""Classical models beside the networks: fitted at once, to what is known of a whole window."""

from insula import hookimpl


@hookimpl
def register_architectures():
    """Offer the models."""
    return {
        "random_forest": "insula_classical.random_forest:RandomForest",
        "gradient_boosting": "insula_classical.gradient_boosting:GradientBoosting",
        "logistic_regression": "insula_classical.logistic_regression:LogisticRegression",
        "svm": "insula_classical.svm:SVM",
    }
