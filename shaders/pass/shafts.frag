// Light in the air: the shadow map of the set, marched from the eye to what is seen, at a
// quarter of the size. Drifting haze of long streaks along the light stands for leaves and
// lattices that the map does not hold.
#include "lib/frame.glsl"
#include "lib/color.glsl"
uniform sampler2D distance_map;
uniform sampler2D noise_map;
uniform sampler2DShadow set_key_map;
uniform vec4 beam;   // strength, farthest distance (m), streaks 0..1, distance of the streaks (m)
in vec2 spot;
out vec4 pixel;

const int STEPS = 14;

void main() {
    vec4 far = inverse_view_projection * vec4(spot * 2.0 - 1.0, 1.0, 1.0);
    vec3 ray = far.xyz / far.w - eye.xyz;
    float slant = length(ray) / dot(ray, view_forward.xyz);
    ray = normalize(ray);
    float depth = textureLod(distance_map, spot, 0.0).r * slant;
    float reach = min(depth, beam.y);
    // Two directions at right angles to the light.
    vec3 l = key_direction.xyz;
    vec3 side = normalize(cross(l, vec3(0.31, 0.12, 0.94)));
    vec3 other = cross(l, side);
    // Sixteen starts in a block of four by four pixels, evened out by the blur after this.
    ivec2 cell = ivec2(gl_FragCoord.xy) & 3;
    float start = float((cell.x * 4 + cell.y * 10 + (cell.x ^ cell.y)) & 15) / 16.0 + 0.03;
    float sum = 0.0;
    for (int i = 0; i < STEPS; i++) {
        float t = (float(i) + start) / float(STEPS);
        vec3 p = eye.xyz + ray * (reach * t * t * 0.4 + reach * t * 0.6);
        vec3 q = (set_key_matrix * vec4(p, 1.0)).xyz;
        float lit = textureLod(set_key_map, vec3(q.xy, min(q.z, 0.9999)), 0.0);
        vec2 lane = vec2(dot(p, side), dot(p, other)) / (beam.w * 8.0);
        float haze = textureLod(noise_map, lane + vec2(moment.x * 0.0012, 0.0), 3.0).g;
        float streak = smoothstep(0.50, 0.64, haze);
        sum += lit * mix(1.0, streak * 2.6, beam.z) * (0.4 + 1.2 * t);
    }
    // More light towards the source (Henyey and Greenstein 1941, g = 0.55).
    float c = dot(ray, l);
    float phase = 0.6975 / pow(1.3025 - 1.1 * c, 1.5);
    float amount = beam.x * sum / float(STEPS) * (0.35 + 0.65 * phase) * reach / beam.y;
    pixel = vec4(sqrt(clamp(key_color.rgb * amount / RANGE, 0.0, 1.0)), 1.0);
}
