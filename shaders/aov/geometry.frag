#include "aov/cut.glsl"
in vec4 v_normal;
in vec4 v_before;
in vec3 v_world;
uniform int number;
uniform int leaf;
layout(location = 0) out vec4 shape;    // world normal, metres along the view axis
layout(location = 1) out vec4 motion;   // pixels since the frame before: right, down; w: number

void main() {
    cut();
    vec3 n = normalize(v_normal.xyz + vec3(0.0, 1e-9, 0.0));
#ifndef HULL
    vec3 toward = eye.xyz - v_world;
    if (leaf != 0) {
        // Leaves have the normals of the whole crown: its far side is mirrored.
        toward = normalize(toward);
        n -= toward * (2.0 * min(dot(n, toward), 0.0));
    } else {
        // What is seen faces the eye, however it is wound.
        vec3 face = cross(dFdx(v_world), dFdy(v_world));
        if (dot(n, face) * dot(face, toward) < 0.0) n = -n;
    }
#endif
    shape = vec4(n, v_normal.w);
    vec2 before = (v_before.xy / max(v_before.w, 1e-3) * 0.5 + 0.5) * screen.xy;
    motion = vec4((gl_FragCoord.xy - before) * vec2(1.0, -1.0), 0.0, float(number));
}
