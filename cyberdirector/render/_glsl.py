"""What a GLSL text declares: conditions, attributes, uniforms and std140 block layouts.

Only the part of the language that our shader files use: one declaration a line, no macros
in types, array sizes that are numbers or defines.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cyberdirector.core.errors import Location, RenderFailed

Defines = Mapping[str, float]

_WORD = re.compile(r"[A-Za-z_]\w*")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
_DIRECTIVE = re.compile(r"^\s*#\s*(\w+)\s*(.*?)\s*$")
_CONDITIONS = ("if", "ifdef", "ifndef", "elif")
_DECLARATION = re.compile(
    r"^\s*(?:layout\s*\([^)]*\)\s*)?(?:(?:flat|smooth|centroid|invariant)\s+)*"
    r"(in|out|uniform)\s+(?:(?:lowp|mediump|highp)\s+)?(\w+)\s+(\w+)\s*(?:\[\s*(\w+)\s*\])?\s*;"
)
_BLOCK = re.compile(r"layout\s*\(\s*std140\s*\)\s*uniform\s+(\w+)\s*\{(.*?)\}\s*;", re.S)
_MEMBER = re.compile(r"^\s*(\w+)\s+(\w+)\s*(?:\[\s*(\w+)\s*\])?\s*;\s*$")

# (bytes, alignment) of scalars, vectors and matrices (OpenGL 4.6 core, 7.6.2.2).
_STD140 = {
    "float": (4, 4), "int": (4, 4), "uint": (4, 4), "bool": (4, 4),
    "vec2": (8, 8), "ivec2": (8, 8), "uvec2": (8, 8),
    "vec3": (12, 16), "ivec3": (12, 16), "uvec3": (12, 16),
    "vec4": (16, 16), "ivec4": (16, 16), "uvec4": (16, 16),
    "mat2": (32, 16), "mat3": (48, 16), "mat4": (64, 16),
}  # fmt: skip


@dataclass(frozen=True)
class Member:
    """One value of a uniform block.

    Attributes
    ----------
    name, type
        As declared.
    count
        Length of the array, 0 for a single value.
    offset, stride
        Bytes from the start of the block, and between elements (0 for a single value).
    """

    name: str
    type: str
    count: int
    offset: int
    stride: int


@dataclass(frozen=True)
class Block:
    """A std140 uniform block: its members and its size in bytes."""

    name: str
    members: tuple[Member, ...]
    size: int

    def offset(self, name: str) -> int:
        """Return the byte offset of member ``name``."""
        return next(m.offset for m in self.members if m.name == name)


@dataclass
class Interface:
    """Declarations of one or more stages: name → type (with ``[n]`` for arrays)."""

    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    uniforms: dict[str, str] = field(default_factory=dict)
    samplers: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)


def strip_comments(text: str) -> str:
    """Return ``text`` without comments, with the same lines."""
    return _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)


def condition_words(text: str) -> set[str]:
    """Return all names that conditions of ``text`` ask for and that it does not define."""
    asked: set[str] = set()
    for line in strip_comments(text).splitlines():
        found = _DIRECTIVE.match(line)
        if found and found.group(1) in _CONDITIONS:
            asked |= set(_WORD.findall(found.group(2))) - {"defined"}
    return asked - defined_words(text)


def defined_words(text: str) -> set[str]:
    """Return all names that ``text`` defines."""
    found = map(_DIRECTIVE.match, strip_comments(text).splitlines())
    return {
        _WORD.findall(m.group(2))[0] for m in found if m is not None and m.group(1) == "define"
    }


def free_words(text: str, names: set[str]) -> set[str]:
    """Return which of ``names`` code outside of conditions uses."""
    used: set[str] = set()
    for line in strip_comments(text).splitlines():
        found = _DIRECTIVE.match(line)
        if not found or found.group(1) == "define":
            used |= set(_WORD.findall(line))
    return used & names


def active_text(text: str, defines: Defines) -> str:
    """Return the lines of ``text`` whose conditions hold, without directives and comments."""
    known: dict[str, str] = {key: f"{value}" for key, value in defines.items()}
    stack: list[tuple[bool, bool]] = []  # (this branch holds, an earlier one did)
    out: list[str] = []
    for line in strip_comments(text).splitlines():
        found = _DIRECTIVE.match(line)
        live = all(branch for branch, _ in stack)
        if not found:
            if live:
                out.append(line)
            continue
        word, rest = found.groups()
        if word in ("if", "ifdef", "ifndef"):
            holds = live and _holds(word, rest, known)
            stack.append((holds, holds))
        elif word in ("elif", "else") and stack:
            _, before = stack.pop()
            outer = all(branch for branch, _ in stack)
            holds = outer and not before and (word == "else" or _holds("if", rest, known))
            stack.append((holds, before or holds))
        elif word == "endif" and stack:
            stack.pop()
        elif word == "define" and live:
            name, _, value = rest.partition(" ")
            known.setdefault(name.split("(")[0], value.strip() or "1")
        elif word == "undef" and live:
            known.pop(rest, None)
    return "\n".join(out) + "\n"


def _holds(word: str, rest: str, known: Mapping[str, str]) -> bool:
    if word == "ifdef":
        return rest in known
    if word == "ifndef":
        return rest not in known
    text = re.sub(
        r"defined\s*(?:\(\s*(\w+)\s*\)|(\w+))",
        lambda found: "1" if (found.group(1) or found.group(2)) in known else "0",
        rest,
    )
    text = _WORD.sub(lambda found: known.get(found.group(), "0"), text)
    text = text.replace("&&", " and ").replace("||", " or ")
    text = re.sub(r"!(?!=)", " not ", text)
    try:
        return bool(_value(ast.parse(text.strip(), mode="eval").body))
    except (SyntaxError, ValueError) as error:
        raise RenderFailed(
            "shader-condition",
            f"着色器条件“#if {rest}”无法理解；请改用 defined、数字与比较。",
            f"The condition '#if {rest}' of a shader is not understood; use defined(), "
            "numbers and comparisons.",
        ) from error


def _value(node: ast.expr) -> float:
    """Evaluate numbers, ``not``, ``and``, ``or``, unary minus and one comparison."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value)
    if isinstance(node, ast.BoolOp):
        values = [bool(_value(v)) for v in node.values]
        return float(all(values) if isinstance(node.op, ast.And) else any(values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        inner = _value(node.operand)
        return float(not inner) if isinstance(node.op, ast.Not) else -inner
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        a, b = _value(node.left), _value(node.comparators[0])
        results = {
            ast.Lt: a < b, ast.LtE: a <= b, ast.Gt: a > b, ast.GtE: a >= b,
            ast.Eq: a == b, ast.NotEq: a != b,
        }  # fmt: skip
        return float(results[type(node.ops[0])])
    raise ValueError(ast.dump(node))


def _length(word: str | None, defines: Defines) -> int:
    if not word:
        return 0
    return int(word) if word.isdigit() else int(defines.get(word, 0))


def _members(body: str, defines: Defines, block: str) -> Iterator[Member]:
    offset = 0
    for line in body.splitlines():
        if not line.strip():
            continue
        found = _MEMBER.match(line)
        if found is None or found.group(1) not in _STD140:
            raise RenderFailed(
                "shader-block",
                f"uniform 块 {block} 的这一行无法理解：{line.strip()}；每行写一个成员。",
                f"A line of uniform block {block} is not understood: '{line.strip()}'; "
                "write one member a line.",
                Location(path=block),
            )
        kind, name, length = found.groups()
        size, align = _STD140[kind]
        count = _length(length, defines)
        stride = 0
        if length:
            # Elements of arrays start at multiples of 16 bytes.
            stride = -(-size // 16) * 16
            size, align = stride * count, 16
        offset = -(-offset // align) * align
        yield Member(name, kind, count, offset, stride)
        offset += size


def interface(text: str, defines: Defines) -> Interface:
    """Return what ``text`` declares when ``defines`` are set."""
    out = Interface()
    active = active_text(text, defines)

    def take(found: re.Match[str]) -> str:
        name, body = found.groups()
        members = tuple(_members(body, defines, name))
        last = members[-1]
        end = last.offset + (last.stride * last.count or _STD140[last.type][0])
        out.blocks[name] = Block(name, members, -(-end // 16) * 16)
        return ""

    for line in _BLOCK.sub(take, active).splitlines():
        found = _DECLARATION.match(line)
        if not found:
            continue
        role, kind, name, length = found.groups()
        written = f"{kind}[{_length(length, defines)}]" if length else kind
        if role == "in":
            out.inputs[name] = written
        elif role == "out":
            out.outputs[name] = written
        elif "sampler" in kind:
            out.samplers[name] = written
        else:
            out.uniforms[name] = written
    return out
