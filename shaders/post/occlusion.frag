// Ambient occlusion at a quarter of the size from distances alone. Estimator: McGuire, Mara, Luebke,
// "Scalable Ambient Obscurance", HPG 2012, with nine samples on a turned spiral.
#include "lib/noise.glsl"
uniform sampler2D distance_map;
uniform vec4 eye_plane;   // 2 tan(fov/2) aspect, 2 tan(fov/2), width, height
uniform vec4 reach;       // radius (m), bias (m), strength, farthest distance (m)
in vec2 spot;
out vec4 pixel;

vec3 place(ivec2 at, float d) {
    vec2 q = (vec2(at) + 0.5) / eye_plane.zw - 0.5;
    return vec3(q * eye_plane.xy, -1.0) * d;
}

vec3 place_at(ivec2 at) {
    at = clamp(at, ivec2(0), ivec2(eye_plane.zw) - 1);
    return place(at, texelFetch(distance_map, at * 2, 0).r);
}

// The shorter of the two differences stays on the surface at edges.
vec3 slope(vec3 before, vec3 here, vec3 after) {
    vec3 a = here - before;
    vec3 b = after - here;
    return abs(a.z) < abs(b.z) ? a : b;
}

// Nine places on two and a half turns of a spiral.
const vec2 SPIRAL[9] = vec2[9](
    vec2(0.0357, 0.0426), vec2(-0.1443, 0.0833), vec2(-0.0950, -0.2610),
    vec2(0.3830, -0.0675), vec2(0.0000, 0.5000), vec2(-0.6018, -0.1061),
    vec2(0.2470, -0.6787), vec2(0.7217, 0.4167), vec2(-0.6071, 0.7235));

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec3 p = place_at(at);
    float d = -p.z;
    vec3 dx = slope(place_at(at - ivec2(1, 0)), p, place_at(at + ivec2(1, 0)));
    vec3 dy = slope(place_at(at - ivec2(0, 1)), p, place_at(at + ivec2(0, 1)));
    vec3 n = normalize(cross(dx, dy));
    float span = min(reach.x * eye_plane.w / (eye_plane.y * d), eye_plane.w * 0.055);
    // Sixteen turns in a block of four by four pixels: the blur after this takes them out.
    ivec2 cell = at & 3;
    float turn = float((cell.x * 5 + cell.y * 3 + (cell.x ^ cell.y) * 2) & 15) * 0.3926991;
    mat2 turned = mat2(cos(turn), sin(turn), -sin(turn), cos(turn)) * span;
    float sum = 0.0;
    float r2 = reach.x * reach.x;
    for (int i = 0; i < 9; i++) {
        vec3 v = place_at(at + ivec2(turned * SPIRAL[i])) - p;
        float vv = dot(v, v);
        float near = max(r2 - vv, 0.0);
        sum += near * near * near * max(dot(v, n) - reach.y * d, 0.0) / (vv + 0.0009);
    }
    float open = 1.0 - reach.z * sum * reach.x / (r2 * r2 * r2 * 9.0);
    open = max(open, 0.0);
    open = mix(open, 1.0, smoothstep(0.6, 1.0, d / reach.w));
    float key = clamp(d / reach.w, 0.0, 1.0) * 255.0;
    pixel = vec4(open, floor(key) / 255.0, fract(key), 1.0);
}
