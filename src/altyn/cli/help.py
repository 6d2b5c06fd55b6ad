"""The form of the help: a flag stands alone, an option with a value names the value.

typer prints a Python type with every parameter: <bool> with a flag.
"""

from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

if TYPE_CHECKING:
    from typer._click.core import Context, Parameter
    from typer._click.shell_completion import CompletionItem


class PlainCommand(TyperCommand):
    """A command whose help has no Python types."""

    def get_params(self, ctx: "Context") -> "list[Parameter]":
        """The parameters, each with the word that stands for its value."""
        return _plain(super().get_params(ctx))

    def shell_complete(self, ctx: "Context", incomplete: str) -> "list[CompletionItem]":
        """The options and, where an argument may begin with a hyphen, what the argument offers."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-") and ctx.ignore_unknown_options:
            for each in self.params:
                found += each.shell_complete(ctx, incomplete) if each.nargs == -1 else []
        return found


class PlainGroup(TyperGroup):
    """A group of commands whose help has no Python types."""

    def get_params(self, ctx: "Context") -> "list[Parameter]":
        """As for a command."""
        return _plain(super().get_params(ctx))


def use_plain_help(app: typer.Typer) -> None:
    """Give every command and group of `app` this help."""
    app.info.cls = PlainGroup
    for command in app.registered_commands:
        command.cls = PlainCommand
    for group in app.registered_groups:
        group.cls = PlainGroup
        if group.typer_instance is not None:
            use_plain_help(group.typer_instance)


def _plain(parameters: "list[Parameter]") -> "list[Parameter]":
    for each in parameters:
        if isinstance(each, TyperOption) and each.metavar is None:
            long_name = max(each.opts, key=len).lstrip("-")
            each.metavar = "" if each.is_flag else long_name.replace("-", "_").upper()
        elif each.param_type_name == "argument":
            _name_argument(each)
    return parameters


def _name_argument(argument: "Parameter") -> None:
    """An argument is named once, in the first column."""
    argument.display_type_rich = lambda **_: None  # type: ignore[attr-defined]
