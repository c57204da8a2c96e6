// From light to what is shown.
uniform vec4 grade;      // exposure (factor), contrast, saturation, warmth

// IEC 61966-2-1 as a ratio of two cubics of the root of light (our own fit, off by less than
// 0.002 everywhere): a third of the price of powers.
vec3 to_srgb(vec3 c) {
    vec3 s = sqrt(c);
    vec3 e = s * (s * (s * 0.871690 + 0.341527) - 0.0042608);
    return max(e / (s * (s + 0.196861) + 0.0097318), 0.0);
}

// Shoulder: straight up to 0.75, then rolled so that lamps keep their colour.
vec3 shoulder(vec3 c) {
    vec3 over = max(c - 0.75, 0.0);
    return min(c, vec3(0.75)) + over / (1.0 + over * 2.6);
}

float grey(vec3 e) { return dot(e, vec3(0.2126, 0.7152, 0.0722)); }

// sRGB of linear light after exposure, warmth, saturation and contrast.
vec3 developed(vec3 c) {
    c *= grade.x * vec3(1.0 + 0.10 * grade.w, 1.0, 1.0 - 0.10 * grade.w);
    vec3 e = to_srgb(clamp(shoulder(c), 0.0, 1.0));
    e = mix(vec3(grey(e)), e, grade.z);
    return (e - 0.45) * grade.y + 0.45;
}
