// A soft dark disc on the floor under each foot.
#include "lib/frame.glsl"
in vec2 in_corner;
out vec2 spot;

void main() {
    vec4 blob = blobs[gl_InstanceID];
    spot = in_corner;
    vec3 p = blob.xyz + vec3(in_corner.x, 0.0, in_corner.y) * blob.w;
    p += normalize(eye.xyz - p) * 0.02; // in front of the floor it lies on
    gl_Position = view_projection * vec4(p, 1.0);
    if (gl_InstanceID >= int(counts.y)) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
