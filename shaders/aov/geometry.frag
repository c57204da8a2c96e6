#include "aov/cut.glsl"
in vec4 v_normal;
in vec4 v_before;
uniform vec2 size;
uniform int number;
layout(location = 0) out vec4 shape;    // world normal, metres along the view axis
layout(location = 1) out vec4 motion;   // pixels since the frame before: right, down; w: number

void main() {
    cut();
    vec3 n = normalize(v_normal.xyz + vec3(0.0, 1e-9, 0.0));
#ifndef HULL
    if (!gl_FrontFacing) n = -n;
#endif
    shape = vec4(n, v_normal.w);
    vec2 before = (v_before.xy / max(v_before.w, 1e-3) * 0.5 + 0.5) * size;
    motion = vec4((gl_FragCoord.xy - before) * vec2(1.0, -1.0), 0.0, float(number));
}
