"""Prints, for each file of the standard library that Python compiles, where it sees statements start: a line of JSON a file."""

import concurrent.futures
import json
import os
import sys
import sysconfig
import tokenize
import warnings

LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}


def starts(path):
    """[line, column of the line, first word] of each statement; None when the file is not valid, or not for this tokenizer, or not in UTF-8."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        data.decode()
        compile(data, path, "exec", dont_inherit=True)
        found = []
        is_start = True
        indents = [0]
        with open(path, "rb") as file:
            for token in tokenize.tokenize(file.readline):
                if token.type == tokenize.ERRORTOKEN:
                    return None
                if token.type == tokenize.INDENT:
                    indents.append(len(token.string.expandtabs(8)))
                elif token.type == tokenize.DEDENT:
                    indents.pop()
                elif token.type == tokenize.NEWLINE or (token.type == tokenize.OP and token.string == ";"):
                    is_start = True
                elif is_start and token.type not in LAYOUT:
                    is_word = token.type in (tokenize.NAME, tokenize.NUMBER, tokenize.OP)
                    found.append([token.start[0], indents[-1], token.string if is_word else None])
                    is_start = False
        return path, found
    except (SyntaxError, UnicodeDecodeError, ValueError, tokenize.TokenError):
        return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    roots = sys.argv[1:] or [sysconfig.get_path("stdlib")]
    files = [
        os.path.join(folder, name)
        for root in roots
        for folder, _, names in os.walk(root)
        for name in names
        if name.endswith(".py") and (sys.argv[1:] or "site-packages" not in folder)
    ]
    with concurrent.futures.ProcessPoolExecutor() as pool:
        for result in pool.map(starts, sorted(files), chunksize=16):
            if result:
                print(json.dumps(result))
