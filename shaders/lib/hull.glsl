// Where the outline hull of a vertex lies. Needs lib/material.glsl. `lens`: picture height
// (pixels), pixels per metre at 1 m, line scale.
vec3 hull(vec3 p, vec4 outline, mat4 to_clip, vec3 lens) {
    float depth = max((to_clip * vec4(p, 1.0)).w, 1e-3);
    float pixels_per_metre = lens.y / depth;
    float wanted = mix(surface.y * pixels_per_metre, surface.y * lens.x, flags.z);
    float pixels = clamp(wanted, 0.85 * lens.z, 2.2 * lens.z) * outline.w;
    return p + outline.xyz * (pixels / pixels_per_metre);
}
