in vec2 spot;
out vec4 pixel;
void main() {
    float f = max(1.0 - dot(spot, spot), 0.0);
    pixel = vec4(vec3(1.0 - 0.34 * f * f), 1.0);
}
