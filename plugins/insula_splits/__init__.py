"""Protocols: who trains, who validates, who is tested."""

from insula import hookimpl


@hookimpl
def register_splits():
    """Offer the splits."""
    return {
        "random_windows": "insula_splits.random_windows:RandomWindows",
        "leave_trials_out": "insula_splits.leave_trials_out:LeaveTrialsOut",
        "subject_kfold": "insula_splits.subject_kfold:SubjectKFold",
        "leave_one_subject_out": "insula_splits.leave_one_subject_out:LeaveOneSubjectOut",
        "subject_and_stimulus": "insula_splits.subject_and_stimulus:SubjectAndStimulus",
        "group": "insula_splits.group:Group",
        "predefined": "insula_splits.predefined:Predefined",
    }
