"""Sources as the project's settings name them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from toolkit import addresses
from toolkit.errors import SourceError
from toolkit.ontology.model import Ontology
from toolkit.project import CommandSettings, HttpSettings, SpacySettings
from toolkit.suggest.model import Source


def make(
    settings: CommandSettings | HttpSettings | SpacySettings,
    ontology: Ontology,
    environment: Mapping[str, str],
    folder: Path,
) -> Source:
    """The source that these settings describe; it is not asked yet, nor loaded.

    Args:
        settings: of a command, an endpoint or a spaCy pipeline.
        ontology: whose names it is to use.
        environment: where an endpoint's token is, and what a command gets of it.
        folder: the workspace's; a command runs there, and paths in the settings start there.

    Raises SourceError where the address is none or the token is missing, BadInputError where the mapping of labels is
    no good.
    """
    match settings:
        case CommandSettings():
            from toolkit.suggest.program import Command

            return Command(settings, ontology, environment, folder)
        case HttpSettings():
            from toolkit.suggest.endpoint import Endpoint

            _check_address(settings)
            return Endpoint(settings, ontology, _token(settings, environment))
        case SpacySettings():
            from toolkit.suggest.pipeline import Pipeline, read_mapping

            return Pipeline(settings, read_mapping(folder / settings.labels, ontology), folder)


def _check_address(settings: HttpSettings) -> None:
    if not addresses.is_root(settings.url.partition("?")[0]):
        raise SourceError(
            f"{settings.name}: {addresses.shown(settings.url)} is no address, or there is a name or password in it",
            next="correct url in configs/project.yaml; a token is named by token_variable",
        )


def _token(settings: HttpSettings, environment: Mapping[str, str]) -> str:
    name = settings.token_variable
    token = environment.get(name, "").strip() if name else ""
    if name and not (token.isascii() and token.isprintable() and token):
        raise SourceError(
            f"{settings.name}: the environment variable {name} has no token in it", next=f"export {name}=…, then again"
        )
    return token
