// Rain streaks or snow flakes in a box that travels with the camera but stays in the world:
// a drop is a point of an endless lattice, so frame n needs no frame before it.
#include "lib/frame.glsl"
#include "lib/noise.glsl"
in vec2 in_corner;
uniform vec4 shelter_low[SHELTERS];
uniform vec4 shelter_high[SHELTERS];
out vec2 spot;
out float fade;

void main() {
    uint id = uint(gl_InstanceID) * 4u + uint(moment.y * 4096.0) * 65536u;
    vec3 box = vec3(14.0, 9.0, 14.0);
    bool snow = moment.z > 1.5;
    vec3 fall = snow ? vec3(0.25, -1.1, 0.1) : vec3(0.9, -9.5, 0.35);
    fall.y *= 0.85 + 0.3 * hash1(id + 3u);
    vec3 start = vec3(hash1(id), hash1(id + 1u), hash1(id + 2u)) * box;
    vec3 p = start + fall * moment.x;
    if (snow) p.x += sin(moment.x * 1.3 + start.y * 3.0) * 0.2;
    vec3 corner = eye.xyz + view_forward.xyz * 5.0 - box * 0.5;
    p = corner + mod(p - corner, box);
    vec3 along = snow ? view_up.xyz * 0.012 : normalize(fall) * 0.26;
    vec3 side = normalize(cross(along, p - eye.xyz)) * (snow ? 0.012 : 0.0042);
    float d = distance(p, eye.xyz);
    fade = smoothstep(0.5, 1.6, d) * (1.0 - smoothstep(7.0, 9.5, d));
    int count = int(counts.z);
    for (int i = 0; i < SHELTERS; i++) {
        if (i >= count) break;
        vec3 inside = step(shelter_low[i].xyz, p) * step(p, shelter_high[i].xyz);
        fade *= 1.0 - inside.x * inside.y * inside.z;
    }
    if (p.y < 0.0) fade = 0.0;
    // A streak thinner than a pixel keeps its light by fading, not by flickering.
    float thin = (snow ? 0.012 : 0.0042) * screen.z / max(d, 0.1);
    side *= max(1.0, 0.7 / max(thin, 1e-3));
    fade *= min(1.0, thin * 1.4 + 0.15);
    spot = in_corner;
    gl_Position = view_projection * vec4(p + along * in_corner.y + side * in_corner.x, 1.0);
    if (fade <= 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
