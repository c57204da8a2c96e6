// Inverted hull: width in world metres times paint, held between limits in pixels. Lines
// take a dark tone of the surface and follow the light of the place.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/figure.glsl"
#include "lib/color.glsl"
#include "lib/light.glsl"
in vec3 in_position;
in vec4 in_outline;
in vec2 in_uv;
flat out vec3 ink;

void main() {
    vec4 clip = view_projection * vec4(in_position, 1.0);
    float depth = max(clip.w, 1e-3);
    float pixels_per_metre = screen.z / depth;
    float scale = screen.w;
    float wanted = mix(surface.y * pixels_per_metre, surface.y * screen.y, flags.z);
    float pixels = clamp(wanted, 0.85 * scale, 2.2 * scale) * in_outline.w;
    float width = pixels / pixels_per_metre;
    vec3 world = in_position + in_outline.xyz * width;
    clip = view_projection * vec4(world, 1.0);
    clip.z += 0.0004 * clip.w;
    gl_Position = clip;
    vec3 drawn = textureLod(base_map, in_uv, 2.0).rgb;
    vec3 base = base_color.rgb * mix(vec3(1.0), drawn * drawn, flags.x);
    vec3 light = (key_color.rgb * 0.8 + hemisphere(0.0)) * face_light.w;
    vec3 c = mix(outline_color.rgb, base * base * 0.42, 0.6);
    c *= mix(vec3(1.0), light, outline_color.w);
    ink = encode(mix(fog.rgb, c, clear_share(world)));
}
