"""Temporal cells: LSTM in one direction and in both, GRU, causal convolutions, and those that know time."""

from insula import hookimpl


@hookimpl
def register_cells():
    """Offer the cells."""
    return {
        "lstm": "insula_cells.lstm:LSTM",
        "gru": "insula_cells.gru:GRU",
        "blstm": "insula_cells.blstm:BLSTM",
        "euler_ltc": "insula_cells.euler_ltc:EulerLTC",
        "ltc": "insula_cells.ltc:LTC",
        "neuron_ltc": "insula_cells.neuron_ltc:NeuronLTC",
        "cfc": "insula_cells.cfc:CfC",
        "ctrnn": "insula_cells.ctrnn:CTRNN",
        "tcn": "insula_cells.tcn:TCN",
    }
