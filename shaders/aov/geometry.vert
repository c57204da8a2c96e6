// Depth, normal and motion of what is nearest. MOVED: the vertex has a place of its own in
// the frame before; everything else stood still while the camera moved.
#include "aov/place.glsl"
in vec3 in_normal;
uniform mat4 before_clip;   // world -> clip of the frame before
uniform vec3 lens_before;
#ifdef MOVED
in vec3 in_before;
in vec4 in_before_outline;
#endif
out vec4 v_normal;    // w: metres along the view axis
out vec4 v_before;
out vec3 v_world;

void main() {
    vec3 world = place();
    v_world = world;
    vec4 clip = clip_of(world);
    v_normal = vec4(in_normal, clip.w);
#ifdef HULL
    // The far side of a hull is what shows; at its rim a surface would face sideways.
    vec3 n = in_outline.xyz;
    vec3 toward = normalize(eye.xyz - world);
    v_normal.xyz = n - toward * min(dot(n, toward), 0.0);
#endif
#ifndef MOVED
    v_before = before_clip * vec4(world, 1.0);
#elif defined(HULL)
    v_before = before_clip * vec4(outlined(in_before, in_before_outline, before_clip, lens_before), 1.0);
#else
    v_before = before_clip * vec4(in_before, 1.0);
#endif
    gl_Position = clip;
}
