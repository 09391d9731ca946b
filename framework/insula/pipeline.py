"""The whole flow on one screen.

A Dataset lists Trials and its Readers load their Signals; Preprocessors clean them and make features; windows are cut
and a Split keeps apart what must not mix; for every stream an Encoder, a temporal Cell and a Pooling turn a window
into a vector; a FusionHead joins the streams into outputs; Analyses of held-out predictions make the report.
"""

from functools import partial
from pathlib import Path

from insula.config import RunConfig
from insula.evaluation.blind import stays_closed
from insula.evaluation.controls.run import ControlRun
from insula.evaluation.run import announce, evaluate_folds, summarise_run
from insula.evaluation.run_folder import open_run
from insula.plugin.manager import Plugins
from insula.preprocess.prepare_corpus import corpus_stages, prepare_corpus
from insula.report.blind_page import write_blind_report
from insula.report.page import write_report
from insula.sources.corpora import open_corpora
from insula.sources.store import Store
from insula.stages import (
    audit_run,
    choose_plan,
    choose_sources,
    choose_targets,
    choose_windows,
    make_folds,
)
from insula.windows.cut import cut_windows


def run(config: RunConfig, folder: Path, plugins: Plugins, *, opening: bool = False) -> dict:
    """Run everything: from files to a report in ``folder``. Return what ``metrics.json`` holds.

    The test rows of a blind run stay closed until it is run again with ``opening``.
    """
    store = Store(config.store)
    announce(config.training)
    with open_run(config.plain, folder):
        corpus = open_corpora(config.dataset)
        targets = choose_targets(config, corpus)
        corpus = corpus.labelled({name: target for name, (target, _) in targets.items()})
        sources = choose_sources(config, corpus, plugins)

        prepared = prepare_corpus(corpus, corpus.trials, sources, store, progress=config.training.progress)
        plans, (length, step, require) = choose_windows(config, sources), config.window.values
        windows = cut_windows(corpus.trials, prepared, plans, targets, length, step, store, require, config.copies)
        folds = make_folds(config, windows)
        audit = audit_run(config, windows, folds)
        closed = stays_closed(config.training, audit, folder, opening=opening)

        plan = choose_plan(config, targets)
        runs = evaluate_folds(plan, windows, folds, config.seeds, folder, plugins, about=config.plain, audit=audit)
        controls = {} if closed else ControlRun(config.controls, windows, folds, audit, runs, folder).found()
        stages = partial(corpus_stages, corpus, sources)
        results = summarise_run(
            config.plain, corpus, prepared, windows, folds, runs, audit, stages, controls, closed=closed
        )
        write = write_blind_report if closed else write_report
        return write(results, config.analyses, config.dataset, folder)
