"""The report of a rigging: what was found, how sure it is, and how well the skin bends."""

from __future__ import annotations

from typing import Any

import numpy as np

from cyberdirector.core.skeleton import HUMANOID_BONES
from cyberdirector.rig.rigger import Rigged
from cyberdirector.rig.trials import TOO_FAR, stretches

SCHEMA = "cyberdirector.rig-report"
VERSION = 1


def rig_report(rigged: Rigged) -> dict[str, Any]:
    """Return the report as plain JSON data; lengths in metres, angles in degrees."""
    character, skin, stand = rigged.character, rigged.skin, rigged.stand
    trials = stretches(character)
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "triangles": sum(len(p.triangles) for p in character.parts),
        "draw_calls": len(character.parts),
        "height": round(max(float(p.positions[:, 1].max()) for p in character.parts), 4),
        "unit": stand.unit,
        "scale": stand.scale,
        "turn": [[round(float(v), 6) for v in row] for row in stand.turn],
        "orientation_sure": stand.sure,
        "stance": {
            "kind": rigged.stance.kind,
            "arms_below_level": [round(v, 1) for v in rigged.stance.arms],
            "span_over_height": round(rigged.stance.span, 3),
        },
        "certainty": round(rigged.joints.certainty, 3),
        "joints": {
            name: {
                "at": [round(float(v), 4) for v in rigged.joints.positions[i]],
                "confidence": round(float(rigged.joints.confidence[i]), 3),
                "given": name in rigged.joints.given,
            }
            for i, name in enumerate(HUMANOID_BONES)
        },
        "skin": {
            "from_template": round(float(skin.sure.mean()), 4),
            "hair": round(float(skin.hair.mean()), 4),
            "skirt": round(float(skin.skirt.mean()), 4),
            "rigid": round(float(skin.rigid.mean()), 4),
            "pieces": len(np.unique(skin.pieces)),
            "fit_gap": round(rigged.fitted.residual, 5),
        },
        "trials": {
            name: {
                "stretch_p99": round(found.p99, 3),
                "stretched_edges": round(found.over, 5),
                "flagged": found.p99 > TOO_FAR,
            }
            for name, found in trials.items()
        },
        "face": rigged.face,
        "licence": {
            k: character.meta[k]
            for k in ("commercialUsage", "creditNotation", "thirdPartyLicenses")
            if k in character.meta
        },
        "notes": [{"code": n.code, "zh": n.zh, "en": n.en} for n in rigged.notes],
    }
