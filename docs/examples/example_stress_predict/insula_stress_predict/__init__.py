"""Stress-Predict: people under stress and at rest, with a wristband."""

from insula import hookimpl

INSULA_API = 1


@hookimpl
def register_datasets():
    """Offer the dataset."""
    return {"stress_predict": "insula_stress_predict.dataset:StressPredict"}


@hookimpl
def register_readers():
    """Offer the readers of its signals."""
    return {
        "stress_predict_e4": "insula_stress_predict.wristband:Wristband",
        "stress_predict_hr": "insula_stress_predict.heart_rate:HeartRate",
    }
