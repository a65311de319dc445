"""Does what a program does before it serves: the statements of its `if __name__ == "__main__":` that come before it starts a server, in the
module as a server imports it.

Usage: main-block.py MODULE
"""

import ast
import importlib
import os
import sys

# Ends of the names by which frameworks and servers are started.
STARTS = {"run", "run_app", "run_until_complete", "serve", "serve_forever"}


def starts(node):
    """Whether a statement starts a server, be it further inside."""
    called = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return any(getattr(function, "attr", getattr(function, "id", None)) in STARTS for function in called)


def before_start(statements):
    """The statements up to that which starts a server; of one around it what comes before it inside."""
    kept = []
    for node in statements:
        if not starts(node):
            kept.append(node)
            continue
        inner = before_start(node.body) if hasattr(node, "body") else []
        if inner:
            node.body, node.orelse = inner, []
            kept.append(node)
        break
    return kept


def is_main(node):
    """Whether a statement is the block of a module that runs as a program."""
    names = [inner.id for inner in ast.walk(node.test) if isinstance(inner, ast.Name)] if isinstance(node, ast.If) else []
    return names == ["__name__"]


def main(name):
    sys.path.insert(0, os.getcwd())
    module = importlib.import_module(name)
    with open(module.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read(), module.__file__)
    for block in filter(is_main, list(tree.body)):
        tree.body = before_start(block.body)
        exec(compile(tree, module.__file__, "exec"), vars(module))  # noqa: S102


if __name__ == "__main__":
    main(sys.argv[1])
