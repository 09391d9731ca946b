"""What can go wrong because of an input, one class per kind.

Every message says what is wrong, where, and what to type. The command line prints it without a traceback and ends with
exit code 1; anything that isn't an :class:`InsulaError` is a defect of ours and keeps its traceback.
"""


class InsulaError(Exception):
    """Base of every error that a user can mend."""


class ConfigError(InsulaError):
    """A run that can't be composed: unknown component or option, value out of range, missing choice."""


class PluginError(InsulaError):
    """A plugin that is broken, was written for another API version, or offers a name that another one offers too."""


class DataError(InsulaError):
    """A dataset that isn't where, or isn't what, it was said to be."""


class SignalError(InsulaError):
    """One recording that can't be read or processed; a run leaves it out, counts it, and goes on."""


class StoreError(InsulaError):
    """The prepared-data store can't be written or read."""


class SplitError(InsulaError):
    """A split that the data at hand can't give."""


class TrainingError(InsulaError):
    """A training run that can't start or go on."""


class BundleError(InsulaError):
    """A saved model that can't be written or loaded."""


class InsulaWarning(UserWarning):
    """Something a user should know that ends nothing."""
