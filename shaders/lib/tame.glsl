// Bright figures keep their hue: above 0.92 all channels are held back together.
vec3 tame(vec3 c) {
    float top = max(max(c.r, c.g), c.b);
    return c / (1.0 + 0.85 * max(top - 0.92, 0.0));
}
