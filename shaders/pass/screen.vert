// One triangle over the whole picture; `depth` 1 is the far plane.
uniform float depth;
out vec2 spot;
void main() {
    vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
    spot = corner;
    gl_Position = vec4(corner * 2.0 - 1.0, depth, 1.0);
}
