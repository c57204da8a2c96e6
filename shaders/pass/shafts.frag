// Light in the air, at a quarter of the size: sheets of light through the eye along the
// light, as they are seen between leaves and lattices, cut by the shadow map of the set.
#include "lib/frame.glsl"
#include "lib/color.glsl"
uniform sampler2D distance_map;
uniform sampler2D noise_map;
uniform sampler2DShadow set_key_map;
uniform vec4 beam;   // strength, distance of full strength (m), streaks 0..1, streaks in a turn
in vec2 spot;
out vec4 pixel;

const int STEPS = 8;

void main() {
    vec4 far = inverse_view_projection * vec4(spot * 2.0 - 1.0, 1.0, 1.0);
    vec3 ray = far.xyz / far.w - eye.xyz;
    float slant = length(ray) / dot(ray, view_forward.xyz);
    ray = normalize(ray);
    float depth = textureLod(distance_map, spot, 0.0).r * slant;
    float reach = min(depth, beam.y);
    vec3 l = key_direction.xyz;
    // Sixteen starts in a block of four by four pixels, evened out by the blur after this.
    ivec2 cell = ivec2(gl_FragCoord.xy) & 3;
    float start = float((cell.x * 4 + cell.y * 10 + (cell.x ^ cell.y)) & 15) / 16.0 + 0.03;
    float lit = 0.0;
    for (int i = 0; i < STEPS; i++) {
        vec3 p = eye.xyz + ray * (reach * (float(i) + start) / float(STEPS));
        vec3 q = (set_key_matrix * vec4(p, 1.0)).xyz;
        lit += textureLod(set_key_map, vec3(q.xy, min(q.z, 0.9999)), 0.0);
    }
    lit /= float(STEPS);
    // The angle around the light says which sheet a ray lies in; noise along a circle has
    // no seam.
    vec3 side = normalize(cross(l, vec3(0.31, 0.12, 0.94)));
    vec2 around = normalize(vec2(dot(ray, side), dot(ray, cross(l, side))) + 1e-5);
    float turn = beam.w / 50.0;
    float wide = textureLod(noise_map, around * turn + moment.x * 0.0016, 1.0).r;
    float fine = textureLod(noise_map, around * turn * 2.3 - moment.x * 0.0011, 1.0).g;
    float streak = smoothstep(0.50, 0.72, wide) * 1.9 + smoothstep(0.55, 0.74, fine) * 0.9;
    float c = dot(ray, l);
    // Streaks run together at the light itself.
    float open = mix(1.0, streak, beam.z * smoothstep(0.0, 0.12, 1.0 - abs(c)));
    // More towards the light (Henyey and Greenstein 1941, g = 0.5), less at its other end.
    float phase = 0.75 / pow(1.25 - c, 1.5);
    float amount = beam.x * lit * open * (0.35 + 0.5 * phase) * smoothstep(-0.75, 0.35, c);
    amount *= smoothstep(0.12, 1.0, reach / beam.y); // what is near stands before the beams
    pixel = vec4(sqrt(clamp(key_color.rgb * amount / RANGE, 0.0, 1.0)), 1.0);
}
