"""A small interpreter of ABNF (RFC 5234, RFC 7405) as general libraries have it: rules as objects, every way to match
tried in turn, the longest repetition first."""

import re
from collections.abc import Callable, Iterator

Match = Callable[[str, int], Iterator[int]]  # from a place in the text to the places a match may end
TOKEN = re.compile(r'%s"[^"]*"|"[^"]*"|%x[0-9A-F]+(?:-[0-9A-F]+)?|\d*\*\d*|[A-Za-z][A-Za-z0-9-]*|\d+|[()\[\]/]')


class Grammar:
    """`text` holds one rule a line: `name = definition`."""

    def __init__(self, text: str, capture: set[str]):
        self.capture = capture
        self.captured: dict[str, tuple[int, int]] = {}
        self.rules: dict[str, Match] = {}
        for line in filter(None, map(str.strip, text.splitlines())):
            name, _, definition = line.partition(" = ")
            tokens = TOKEN.findall(definition)
            self.rules[name] = self._named(name, self._choice(tokens))

    def parse(self, name: str, text: str) -> dict[str, str]:
        """The captured rules' texts. Raises ValueError when the whole text is no `name`."""
        self.captured = {}
        for end in self.rules[name](text, 0):
            if end == len(text):
                return {rule: text[start:until] for rule, (start, until) in self.captured.items()}
        raise ValueError(f"The text is no {name}.")

    def _named(self, name: str, match: Match) -> Match:
        if name not in self.capture:
            return match

        def matched(text: str, at: int) -> Iterator[int]:
            for end in match(text, at):
                self.captured[name] = (at, end)
                yield end

        return matched

    def _choice(self, tokens: list[str]) -> Match:
        options = [self._row(tokens)]
        while tokens and tokens[0] == "/":
            tokens.pop(0)
            options.append(self._row(tokens))
        return options[0] if len(options) == 1 else lambda text, at: (end for one in options for end in one(text, at))

    def _row(self, tokens: list[str]) -> Match:
        parts = []
        while tokens and tokens[0] not in ")]/":
            parts.append(self._repeated(tokens))
        return row(parts)

    def _repeated(self, tokens: list[str]) -> Match:
        if not (tokens[0][0].isdigit() or tokens[0][0] == "*"):
            return self._one(tokens)
        least, star, most = tokens.pop(0).partition("*")
        return repeat(self._one(tokens), int(least or 0), int(most or 10**9) if star else int(least))

    def _one(self, tokens: list[str]) -> Match:
        token = tokens.pop(0)
        if token in "([":
            inner = self._choice(tokens)
            tokens.pop(0)
            return inner if token == "(" else repeat(inner, 0, 1)
        if token[0] in '"%':
            return terminal(token)
        return lambda text, at: self.rules[token](text, at)


def row(parts: list[Match]) -> Match:
    def matched(text: str, at: int, number: int = 0) -> Iterator[int]:
        if number == len(parts):
            yield at
            return
        for end in parts[number](text, at):
            yield from matched(text, end, number + 1)

    return matched


def repeat(one: Match, least: int, most: int) -> Match:
    def matched(text: str, at: int) -> Iterator[int]:
        ends = [at]  # greedy, one way for each repetition, then back step by step
        while len(ends) <= most and (end := next(one(text, ends[-1]), None)) is not None and end > ends[-1]:
            ends.append(end)
        yield from reversed(ends[least:])

    return matched


def terminal(token: str) -> Match:
    if token.startswith("%x"):
        low, _, high = token[2:].partition("-")
        first, last = chr(int(low, 16)), chr(int(high or low, 16))
        return lambda text, at: iter((at + 1,) if at < len(text) and first <= text[at] <= last else ())
    exact, said = token.startswith("%s"), token.removeprefix("%s")[1:-1]

    def matched(text: str, at: int) -> Iterator[int]:
        found = text[at : at + len(said)]
        if found == said or (not exact and found.lower() == said.lower()):
            yield at + len(said)

    return matched
