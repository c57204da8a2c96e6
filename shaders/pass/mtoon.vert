// Skinned triangles of a foreign character, and its outline as an inverted hull.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/light.glsl"
#include "lib/mtoon.glsl"
#include "lib/mtoon_uv.glsl"
#include "lib/posed.glsl"
in vec2 in_uv;
out vec4 world_u;    // world position, texture u
out vec4 normal_v;   // normal, texture v
#ifdef OUTLINE
uniform sampler2D outline_map;
out float weight;    // how much of a line thinner than a pixel is seen
// Thinner lines would fall between the samples of a pixel and come out dotted: they are
// drawn this wide (pixels) and paler instead.
const float THINNEST = 0.8;
#endif

void main() {
    Posed at = posed();
    vec3 p = at.position;
#ifdef OUTLINE
    // Metres, or a ratio of the height of the picture at this depth.
    float depth = max((view_projection * vec4(p, 1.0)).w, 1e-3);
    float unit = mix(1.0, depth * screen.y / screen.z, flags.z);
    float mask = textureLod(outline_map, PLACED(WIDTH, animated(in_uv)), 0.0).g;
    float width = surface.y * unit * mask * at.outline.w;
    float pixels = width * screen.z / depth;
    float wide = max(width, THINNEST * depth / screen.z * smoothstep(0.0, 0.05, pixels));
    weight = width / max(wide, 1e-9);
    p += at.outline.xyz * wide;
#endif
    world_u = vec4(p, in_uv.x);
    normal_v = vec4(at.normal, in_uv.y);
    vec4 clip = view_projection * vec4(p, 1.0);
#ifdef OUTLINE
    clip.z += 2e-5 * clip.w; // behind the surface that it belongs to
#endif
    gl_Position = clip;
}
