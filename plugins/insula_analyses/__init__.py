"""Analyses of held-out predictions."""

from insula import hookimpl


@hookimpl
def register_analyses():
    """Offer the analyses."""
    return {
        "metrics": "insula_analyses.metrics:Metrics",
        "per_class": "insula_analyses.per_class:PerClass",
        "per_subject": "insula_analyses.per_subject:PerSubject",
        "confusion": "insula_analyses.confusion:Confusion",
        "roc": "insula_analyses.roc:ROC",
        "calibration": "insula_analyses.calibration:Calibration",
        "top_confusions": "insula_analyses.top_confusions:TopConfusions",
        "complexity": "insula_analyses.complexity:Complexity",
        "model_drawing": "insula_analyses.model_drawing:ModelDrawing",
        "preprocessing_steps": "insula_analyses.preprocessing_steps:PreprocessingSteps",
        "embedding_map": "insula_analyses.embedding_map:EmbeddingMap",
        "attention": "insula_analyses.attention:Attention",
        "neuron_dynamics": "insula_analyses.neuron_dynamics:NeuronDynamics",
        "permutation_importance": "insula_analyses.permutation_importance:PermutationImportance",
        "robustness": "insula_analyses.robustness:Robustness",
    }
