"""A recipe becomes a character: body, face, hair, clothes, springs, expressions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.atlas import Item, share_materials
from cyberdirector.character.body import Body, build_body
from cyberdirector.character.colliders import GROUPS, body_colliders
from cyberdirector.character.expressions import vrm_expressions
from cyberdirector.character.face.build import Face, build_face
from cyberdirector.character.face.materials import FACE
from cyberdirector.character.face.topology import face_loops
from cyberdirector.character.hair import build_hair
from cyberdirector.character.merge import Wardrobe, piece_part
from cyberdirector.character.modesty import modesty_part
from cyberdirector.character.piece import Chain, Piece, unique_chains
from cyberdirector.character.provenance import Provenance, provenance_meta
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.ride import ride_skin
from cyberdirector.character.template import load_template
from cyberdirector.character.thin import thin_parts
from cyberdirector.character.wardrobe import build_outfit
from cyberdirector.character.wardrobe.kinds import held_in
from cyberdirector.core.hashing import content_hash, seed_of
from cyberdirector.core.model import (
    Character,
    LookAt,
    MeshPart,
    Node,
    Spring,
    SpringJoint,
)

LICENCE = "https://vrm.dev/licenses/1.0/"

_RIDES = ("beard", "moustache", "goatee")


def compile_character(
    recipe: Recipe, seed: int = 0, origin: Provenance | None = None
) -> Character:
    """Return the character of a recipe (deterministic, about three seconds).

    Parameters
    ----------
    recipe
        What to make.
    seed
        Of the small irregularities of hair and cloth.
    origin
        What it was designed from; kept in the file and its licence.

    Raises
    ------
    InputRefused
        A hairstyle, garment, colour or dial is unknown.
    AdapterUnavailable
        The body data are not in the model store.
    """
    body = build_body(load_template(), recipe.body_shape(), recipe.body_style())
    garments = recipe.garments(seed_of(recipe.id, seed, "cloth") % 2**31)
    outfit = build_outfit(body, garments, recipe.barefoot)
    hair_spec = recipe.hair_spec(seed_of(recipe.id, seed, "hair") % 2**31)
    hair = build_hair(body, hair_spec, outfit.pieces)
    bare = recipe.hair.style == "bald"
    face = build_face(body, recipe.face_look(), outfit.hidden, bare)
    pieces = [*hair, *outfit.pieces]
    chains = unique_chains(pieces)
    nodes, first = _add_chains(body, chains)

    store = Wardrobe()
    for part in face.parts:
        store.add(part, face.materials[part.material], face.textures)
    cloth = [Item(_piece(p, first, body, face), p.material, p.textures) for p in pieces]
    modesty = modesty_part(body, outfit.hidden)
    if modesty is not None:
        cloth.append(Item(*modesty, []))
    for item in share_materials(cloth):
        store.add(item.part, item.material, item.textures)
    colliders, groups = body_colliders(body)
    character = Character(
        name=recipe.name.zh,
        nodes=nodes,
        humanoid=body.humanoid,
        parts=store.parts(),
        materials=store.materials,
        textures=store.textures,
        expressions=vrm_expressions(),
        colliders=colliders,
        collider_groups=groups,
        springs=[_spring(chain, first) for chain in chains],
        look_at=_look_at(body),
        meta=_meta(recipe) | (provenance_meta(origin) if origin else {}),
    )
    character.parts = thin_parts(character)
    character.extras = _extras(recipe, seed, body, lip_probe(body, character.parts))
    if origin is not None:
        character.extras["provenance"] = origin.as_dict()
    _put_on_floor(character)
    return character


def _put_on_floor(character: Character) -> None:
    """Move everything up or down so that the lowest vertex is on y = 0."""
    lift = -min(float(p.positions[:, 1].min()) for p in character.parts)
    character.nodes[0] = _lifted(character.nodes[0], lift)
    for part in character.parts:
        part.positions[:, 1] += np.float32(lift)


def _piece(piece: Piece, first: dict[str, int], body: Body, face: Face) -> MeshPart:
    """Return the piece as a part; what grows on the face follows its shapes."""
    rides = any(word in piece.name for word in _RIDES)
    morphs = ride_skin(piece.positions, body, face.deltas) if rides else None
    return piece_part(piece, first, morphs)


def _add_chains(body: Body, chains: list[Chain]) -> tuple[list[Node], dict[str, int]]:
    """Return the nodes of body and chains, and the first node of each chain by name."""
    nodes = [Node(n.name, n.parent, n.translation) for n in body.nodes]
    index = {node.name: i for i, node in enumerate(nodes)}
    first: dict[str, int] = {}
    for chain in chains:
        first[chain.name] = len(nodes)
        parent = index[chain.parent]
        before = body.joint_positions[parent]
        for i, point in enumerate(chain.points):
            x, y, z = (point - before).tolist()
            nodes.append(Node(f"{chain.name}_{i}", parent, (x, y, z)))
            parent, before = len(nodes) - 1, point
    return nodes, first


def _spring(chain: Chain, first: dict[str, int]) -> Spring:
    start = first[chain.name]
    joints = [
        SpringJoint(
            start + i, chain.hit_radius, chain.stiffness, chain.gravity,
            (0.0, -1.0, 0.0), chain.drag,
        )
        for i in range(len(chain.points))
    ]  # fmt: skip
    return Spring(chain.name, joints, [GROUPS.index(name) for name in chain.colliders])


def _lifted(node: Node, lift: float) -> Node:
    x, y, z = node.translation
    return Node(node.name, node.parent, (x, y + lift, z))


def _look_at(body: Body) -> LookAt:
    eyes = 0.5 * (body.bone("leftEye") + body.bone("rightEye")) - body.bone("head")
    return LookAt(offset_from_head=(0.0, float(eyes[1]), float(eyes[2])))


def _meta(recipe: Recipe) -> dict[str, object]:
    """Return the VRM meta: made from CC0 data, free to use for anyone."""
    return {
        "name": recipe.name.zh,
        "version": str(recipe.version),
        "authors": ["CyberDirector"],
        "copyrightInformation": "Body data: MakeHuman (CC0)",
        "licenseUrl": LICENCE,
        "avatarPermission": "everyone",
        "allowExcessivelyViolentUsage": False,
        "allowExcessivelySexualUsage": False,
        "commercialUsage": "corporation",
        "allowPoliticalOrReligiousUsage": False,
        "allowAntisocialOrHateUsage": False,
        "creditNotation": "unnecessary",
        "allowRedistribution": True,
        "modification": "allowModificationRedistribution",
    }


def _extras(recipe: Recipe, seed: int, body: Body, probe: list[list[int]]) -> dict[str, object]:
    data = recipe.model_dump(mode="json", by_alias=True)
    return {
        "recipe": data,
        "recipe_hash": content_hash(data),
        "seed": seed,
        "head_radius": body.head_radius,
        "head_centre": [float(v) for v in body.head_centre - body.bone("head")],
        "style": {k: float(v) for k, v in recipe.manner.items()},
        "lip_probe": probe,
        "holds": list(held_in((g.kind, g.params) for g in recipe.wardrobe)),
    }


def lip_probe(body: Body, parts: list[MeshPart]) -> list[list[int]]:
    """Return [part, upper vertex, lower vertex] where the inner lips lie over each other.

    ``parts`` still stand where the body stands (before the feet are put on the floor).
    """
    loops = face_loops(body.template)
    number = next(i for i, p in enumerate(parts) if p.material == FACE)
    points = parts[number].positions.astype(np.float64)
    upper, lower = loops.upper_lip[3:-3], loops.lower_lip[2:-2]
    out = []
    for low in lower:
        high = upper[np.abs(body.positions[upper, 0] - body.positions[low, 0]).argmin()]
        out.append(
            [number, _row(points, body.positions[high]), _row(points, body.positions[low])]
        )
    return out


def _row(points: NDArray[np.float64], point: NDArray[np.float64]) -> int:
    return int(np.linalg.norm(points - point, axis=1).argmin())
