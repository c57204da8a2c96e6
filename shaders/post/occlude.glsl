// Darkens by the occlusion found at a quarter of the size; what shines by itself stays.
uniform sampler2D occlusion_map;
uniform float occlusion;   // strength 0..1

// `a` mark of the pixel: faces are drawn clean.
vec3 occluded(vec3 c, vec2 spot, float a) {
    float amount = occlusion * (1.0 - 0.5 * figure_mark(a) - 0.35 * skin_mark(a));
    float bright = smoothstep(0.85, 1.35, max(max(c.r, c.g), c.b));
    float open = 1.0 - amount * (1.0 - bright) * (1.0 - texture(occlusion_map, spot).r);
    // Shade in corners is warm and never black: light has bounced there.
    // Light that bounces between surfaces takes their colour.
    vec3 hue = c / max(max(max(c.r, c.g), c.b), 1e-3);
    vec3 warm = vec3(1.0, 0.72, 0.65);
    return c * open * mix(vec3(open), vec3(1.0), hue * hue * warm);
}
