// A soft disc before every lamp, turned to the camera.
#include "lib/frame.glsl"
in vec2 in_corner;
out vec2 spot;
flat out vec3 tint;

const float SEEN = 0.925; // share of the disc that is bright enough for a step of 8 bits

void main() {
    vec4 lamp = point_position[gl_InstanceID];
    vec4 color = point_color[gl_InstanceID];
    float size = clamp(lamp.w * 0.22, 0.18, 0.9) * SEEN;
    vec3 right = normalize(cross(view_forward.xyz, view_up.xyz));
    vec3 p = lamp.xyz + (right * in_corner.x + view_up.xyz * in_corner.y) * size;
    p += normalize(eye.xyz - lamp.xyz) * min(0.25, distance(eye.xyz, lamp.xyz) * 0.2);
    float level = max(max(color.r, color.g), max(color.b, 0.05));
    float near = smoothstep(0.4, 1.6, distance(eye.xyz, lamp.xyz));
    tint = color.rgb / level * min(level, 1.5) * 0.30 * near;
    spot = in_corner * SEEN;
    gl_Position = view_projection * vec4(p, 1.0);
    if (gl_InstanceID >= int(counts.x)) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
