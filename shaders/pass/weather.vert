// What falls or floats in a box that travels with the camera but stays in the world: a
// particle is a point of an endless lattice, so frame n needs no frame before it.
// STREAK rain, FLAKE snow and ash, LEAF petals and leaves, SPARK fireflies and embers.
#include "lib/frame.glsl"
#include "lib/color.glsl"
#include "lib/light.glsl"
#include "lib/noise.glsl"
in vec2 in_corner;
uniform vec4 box;    // metres, opacity
uniform vec4 fall;   // metres per second, spin (radians per second)
uniform vec4 sway;   // metres, radians per second, length over width, shape of a leaf
uniform vec2 size;   // half width of the smallest and the largest (m)
uniform vec4 tints[3];
uniform vec4 shelter_low[SHELTERS];
uniform vec4 shelter_high[SHELTERS];
#ifdef LEAF
uniform vec4 heads[4];   // middle in the world, radius (m; 0: no head)
#endif
out vec2 spot;   // -1..1 across
out vec4 tint;   // encoded colour, alpha
#ifdef OVER
out float away;  // along the view (m)
#endif

// Not under a roof, not below the floor, not in the lens, not too far to see.
float shown(vec3 p, float d) {
    float out_ = smoothstep(0.45, 1.5, d) * (1.0 - smoothstep(box.x * 0.5, box.x * 0.66, d));
    int count = int(counts.z);
    for (int i = 0; i < SHELTERS; i++) {
        if (i >= count) break;
        vec3 inside = step(shelter_low[i].xyz, p) * step(p, shelter_high[i].xyz);
        out_ *= 1.0 - inside.x * inside.y * inside.z;
    }
    return p.y < 0.0 ? 0.0 : out_;
}

#ifdef LEAF
// Close to a face nothing passes before it: 0 there, and whatever flies nearer to the eye.
float beside_faces(vec3 p) {
    float out_ = 1.0;
    for (int i = 0; i < 4; i++) {
        float r = heads[i].w;
        vec3 to = heads[i].xyz - eye.xyz;
        float away = length(to);
        vec3 w = p - eye.xyz;
        float along = dot(w, to) / max(away, 1e-3);
        // How large the head is in the picture decides; from afar petals cross faces.
        float close = smoothstep(0.055, 0.10, r * screen.z / (max(away, 0.05) * screen.y));
        if (r <= 0.0 || along > away + r) continue;
        float off = length(cross(w, to)) / max(along * r, 1e-4); // in radii of the head
        float clear = smoothstep(1.15, 1.7, off) * smoothstep(0.8, 1.1, along / max(away, 1e-3));
        out_ *= along > 0.0 ? mix(1.0, clear, close) : 1.0;
    }
    return out_;
}
#endif

vec3 turned(vec3 v, vec3 axis, float angle) { // Rodrigues
    float c = cos(angle);
    return v * c + cross(axis, v) * sin(angle) + axis * dot(axis, v) * (1.0 - c);
}

void main() {
    uint id = uint(gl_InstanceID) * 8u + uint(moment.y * 4096.0) * 65536u;
    vec3 seed = vec3(hash1(id), hash1(id + 1u), hash1(id + 2u));
    float own = hash1(id + 3u);
    float t = moment.x;
    vec3 way = fall.xyz * vec3(1.0, 0.85 + 0.3 * own, 1.0);
    vec3 start = seed * box.xyz;
    vec3 p = start + way * t;
    float phase = seed.x * 6.2831853;
    p += vec3(sin(t * sway.y + phase), 0.35 * sin(t * sway.y * 1.7 + phase * 3.0),
        cos(t * sway.y * 0.8 + phase * 2.0)) * sway.x;
    vec3 corner = eye.xyz + view_forward.xyz * (box.x * 0.36) - box.xyz * 0.5;
    p = corner + mod(p - corner, box.xyz);
    float d = distance(p, eye.xyz);
    float alpha = shown(p, d);
    float half_width = mix(size.x, size.y, own * own);
#ifdef LEAF
    alpha *= beside_faces(p);
    half_width *= sqrt(alpha); // leaves shrink away: a face shows through none of them
    alpha = step(1e-3, alpha);
#endif
    alpha *= box.w;
    vec3 right = normalize(cross(view_forward.xyz, view_up.xyz));
    vec3 side = right * half_width;
    vec3 along = view_up.xyz * half_width;
    vec3 light = ambient_up.rgb * 1.15 + key_color.rgb * 0.75;
    vec3 c = mix(tints[0].rgb, hash1(id + 4u) < 0.5 ? tints[1].rgb : tints[2].rgb, hash1(id + 5u));
#ifdef STREAK
    along = normalize(way) * half_width * sway.z;
    side = normalize(cross(along, p - eye.xyz)) * half_width;
    c = mix(ambient_up.rgb * 1.3 + key_color.rgb * 0.5, vec3(0.85), 0.25);
#endif
#ifdef FLAKE
    // Close flakes are out of focus: larger and fainter.
    float soft = 1.0 + 2.2 * (1.0 - smoothstep(0.8, 2.6, d));
    side *= soft;
    along *= soft;
    alpha /= soft * soft * 0.6 + 0.4;
    c *= mix(light, vec3(max(luminance(light), 0.5)), 0.5);
#endif
#ifdef LEAF
    // A leaf turns about an axis of its own that rocks with the wind.
    vec3 axis = normalize(vec3(seed.y - 0.5, 0.35 * (own - 0.5), seed.z - 0.5) + 1e-3);
    float angle = phase + t * fall.w * (0.6 + 0.8 * own) + sin(t * sway.y + phase) * 0.8;
    vec3 across = normalize(cross(axis, vec3(0.3, 1.0, 0.2)));
    along = turned(axis, vec3(0.0, 1.0, 0.0), 0.7 * sin(t * 0.9 + phase));
    across = normalize(turned(across - along * dot(across, along), along, angle));
    vec3 n = cross(along, across);
    side = across * half_width;
    along *= half_width * sway.z;
    // Thin: what falls on the other side shines through.
    float facing = abs(dot(n, key_direction.xyz));
    float through = max(dot(normalize(p - eye.xyz), key_direction.xyz), 0.0);
    c *= ambient_up.rgb * (0.75 + 0.25 * abs(n.y)) + key_color.rgb * (0.30 + 0.70 * facing + 0.5 * through);
#endif
#ifdef SPARK
    float beat = sin(t * fall.w * (0.7 + 0.6 * own) + phase * 5.0);
    alpha *= smoothstep(-0.4, 0.9, beat);
    side *= 3.2;
    along *= 3.2;
#endif
    // What is thinner than a pixel keeps its light by fading, not by flickering.
    float pixels = length(side) * screen.z / max(d, 0.1);
    float grow = max(1.0, 0.7 / max(pixels, 1e-3));
    side *= grow;
#ifndef STREAK
    along *= grow;
#endif
    alpha *= min(1.0, pixels * 1.4 + 0.15);
#ifndef SPARK
    c = add_fog(c, p);
#endif
    tint = vec4(encode(max(c, 0.0)), alpha);
    spot = in_corner;
    gl_Position = view_projection * vec4(p + along * in_corner.y + side * in_corner.x, 1.0);
#ifdef OVER
    away = gl_Position.w;
    gl_Position.y = -gl_Position.y; // row 0 of a finished picture is the top
#endif
    if (alpha <= 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
