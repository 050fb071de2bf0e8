"""Try changes of the watchlist on a text, and propose those that make it a hit, or no longer a hit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from monitor.advice.candidates import changes_to_make_hit, changes_to_prevent_hit
from monitor.config import Config, ConfigurationFiles, load
from monitor.config.document.edit import Edit, Setting, edit_setting
from monitor.errors import ConfigError
from monitor.model import Text
from monitor.watchlist import Explanation, Watchlist, compile_watchlist, judge, run_tests

MAX_TRIED = 12
MAX_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ExplainedText:
    """A text for which changes are proposed, with the explanation why it is a hit or not."""

    text: Text
    feed: str  # key of the feed that it comes from; empty: none
    actor: str | None  # the actor that a text without a hit is about, as the user says; None: not said
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the watchlist that was tried and makes the text a hit, or no longer a hit."""

    setting: Setting
    edit: Edit
    watchlist: Watchlist  # with the change
    failing: tuple[str, ...]  # titles of the examples in [[tests]] that fail because of it
    tests: int  # how many there are


def propose(
    subject: ExplainedText, config: Config, watchlist: Watchlist, environ: Mapping[str, str]
) -> tuple[Proposal, ...]:
    """Return up to ``MAX_SHOWN`` changes that make the text of *subject* a hit, or no hit if it is one.

    Each change was written into the text of the main file, which was then loaded and applied to the text. Changes that
    make an example of ``[[tests]]`` fail come last.

    Args:
        subject: The text, with the explanation why it is a hit or not.
        config: The configuration.
        watchlist: The watchlist compiled from *config*.
        environ: The environment variables, for placeholders of secrets.
    """
    text, actor, explanation = subject.text, subject.actor, subject.explanation
    is_hit = bool(explanation.judgement.rules)
    settings = (
        changes_to_prevent_hit(explanation, text) if is_hit else changes_to_make_hit(explanation, config, text, actor)
    )
    passing = {result.test.number for result in run_tests(watchlist, config.tests) if result.passed}
    found: list[Proposal] = []
    for setting in islice(_distinct(settings), MAX_TRIED):
        edit = edit_setting(_main_text(config), setting, extends=_is_defined(config, setting))
        changed = _loaded(config, edit, environ) if edit else None
        if edit is None or changed is None:
            continue
        after = judge(changed[1], text, feed=subject.feed)
        if bool(after.rules) is is_hit or (actor and not is_hit and actor not in after.actors):
            continue
        results = run_tests(changed[1], changed[0].tests)
        failing = tuple(r.test.title for r in results if not r.passed and r.test.number in passing)
        found.append(Proposal(setting, edit, changed[1], failing, len(results)))
        if sum(not proposal.failing for proposal in found) == MAX_SHOWN:
            break
    return tuple(sorted(found, key=lambda proposal: bool(proposal.failing))[:MAX_SHOWN])


def _distinct(settings: Iterable[Setting]) -> Iterator[Setting]:
    return iter(dict.fromkeys(settings))


def _main_text(config: Config) -> str:
    return config.files.texts[str(config.path)]


def _is_defined(config: Config, setting: Setting) -> bool:
    return setting.name in getattr(config, setting.section)


def _loaded(config: Config, edit: Edit, environ: Mapping[str, str]) -> tuple[Config, Watchlist] | None:
    """Return the configuration after *edit*, and its compiled watchlist; None if it has errors."""
    texts = {**config.files.texts, str(config.path): edit.text}
    loaded = load(config.path, environ=environ, instead=ConfigurationFiles(texts, config.files.matches))
    if loaded.config is None:
        return None
    try:
        return loaded.config, compile_watchlist(loaded.config)
    except ConfigError:
        return None
