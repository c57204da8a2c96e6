// Colours are linear in shaders. Render targets of 8 bits hold sqrt(c / RANGE): the square
// root spreads the steps as the eye sees them, RANGE leaves room for lamps above white.
const float RANGE = 1.5;

vec3 encode(vec3 c) { return sqrt(c * (1.0 / RANGE)); } // c >= 0; the target clamps at 1
vec3 decode(vec3 e) { return e * e * RANGE; }
float luminance(vec3 c) { return dot(c, vec3(0.2126, 0.7152, 0.0722)); } // Rec. 709
float saturate(float x) { return clamp(x, 0.0, 1.0); }
