"""Features of peripheral signals: pulse, skin conductance, heart rate, skin temperature."""

from insula import hookimpl


@hookimpl
def register_preprocessors():
    """Offer the feature steps."""
    return {
        "hrv": "insula_physio.hrv:HRV",
        "eda": "insula_physio.eda:EDA",
        "heart_rate": "insula_physio.heart_rate:HeartRate",
        "temperature": "insula_physio.temperature:Temperature",
    }
