"""Protocols: who trains, who validates, who is tested."""

from insula import hookimpl


@hookimpl
def register_splits():
    """Offer the splits."""
    return {
        "random_windows": "insula_splits.random_windows:RandomWindows",
        "within_trial_blocks": "insula_splits.within_trial_blocks:WithinTrialBlocks",
        "leave_trials_out": "insula_splits.leave_trials_out:LeaveTrialsOut",
        "leave_stimulus_out": "insula_splits.leave_stimulus_out:LeaveStimulusOut",
        "subject_kfold": "insula_splits.subject_kfold:SubjectKFold",
        "leave_one_subject_out": "insula_splits.leave_one_subject_out:LeaveOneSubjectOut",
        "subject_and_stimulus": "insula_splits.subject_and_stimulus:SubjectAndStimulus",
        "leave_dataset_out": "insula_splits.leave_dataset_out:LeaveDatasetOut",
        "speaker": "insula_splits.speaker:Speaker",
        "session": "insula_splits.session:Session",
        "calibrated": "insula_splits.calibrated:Calibrated",
        "group": "insula_splits.group:Group",
        "predefined": "insula_splits.predefined:Predefined",
    }
