// Blur of a thin lens. `focus` = distance in focus (m), blur of the far end (radius in
// pixels of this picture), largest radius, 0. The circle of confusion at distance d is
// |d - f| / d times a constant of the lens (see render/post.py).
uniform vec4 focus;

// Signed radius in pixels: negative in front of the focus.
float blur_radius(float d) {
    return clamp((1.0 - focus.x / max(d, 1e-3)) * focus.y, -focus.z, focus.z);
}
