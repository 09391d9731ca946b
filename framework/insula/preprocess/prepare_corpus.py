"""Prepare a run's data, dataset by dataset: each as if it were alone, so that what the store has of it is found."""

from collections.abc import Sequence
from dataclasses import replace

from insula.errors import DataError
from insula.preprocess.prepare import Prepared, Source, prepare, recording_stages
from insula.sources.corpora import Corpora
from insula.sources.corpus import Corpus
from insula.sources.lot import Lot
from insula.sources.store import Store
from insula.types import Signal, Trial


def prepare_corpus(
    corpus: Corpus | Corpora, trials: Sequence[Trial], sources: Sequence[Source], store: Store, *, progress: bool = True
) -> Prepared:
    """Prepare every recording of every stream; recordings bear the names that the run gives them.

    Parameters
    ----------
    corpus
        Where the trials are from.
    trials
        Of the corpus, all or some.
    sources
        Of all datasets.

    Raises
    ------
    DataError
        If not one recording of a stream of a dataset can be used.
    """
    joined = Prepared()
    for lot in corpus.lots(trials):
        own = [source for source in sources if source.dataset == lot.key]
        try:
            found = prepare(lot.choice, lot.trials, own, store, progress=progress)
        except DataError as error:
            raise DataError(f"dataset.{lot.key}: {error}" if lot.key else str(error)) from error
        _take(joined, found, lot)
    return joined


def corpus_stages(corpus: Corpus | Corpora, sources: Sequence[Source], stream: str) -> list[tuple[str, Signal]]:
    """Return a stream's first usable recording as read (``raw``) and after every step that all folds share."""
    for lot in corpus.lots(corpus.trials):
        own = [source for source in sources if (source.dataset, source.stream) == (lot.key, stream)]
        if own and (found := recording_stages(lot.choice, own, lot.trials, stream)):
            return found
    return []


def _take(joined: Prepared, found: Prepared, lot: Lot) -> None:
    named = {own.recording: known.recording for own, known in zip(lot.trials, lot.known_as, strict=True)}
    joined.signals.update({(stream, named[name]): stored for (stream, name), stored in found.signals.items()})
    joined.keys.update({(stream, named[name]): key for (stream, name), key in found.keys.items()})
    of = f" of {lot.key}" if lot.key else ""
    joined.left_out += [replace(item, what=f"{item.what}{of}") for item in found.left_out]
